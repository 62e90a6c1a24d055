import type { Projection } from '#core/kinds/task-context.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { castSql } from './cast.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { rowExpression } from './row-expression.ts'
import { emptyTable, identifier } from './sql.ts'
import { knownType } from './types.ts'

export const selectStep = async (
  connection: Connection,
  input: TableHandle,
  columns: readonly Projection[],
): Promise<Pick<TableStep, 'sql' | 'columns'>> => {
  const before = lastOf(input)
  const fields: string[] = []
  for (const projection of columns)
    fields.push(`${await projectionSql(connection, input, projection)} AS ${identifier(projection.name)}`)
  const sql = `SELECT ${fields.join(', ')} FROM ${identifier(before.name)}`
  return { sql, columns: await connection.describe(`WITH ${emptyTable(before.name, input.columns)} ${sql}`) }
}

const projectionSql = async (connection: Connection, input: TableHandle, projection: Projection): Promise<string> => {
  if ('expression' in projection) return `(${(await rowExpression(connection, input, projection.expression)).sql}\n)`
  const { from, cast } = projection
  const column = input.columns.find(({ name }) => name === from)
  if (!column) throw new Error(`The table has no column ${from}.`)
  if (!cast) return identifier(from)
  const to = await knownType(connection, from, cast.type)
  return castSql({ value: identifier(from), column: from, from: column.type, to, onBadValue: cast.onBadValue })
}
