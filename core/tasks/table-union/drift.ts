import { Refused } from '#core/model/failure.ts'
import type { Column, TableHandle } from '#core/model/handle.ts'
import type { InputSource } from '#core/model/worker-job.ts'
import type { UnionColumn } from '#core/kinds/relations.ts'
import { widerOrText } from '#core/kinds/wider-type.ts'

/** How one table differs from those before it in one column. `result` is the type that comes out, null where there is none. */
export type Difference = {
  readonly table: string
  readonly column: string
  readonly kind: 'missing' | 'added' | 'type'
  /** Its type in the table, null where it is missing. */
  readonly type: string | null
  /** Its type in the first table that has it, and that table. */
  readonly expected: string
  readonly first: string
  readonly result: string | null
}

export type UnionPlan = { readonly columns: readonly UnionColumn[]; readonly differences: readonly Difference[] }

type Found = { readonly name: string; readonly places: readonly (Column | null)[]; readonly first: Column }

/** Columns of the first table, then those that others add. Names ignore case; the first spelling stays. */
export const planUnion = (tables: readonly TableHandle[], sources: readonly InputSource[] | undefined): UnionPlan => {
  const names = tableNames(tables, sources)
  const found = columnsOf(tables)
  const columns = found.map(({ name, places, first }): UnionColumn & { wider: string | null } => {
    const types = places.filter((place) => place !== null).map(({ type }) => type)
    const wider = types.reduce<string | null>(
      (one, other) => (one === null ? null : widerOrText(one, other)),
      first.type,
    )
    return { name, type: wider ?? first.type, from: places.map((place) => place?.name ?? null), wider }
  })
  const differences = tables.flatMap((_, index) =>
    found.flatMap(({ name, places, first }, column): Difference[] => {
      const place = places[index] ?? null
      const facts = {
        table: names[index] ?? '',
        column: name,
        expected: first.type,
        first: names[places.findIndex((one) => one !== null)] ?? '',
        result: columns[column]?.wider ?? null,
      }
      // A column that the first table lacks is told of those that have it.
      if (place === null) return index === 0 ? [] : [{ ...facts, kind: 'missing', type: null }]
      if (index > 0 && places[0] === null) return [{ ...facts, kind: 'added', type: place.type }]
      return place.type === first.type ? [] : [{ ...facts, kind: 'type', type: place.type }]
    }),
  )
  return { columns: columns.map(({ name, type, from }) => ({ name, type, from })), differences }
}

const columnsOf = (tables: readonly TableHandle[]): readonly Found[] => {
  const found = new Map<string, Found>()
  for (const [index, { columns }] of tables.entries()) {
    for (const column of columns) {
      const key = column.name.toLowerCase()
      const before = found.get(key) ?? { name: column.name, places: tables.map(() => null), first: column }
      found.set(key, { ...before, places: before.places.with(index, column) })
    }
  }
  return [...found.values()]
}

/** By the tasks they come from; numbered where two come from the same one. */
const tableNames = (tables: readonly TableHandle[], sources: readonly InputSource[] | undefined): readonly string[] => {
  const names = tables.map(({ steps }, index) => {
    const source = sources?.[index]
    if (!source) return steps.at(-1)?.taskRun ?? ''
    return source.place === null ? source.task : `${source.task}[${source.place}]`
  })
  return names.map((name, index) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${index + 1})`))
}

const factWords = ({ table, column, kind, type, expected, first }: Difference): string => {
  switch (kind) {
    case 'missing':
      return `${table} has no ${column}`
    case 'added':
      return `${table} has ${column} (${type ?? ''}), which the first has not`
    case 'type':
      return `${column} is ${type ?? ''} in ${table} and ${expected} in ${first}`
    default:
      return kind satisfies never
  }
}

export const describeDifference = (difference: Difference): string => {
  const { kind, result } = difference
  const done = kind === 'type' ? `both are taken as ${result ?? ''}` : 'null where it is missing'
  return `${factWords(difference)}: ${done}.`
}

export const refuseDrift = (differences: readonly Difference[]): void => {
  if (differences.length === 0) return
  const hopeless = differences.filter(({ result }) => result === null)
  const remedy =
    hopeless.length === 0
      ? 'Set drift: widen to take them together anyway, or make them alike first (table.select).'
      : `No type holds the values of ${[...new Set(hopeless.map(({ column }) => column))].join(', ')} in all tables: convert it first (table.select).`
  throw new Refused({
    code: 'data',
    message: `The tables differ: ${differences.map(factWords).join('; ')}. ${remedy}`,
  })
}
