import type { ExecuteResult } from '#core/kinds/capabilities.ts'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { Tables } from '#core/kinds/task-context.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** What was loaded or executed, kept in the database itself: written in the same transaction. */
type LoadRecord = {
  find(loadId: string): Promise<Recorded | null>
  add(loadId: string, recorded: Recorded): Promise<void>
}

type Recorded =
  | { readonly kind: 'load'; readonly table: string; readonly rows: number; readonly updated: number | null }
  | { readonly kind: 'statements'; readonly statements: ExecuteResult['statements'] }

type Asked = {
  run(sql: string): Promise<void>
  ask(sql: string): Promise<readonly Readonly<Record<string, JsonValue>>[]>
}

const columns = 'load_id VARCHAR PRIMARY KEY, table_name VARCHAR, row_count BIGINT, loaded_at TIMESTAMPTZ'

/** Made when it is not there; `table` is quoted. */
export const loadRecord = async (
  { run, ask }: Asked,
  table: string,
  { literal }: Tables['sql'],
): Promise<LoadRecord> => {
  await run(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`)
  for (const later of ['updated_count BIGINT', 'statements VARCHAR'])
    await run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${later}`)
  return {
    find: async (loadId) => {
      const [row] = await ask(`SELECT * FROM ${table} WHERE load_id = ${literal(loadId)}`)
      return row ? recordedIn(row) : null
    },
    add: async (loadId, recorded) => {
      const values =
        recorded.kind === 'load'
          ? [recorded.table, recorded.rows, recorded.updated, null]
          : [null, null, null, JSON.stringify(recorded.statements)]
      await run(
        `INSERT OR REPLACE INTO ${table} (load_id, table_name, row_count, updated_count, statements, loaded_at) ` +
          `VALUES (${[loadId, ...values].map(literal).join(', ')}, now())`,
      )
    },
  }
}

const recordedIn = (row: Readonly<Record<string, JsonValue>>): Recorded => {
  const { statements, row_count: rows, updated_count: updated } = row
  if (typeof statements === 'string') {
    return { kind: 'statements', statements: JSON.parse(statements) as ExecuteResult['statements'] }
  }
  const table = textIn(row, 'table_name')
  return { kind: 'load', table, rows: Number(rows), updated: updated === null ? null : Number(updated) }
}
