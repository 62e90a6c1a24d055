import type { Aggregate, GroupCounts, GroupRule } from '#core/kinds/relations.ts'
import { isWhole } from '#core/kinds/wider-type.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { aggregateExpression } from './aggregate-expression.ts'
import { castSql } from './cast.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { orderSql } from './order.ts'
import { groupRows, groupsSelect, type StepCounts } from './plan.ts'
import { emptyTable, identifier } from './sql.ts'

export const aggregateStep = async (
  connection: Connection,
  input: TableHandle,
  rule: GroupRule,
): Promise<Pick<TableStep, 'sql' | 'columns' | 'counting' | 'ordered'>> => {
  const { name } = lastOf(input)
  const keys = rule.by.map(identifier)
  const fields = [...keys]
  for (const aggregate of rule.aggregates)
    fields.push(`${await aggregateSql(connection, input, { aggregate, by: rule.by })} AS ${identifier(aggregate.name)}`)
  const groups =
    `SELECT ${[...fields, `count(*) AS ${groupRows}`].join(', ')} FROM ${identifier(name)}` +
    (keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`)
  const after = afterSql(rule)
  const sql = groupsSelect(`(${groups})`, after)
  return {
    sql,
    columns: await connection.describe(`WITH ${emptyTable(name, input.columns)} ${sql}`),
    counting: { kind: 'grouping', sql: groups, keys: rule.by, after },
    ...(rule.order.length > 0 && { ordered: true }),
  }
}

/** Groups that are equal in the order follow one another by their keys, so that the same rows come out each time. */
const afterSql = ({ by, order, limit }: GroupRule): string => {
  const last = by.filter((column) => !order.some((key) => key.column === column))
  const keys = [...order, ...last.map((column) => ({ column, descending: false }))]
  const sorted = keys.length > 0 && (order.length > 0 || limit !== null) ? `ORDER BY ${orderSql(keys)}` : ''
  return limit === null ? sorted : `${sorted} LIMIT ${limit}`
}

const aggregateSql = async (
  connection: Connection,
  input: TableHandle,
  { aggregate, by }: { aggregate: Aggregate; by: readonly string[] },
): Promise<string> => {
  if ('expression' in aggregate) return aggregateExpression(connection, input, { expression: aggregate.expression, by })
  if (aggregate.column === null) return 'count(*)'
  const column = identifier(aggregate.column)
  switch (aggregate.function) {
    case 'count_distinct':
      return `count(DISTINCT ${column})`
    case 'sum': {
      const type = input.columns.find(({ name }) => name === aggregate.column)?.type ?? ''
      // DuckDB's own is HUGEINT, which few know; a sum beyond BIGINT is refused.
      const whole = { value: `sum(${column})`, column: aggregate.name, from: 'HUGEINT', to: 'BIGINT' }
      return isWhole(type) && type !== 'UHUGEINT' ? castSql({ ...whole, onBadValue: 'fail' }) : `sum(${column})`
    }
    default:
      return `${aggregate.function}(${column})`
  }
}

export const groupCounts = ({ rows, before, groups }: StepCounts): GroupCounts => ({
  rows: before,
  groups: groups?.groups ?? rows,
  keyless: groups?.keyless ?? new Map(),
})
