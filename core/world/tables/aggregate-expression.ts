import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { checkedExpression } from './expression.ts'
import { emptyTable, identifier } from './sql.ts'
import { functionName, isNode, listOf, syntaxOf } from './syntax.ts'

/** An expression with one value for each group, tried on no rows. */
export const aggregateExpression = async (
  connection: Connection,
  input: TableHandle,
  { expression, by }: { expression: string; by: readonly string[] },
): Promise<string> => {
  const sql = await checkedExpression(connection, expression)
  await refuseByChance(connection, sql)
  const { name } = lastOf(input)
  const groups = by.length === 0 ? '' : ` GROUP BY ${by.map(identifier).join(', ')}`
  const tried = `WITH ${emptyTable(name, input.columns)} SELECT (${sql}\n) AS it, count(*) FROM ${identifier(name)}${groups}`
  await connection.describe(tried).catch((error: unknown) => {
    throw error instanceof Refused && /GROUP BY clause/.test(error.message) ? ofOneRow(sql, error) : error
  })
  return `(${sql}\n)`
}

const ofOneRow = (expression: string, cause: Refused): Refused => {
  const column = /column "([^"]+)"/.exec(cause.message)?.[1] ?? 'a column'
  return new Refused(
    {
      code: 'invalid',
      message: `“${expression}” uses ${column} as it stands in one row, and a group has many. Put it into a function such as sum(${column}), or group by it.`,
    },
    { cause },
  )
}

/** What these give depends on which row comes first, and rows are unordered. */
const byChance = new Set([
  'first', 'last', 'any_value', 'arbitrary', 'list', 'array_agg', 'string_agg', 'group_concat', 'listagg', 'mode', 'json_group_array', 'json_group_object',
]) // prettier-ignore

const refuseByChance = async (connection: Connection, sql: string): Promise<void> => {
  const syntax = await syntaxOf(connection, `SELECT ${sql}\n`)
  const name = syntax.kind === 'select' ? unorderedIn(syntax.node) : null
  if (name === null) return
  throw new Refused({
    code: 'invalid',
    message: `“${sql}” uses ${name}(), which depends on the order of the rows, and they have none. Give it one, ${name}(… ORDER BY column), or use min or max.`,
  })
}

const unorderedIn = (part: unknown): string | null => {
  if (Array.isArray(part)) return part.map(unorderedIn).find((found) => found !== null) ?? null
  if (!isNode(part)) return null
  const name = functionName(part)
  const order = part['order_bys']
  if (name !== null && byChance.has(name) && listOf(isNode(order) ? order['orders'] : null).length === 0) return name
  return unorderedIn(Object.values(part))
}
