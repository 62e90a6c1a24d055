import type { ExecuteResult } from '#core/kinds/capabilities.ts'
import type { Session } from './client.ts'
import { PostgresRefused } from './refusals.ts'
import { qualified, quoted } from './sql.ts'

/** Kept in the schema of the table, in the same transaction as what it tells of. */
export const recordsTable = '_millrace_loads'

export type Recorded = {
  readonly table: string | null
  readonly rows: number | null
  readonly updated: number | null
  readonly statements: ExecuteResult['statements'] | null
}

export type Records = {
  find(session: Session, loadId: string): Promise<Recorded | null>
  add(session: Session, loadId: string, recorded: Recorded): Promise<void>
}

/** Keeps our locks apart from those of others. */
const lockSeed = 6_011_852

/** Held to the end of the transaction: a second attempt of the same load waits until it is known how the first one ended. */
export const lockName = async (session: Session, name: string): Promise<void> => {
  await session.ask(`SELECT pg_advisory_xact_lock(hashtextextended($1, ${lockSeed}))`, [name])
}

const columns =
  'load_id text PRIMARY KEY, table_name text, row_count bigint, updated_count bigint, statements text, loaded_at timestamptz NOT NULL DEFAULT now()'

/** Null when there may be none: no right to make the table, or to use it. */
export const openRecords = async (session: Session, schema: string): Promise<Records | null> => {
  await ensureSchema(session, schema)
  const records = qualified({ schema, name: recordsTable })
  if (!(await isUsable(session, records))) return null
  return {
    find: async (asking, loadId) => {
      const [row] = await asking.ask(
        `SELECT table_name, row_count::text, updated_count::text, statements FROM ${records} WHERE load_id = $1`,
        [loadId],
      )
      return row ? recordedIn(row) : null
    },
    add: async (writing, loadId, { table, rows, updated, statements }) => {
      await writing.ask(
        `INSERT INTO ${records} (load_id, table_name, row_count, updated_count, statements) VALUES ($1, $2, $3, $4, $5)`,
        [loadId, table, rows, updated, statements === null ? null : JSON.stringify(statements)],
      )
    },
  }
}

const recordedIn = (row: Readonly<Record<string, string | null>>): Recorded => {
  const number = (name: string) => (row[name] === null || row[name] === undefined ? null : Number(row[name]))
  const statements = row['statements'] ?? null
  return {
    table: row['table_name'] ?? null,
    rows: number('row_count'),
    updated: number('updated_count'),
    statements: statements === null ? null : (JSON.parse(statements) as ExecuteResult['statements']),
  }
}

const ensureSchema = async (session: Session, schema: string): Promise<void> => {
  const found = await session.ask('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (found.length === 0) await session.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`)
}

/** Made in a transaction of its own, so that first loads at the same time wait for each other only here. */
const isUsable = async (session: Session, records: string): Promise<boolean> => {
  const [found] = await session.ask(
    `SELECT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT'))::text AS usable FROM pg_class WHERE oid = to_regclass($1)`,
    [records],
  )
  if (found) return found['usable'] === 'true'
  await session.run('BEGIN')
  try {
    await lockName(session, records)
    await session.run(`CREATE TABLE IF NOT EXISTS ${records} (${columns})`)
    await session.run('COMMIT')
    return true
  } catch (error) {
    if (!(error instanceof PostgresRefused) || error.sqlState !== '42501') throw error
    await session.run('ROLLBACK')
    return false
  }
}
