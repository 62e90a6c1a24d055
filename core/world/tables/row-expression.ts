import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { checkedExpression } from './expression.ts'
import { emptyTable, identifier } from './sql.ts'

/** An expression with one value for each row of a table, tried on no rows; with the type that it gives. */
export const rowExpression = async (
  connection: Connection,
  input: TableHandle,
  expression: string,
): Promise<{ readonly sql: string; readonly type: string }> => {
  const sql = await checkedExpression(connection, expression)
  const before = lastOf(input)
  // Beside the columns of a row, so that DuckDB refuses what gives one value for many rows.
  const tried = `WITH ${emptyTable(before.name, input.columns)} SELECT *, (${sql}\n) AS it FROM ${identifier(before.name)}`
  const columns = await connection.describe(tried).catch((error: unknown) => {
    throw error instanceof Refused && /GROUP BY clause/.test(error.message) ? ofManyRows(sql, error) : error
  })
  return { sql, type: columns.at(-1)?.type ?? '' }
}

const ofManyRows = (expression: string, cause: Refused): Refused =>
  new Refused(
    {
      code: 'invalid',
      message: `“${expression}” gives one value for many rows, and here every row needs its own. Use table.aggregate for it, or a window: … OVER ().`,
    },
    { cause },
  )
