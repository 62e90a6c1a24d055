import { Refused } from '#core/model/failure.ts'
import type { Connection } from './duckdb.ts'

/** A name, perhaps with sizes, perhaps lists of it: DECIMAL(12, 2), TIMESTAMP WITH TIME ZONE, INTEGER[]. */
const simpleType = /^[A-Za-z_][A-Za-z0-9_]*( [A-Za-z]+)*(\(\s*\d+\s*(,\s*\d+\s*)?\))?(\[\d*\])*$/

/** DuckDB's own name of a type that a person wrote: `int` → INTEGER. */
export const knownType = async (connection: Connection, column: string, type: string): Promise<string> => {
  const refuse = (cause?: unknown) =>
    new Refused(
      {
        code: 'invalid',
        message: `The type “${type}” of column “${column}” is unknown. Use one such as VARCHAR, BIGINT, DOUBLE, DECIMAL(12, 2), DATE, TIMESTAMP or BOOLEAN.`,
      },
      { cause },
    )
  const trimmed = type.trim()
  if (!simpleType.test(trimmed)) throw refuse()
  const [described] = await connection.describe(`SELECT CAST(NULL AS ${trimmed}) AS it`).catch((cause: unknown) => {
    throw refuse(cause)
  })
  return described?.type ?? trimmed
}
