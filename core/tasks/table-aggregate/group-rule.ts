import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import { columnNamed, sameName, sortKey } from '#core/kinds/named-columns.ts'
import type { Aggregate, AggregateFunction, GroupRule } from '#core/kinds/relations.ts'
import { isNumber } from '#core/kinds/wider-type.ts'

type Settings = {
  readonly by: readonly string[]
  readonly aggregates: Readonly<
    Record<string, { readonly function: AggregateFunction; readonly column?: string | undefined }>
  >
  readonly expressions: Readonly<Record<string, string>>
  readonly order: readonly string[]
  readonly limit?: number | undefined
}

/** What was written as what is done; every mistake in it is refused. Names ignore case, as in SQL. */
export const groupRule = (input: readonly Column[], settings: Settings): GroupRule => {
  const by = settings.by.map((name) => columnOf(input, name, 'by').name)
  const aggregates: Aggregate[] = [
    ...Object.entries(settings.aggregates).map(([name, { function: kind, column }]): Aggregate => {
      if (column !== undefined) return { name, function: kind, column: operand(input, { name, kind, column }) }
      if (kind === 'count') return { name, function: kind, column: null }
      throw invalid(
        `“${name}” in aggregates names no column: ${kind} needs one, for example column: ${input[0]?.name ?? 'x'}.`,
      )
    }),
    ...Object.entries(settings.expressions).map(([name, expression]): Aggregate => ({ name, expression })),
  ]
  const names = [...by, ...aggregates.map(({ name }) => name)]
  if (names.length === 0) throw invalid('There is nothing to compute. Name columns in by, or aggregates.')
  const twice = names.find((name, index) => names.slice(0, index).some((one) => sameName(one, name)))
  if (twice !== undefined) throw invalid(`Two columns would be called “${twice}”. Give one of them another name.`)
  return { by, aggregates, order: settings.order.map((text) => sortKey(names, text)), limit: settings.limit ?? null }
}

const invalid = (message: string): Refused => new Refused({ code: 'invalid', message })

const columnOf = (input: readonly Column[], name: string, setting: string): Column =>
  columnNamed(input, name, `“${name}” in ${setting} is no column of the table coming in.`)

type Operand = { readonly name: string; readonly kind: AggregateFunction; readonly column: string }

const operand = (input: readonly Column[], { name, kind, column }: Operand): string => {
  const found = columnOf(input, column, `aggregates.${name}`)
  const needsNumbers = kind === 'sum' || kind === 'avg' || kind === 'median'
  if (needsNumbers && !isNumber(found.type)) {
    throw invalid(
      `“${name}” in aggregates: ${kind} needs numbers, and ${found.name} is ${found.type}. Convert it first (table.select).`,
    )
  }
  return found.name
}
