import type { Projection } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'

export type Selection = {
  readonly columns: readonly string[] | null
  readonly drop: readonly string[]
  readonly rename: Readonly<Record<string, string>>
  readonly cast: Readonly<Record<string, string>>
  readonly on_bad_value: 'fail' | 'null'
  readonly add: Readonly<Record<string, string>>
}

/** The columns that come out, in order. Names ignore case, as in SQL. */
export const projectionsOf = (input: readonly Column[], selection: Selection): readonly Projection[] => {
  const find = (setting: string) => (name: string) => findColumn(input, name, setting)
  const rename = byColumn(selection.rename, find('rename'))
  const cast = byColumn(selection.cast, find('cast'))
  const dropped = new Set(selection.drop.map(find('drop')))
  const computed = new Map(Object.entries(selection.add))
  const isComputed = (name: string) => [...computed.keys()].find((key) => same(key, name))

  const chosen =
    selection.columns === null
      ? [...input.map(({ name }) => name).filter((name) => isComputed(name) === undefined), ...computed.keys()]
      : selection.columns.map((name) => isComputed(name) ?? find('columns')(name))
  const projections = chosen
    .filter((name) => !dropped.has(name))
    .map((name): Projection => {
      const expression = computed.get(name)
      if (expression !== undefined) return { name, expression }
      const type = cast.get(name)
      const to = type === undefined ? null : { type, onBadValue: selection.on_bad_value }
      return { name: rename.get(name) ?? name, from: name, cast: to }
    })
  if (projections.length === 0)
    throw new Refused({ code: 'invalid', message: 'No column is left. Choose at least one.' })
  refuseTwice(projections)
  return projections
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

const findColumn = (input: readonly Column[], name: string, setting: string): string => {
  const found = input.find((column) => column.name === name) ?? input.find((column) => same(column.name, name))
  if (found) return found.name
  const known = input.map((column) => column.name).join(', ')
  throw new Refused({
    code: 'invalid',
    message: `“${name}” in ${setting} is no column of the table coming in. There are: ${known}.`,
  })
}

const byColumn = (map: Readonly<Record<string, string>>, find: (name: string) => string): ReadonlyMap<string, string> =>
  new Map(Object.entries(map).map(([name, value]) => [find(name), value]))

const refuseTwice = (projections: readonly Projection[]): void => {
  const taken = new Set<string>()
  for (const { name } of projections) {
    if (taken.has(name.toLowerCase())) {
      throw new Refused({
        code: 'invalid',
        message: `Two columns would be called “${name}”. Rename or leave out one of them.`,
      })
    }
    taken.add(name.toLowerCase())
  }
}
