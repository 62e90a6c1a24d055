import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import { columnNamed, sameName } from '#core/kinds/named-columns.ts'
import type { JoinColumn, JoinKind, JoinRule } from '#core/kinds/relations.ts'
import { widerType } from '#core/kinds/wider-type.ts'

type Sides = { readonly left: readonly Column[]; readonly right: readonly Column[] }
type Settings = {
  readonly on: readonly string[] | Readonly<Record<string, string>>
  readonly how: JoinKind
  readonly suffix?: string | undefined
}

/** What was written as what is done; every mistake in it is refused. Names ignore case, as in SQL. */
export const joinRule = (sides: Sides, settings: Settings): { rule: JoinRule; notes: readonly string[] } => {
  const pairs = Array.isArray(settings.on)
    ? settings.on.map((name: string) => [name, name] as const)
    : Object.entries(settings.on)
  if (pairs.length === 0) throw invalid('There is no key to join on. Name at least one column in on.')
  const keys = pairs.map(([left, right]) => {
    const columns = { left: columnOf(sides, 'left', left), right: columnOf(sides, 'right', right) }
    return { ...columns, type: keyType(columns.left, columns.right) }
  })
  const notes = keys
    .filter(({ left, right }) => left.type !== right.type)
    .map(({ left, right, type }) => `${named(left)} and ${named(right)} are compared as ${type}.`)
  const rule = {
    how: settings.how,
    keys: keys.map(({ left, right, type }) => ({ left: left.name, right: right.name, type })),
    columns: columnsOf(sides, keys, settings),
  }
  return { rule, notes }
}

const invalid = (message: string): Refused => new Refused({ code: 'invalid', message })

const named = ({ name, type }: Column): string => `${name} (${type})`

const columnOf = (sides: Sides, side: 'left' | 'right', name: string): Column =>
  columnNamed(sides[side], name, `The ${side} table has no column “${name}” to join on.`)

const keyType = (left: Column, right: Column): string => {
  const type = widerType(left.type, right.type)
  if (type !== null) return type
  throw invalid(
    `The keys ${left.name} and ${right.name} cannot be compared: ${left.name} is ${left.type} in the left table, ` +
      `${right.name} is ${right.type} in the right one. Give both the same type first, with table.select and cast: { ${right.name}: ${left.type} }.`,
  )
}

type Key = { readonly left: Column; readonly right: Column }

/** All left columns, then the right ones; a key that has the same name on both sides comes once. */
const columnsOf = (sides: Sides, keys: readonly Key[], { how, suffix }: Settings): readonly JoinColumn[] => {
  const shared = (name: string, side: 'left' | 'right') =>
    keys.findIndex(
      ({ left, right }) => sameName(left.name, right.name) && sameName((side === 'left' ? left : right).name, name),
    )
  const left = sides.left.map(({ name }): JoinColumn => {
    const key = shared(name, 'left')
    const either = key !== -1 && (how === 'right' || how === 'full')
    return either ? { name, side: 'either', key } : { name, side: 'left', from: name }
  })
  if (how === 'semi' || how === 'anti') return left
  const taken = new Set(sides.left.map(({ name }) => name.toLowerCase()))
  const others = sides.right.filter(({ name }) => shared(name, 'right') === -1)
  const twice = others.filter(({ name }) => taken.has(name.toLowerCase())).map(({ name }) => name)
  if (twice.length > 0 && suffix === undefined) {
    throw invalid(
      `Both tables have ${twice.join(', ')}. Set suffix, for example suffix: _right, which is added to the right ones; or leave them out first (table.select).`,
    )
  }
  const right = others.map(({ name }): JoinColumn => {
    const isTaken = taken.has(name.toLowerCase())
    return { name: isTaken ? `${name}${suffix ?? ''}` : name, side: 'right', from: name }
  })
  const all = [...left, ...right]
  const again = all.find(({ name }, index) => all.slice(0, index).some((one) => sameName(one.name, name)))
  if (again) throw invalid(`Two columns would be called “${again.name}”. Choose another suffix.`)
  return all
}
