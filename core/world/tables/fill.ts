import { isWhole } from '#core/kinds/wider-type.ts'
import type { Fill, FillCounts, FillRule } from '#core/kinds/relations.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column, TableHandle, TableStep } from '#core/model/handle.ts'
import { castSql } from './cast.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { countSql, type StepCounts } from './plan.ts'
import { identifier, literal } from './sql.ts'
import { orderSql } from './order.ts'
import { widenSql } from './widen.ts'

/**
 * Missing values are counted as rows that a filter leaves out: each column has a mark that is always true, and counts
 * where there was no value. Marks stand in a filter, so that a column that a later step leaves out is counted too.
 */
export const fillStep = async (
  connection: Connection,
  input: TableHandle,
  { rule, name }: { rule: FillRule; name: string },
): Promise<Pick<TableStep, 'sql' | 'columns' | 'counting'>> => {
  const filled = new Map<string, string>()
  for (const fill of rule.columns) filled.set(fill.column, await filledSql(connection, input, { fill, rule }))
  const before = identifier(lastOf(input).name)
  const names = [...filled.keys()]
  const fields = input.columns.map((column) => {
    const value = filled.get(column.name)
    return value === undefined ? identifier(column.name) : `${value} AS ${identifier(column.name)}`
  })
  const values = names.map((column, index) => `${filled.get(column)} AS ${value(index)}`)
  const marks = names.map((column, index) => markSql(name, column, index))
  const out = input.columns.map((column) => {
    const index = names.indexOf(column.name)
    return index === -1 ? identifier(column.name) : `${value(index)} AS ${identifier(column.name)}`
  })
  const counted =
    `SELECT ${out.join(', ')} FROM (SELECT *, ${marks.join(', ')} FROM (SELECT *, ${values.join(', ')} FROM ${before})) ` +
    `WHERE ${names.map((_, index) => mark(index)).join(' AND ')}`
  const counters = names.flatMap((_, index) => [counterOf(index, 'filled'), counterOf(index, 'left')])
  return {
    sql: `SELECT ${fields.join(', ')} FROM ${before}`,
    columns: input.columns,
    counting: { kind: 'passing', sql: counted, counters, removed: [] },
  }
}

/** Whether the rows are read in another order for it. */
export const fillsInOrder = ({ columns }: FillRule): boolean =>
  columns.some((fill) => fill.with !== 'value' && fill.with !== 'column')

const value = (index: number): string => `__millrace_value_${index}`
const mark = (index: number): string => `__millrace_mark_${index}`
const counterOf = (index: number, what: 'filled' | 'left'): string => `${what} ${index}`

const markSql = (step: string, column: string, index: number): string => {
  const [filled, left] = [countSql(step, counterOf(index, 'filled')), countSql(step, counterOf(index, 'left'))]
  return (
    `CASE WHEN ${identifier(column)} IS NOT NULL THEN TRUE ` +
    `WHEN ${value(index)} IS NULL THEN ${left} > 0 ELSE ${filled} > 0 END AS ${mark(index)}`
  )
}

export const fillCounts = ({ columns }: FillRule, { counters }: StepCounts): FillCounts =>
  new Map(
    columns.map(({ column }, index) => {
      const left = counters.get(counterOf(index, 'left')) ?? 0
      return [column, { missing: left + (counters.get(counterOf(index, 'filled')) ?? 0), left }]
    }),
  )

const columnOf = ({ columns }: TableHandle, name: string): Column => {
  const column = columns.find((candidate) => candidate.name === name)
  if (!column) throw new Error(`The table has no column ${name}.`)
  return column
}

const filledSql = async (
  connection: Connection,
  input: TableHandle,
  { fill, rule }: { fill: Fill; rule: FillRule },
): Promise<string> => {
  const { name, type } = columnOf(input, fill.column)
  const own = identifier(name)
  const groups = rule.within.length === 0 ? '' : `PARTITION BY ${rule.within.map(identifier).join(', ')}`
  const order = rule.order.length === 0 ? '' : `ORDER BY ${orderSql(rule.order)}`
  switch (fill.with) {
    case 'value':
      return `coalesce(${own}, ${await constantSql(connection, { name, type }, fill.value)})`
    case 'column': {
      const from = columnOf(input, fill.from)
      const widened = widenSql(identifier(from.name), { column: from.name, from: from.type, to: type })
      return `coalesce(${own}, ${widened})`
    }
    case 'previous':
      return `coalesce(${own}, last_value(${own} IGNORE NULLS) OVER (${groups} ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))`
    case 'next':
      return `coalesce(${own}, first_value(${own} IGNORE NULLS) OVER (${groups} ${order} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))`
    case 'mean':
      return `coalesce(${own}, CAST(avg(${own}) OVER (${groups}) AS ${type}))`
    case 'median':
      return `coalesce(${own}, CAST(median(${own}) OVER (${groups}) AS ${type}))`
    default:
      return fill satisfies never
  }
}

/** The constant as a value of the column's type; it must fit without being altered. */
const constantSql = async (
  connection: Connection,
  { name, type }: Column,
  constant: string | number | boolean,
): Promise<string> => {
  const written = literal(constant)
  const [described] = await connection.describe(`SELECT ${written} AS it`)
  const from = described?.type ?? 'VARCHAR'
  const refuse = (cause?: unknown) =>
    new Refused(
      {
        code: 'invalid',
        message: `“${String(constant)}” cannot fill ${name}, which is ${type}. Give a value of that type, or convert the column first (table.select).`,
      },
      { cause },
    )
  if (typeof constant === 'boolean' && type !== 'BOOLEAN') throw refuse()
  if (typeof constant === 'number' && (type === 'BOOLEAN' || (isWhole(type) && !Number.isInteger(constant))))
    throw refuse()
  const cast = castSql({ value: written, column: name, from, to: type, onBadValue: 'fail' })
  await connection.ask(`SELECT ${cast} AS it`).catch((cause: unknown) => {
    throw refuse(cause)
  })
  return `CAST(${cast} AS ${type})`
}
