import type { SelectRequest } from '#core/kinds/capabilities.ts'
import type { Projection } from '#core/kinds/task-context.ts'
import type { JsonValue, TableHandle } from '#core/model/handle.ts'
import type { ResultColumn } from './result-columns.ts'

/**
 * Texts that are more than texts, now that all values are there: a numeric without sizes as DECIMAL(38, s) with the most
 * digits after the point that one has (text, when that is too little for all of them), an array as a list of its depth.
 */
export const settleColumns = async (
  { tables, warn }: Pick<SelectRequest, 'tables' | 'warn'>,
  table: TableHandle,
  columns: readonly ResultColumn[],
): Promise<TableHandle> => {
  const open = columns.filter(({ later }) => later !== null)
  if (open.length === 0) return table
  const { identifier } = tables.sql
  const questions = open.flatMap((column, index) => questionsOf(column, identifier, index))
  const [facts = {}] = await tables.ask({ received: table }, `SELECT ${questions.join(', ')} FROM {received}`)
  const projections = columns.map((column): Projection => {
    const { name } = column.received
    const index = open.indexOf(column)
    const expression = index === -1 ? null : expressionOf(column, identifier(name), (fact) => facts[`${fact}_${index}`])
    if (index !== -1 && expression === null && column.later?.kind === 'decimal')
      warn(
        `“${name}” comes as text: ${Number(facts[`other_${index}`]) > 0 ? 'among its numbers are NaN or Infinity' : `its numbers need more than ${mostDigits} digits`}. Cast it in the SQL (${identifier(name)}::float8) to have numbers.`,
      )
    return expression === null ? { name, from: name, cast: null } : { name, expression }
  })
  return projections.every((projection) => 'from' in projection) ? table : tables.select(table, projections)
}

const questionsOf = (
  { received, later }: ResultColumn,
  identifier: (name: string) => string,
  index: number,
): readonly string[] => {
  const column = identifier(received.name)
  if (later?.kind === 'decimal') {
    const whole = `length(split_part(ltrim(${column}, '-'), '.', 1))`
    return [
      `max(length(split_part(${column}, '.', 2))) AS scale_${index}`,
      `max(${whole}) AS whole_${index}`,
      `count(*) FILTER (WHERE NOT regexp_full_match(${column}, '-?[0-9.]+')) AS other_${index}`,
    ]
  }
  const depth = `length(regexp_extract(${column}, '^\\[+'))`
  const filled = `FILTER (WHERE ${column} <> '[]')`
  return [`min(${depth}) ${filled} AS least_${index}`, `max(${depth}) ${filled} AS most_${index}`]
}

const mostDigits = 38

const expressionOf = (
  { later }: ResultColumn,
  column: string,
  fact: (name: string) => JsonValue | undefined,
): string | null => {
  if (later === null) return null
  if (later.kind === 'decimal') {
    const scale = Number(fact('scale') ?? 0)
    const fits = Number(fact('other')) === 0 && Number(fact('whole') ?? 0) + scale <= mostDigits
    return fits ? `CAST(${column} AS ${later.known ?? `DECIMAL(${mostDigits}, ${scale})`})` : null
  }
  const least = Number(fact('least') ?? 1)
  const most = Number(fact('most') ?? 1)
  if (least !== most) return `CAST(${column} AS JSON)`
  return listSql(column, later.item, most)
}

const listSql = (column: string, item: string, depth: number): string => {
  const brackets = '[]'.repeat(depth)
  const texts = `CAST(CAST(${column} AS JSON) AS VARCHAR${brackets})`
  if (item === 'VARCHAR') return texts
  if (item !== 'BLOB') return `CAST(${texts} AS ${item}${brackets})`
  return depth === 1 ? `list_transform(${texts}, lambda it: unhex(substr(it, 3)))` : texts
}
