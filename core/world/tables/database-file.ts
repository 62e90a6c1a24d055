import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DatabaseFile } from '#core/kinds/task-context.ts'
import { firstWords, splitStatements } from '#core/kinds/sql-statements.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { FileConnection } from './duckdb-file.ts'
import { refusedKind, refusedStart } from './refused-statements.ts'
import type { TableEngine } from './tables.ts'
import { writeParquet } from './write.ts'

type DatabaseFileRequest = {
  readonly engine: TableEngine
  readonly path: string
  readonly access: 'read' | 'write'
  readonly taskRun: string
  results(): string
  readonly signal: AbortSignal
}

/** A database file in a DuckDB of its own, where what people write reaches nothing else. Closed at once after use. */
export const useDatabaseFile = async <T>(
  request: DatabaseFileRequest,
  use: (database: DatabaseFile) => Promise<T>,
): Promise<T> => {
  const { engine, path, signal } = request
  if (request.access === 'read') await requireFile(path)
  else await mkdir(dirname(path), { recursive: true })
  const folder = request.access === 'read' ? request.results() : null
  const connection = await engine.openFile({ path, access: request.access, folder }, signal)
  try {
    return await use({
      select: (sql) => select(connection, sql, request),
      execute: (sql) => execute(connection, sql),
      run: async (sql) => {
        await connection.run(sql)
      },
      ask: async (sql) => (await connection.ask(sql)).rows,
      transaction: (work) => transaction(connection, work),
    })
  } finally {
    connection.close()
  }
}

const requireFile = (path: string): Promise<void> =>
  access(path).catch((cause: unknown) => {
    const message = `There is no database ${path} yet. The first load makes it.`
    throw new Refused({ code: 'not-found', message }, { cause })
  })

const transaction = async <T>(connection: FileConnection, work: () => Promise<T>): Promise<T> => {
  await connection.run('BEGIN TRANSACTION')
  try {
    const result = await work()
    await connection.run('COMMIT')
    return result
  } catch (error) {
    await connection.cleanUp('ROLLBACK')
    throw error
  }
}

const select = async (
  connection: FileConnection,
  sql: string,
  { taskRun, results }: DatabaseFileRequest,
): Promise<TableHandle> => {
  const [statement, second] = splitStatements(sql)
  const refuse = (message: string) => new Refused({ code: 'invalid', message })
  if (statement === undefined) throw refuse('There is no query. Write a SELECT.')
  if (second !== undefined) throw refuse('There is more than one statement. Write one query that gives rows.')
  const begins = `The query (“${firstWords(statement)}”)`
  const { kind, columns: names } = await within(begins, () => connection.prepare(statement))
  if (kind !== 'SELECT') {
    throw refuse(
      `${begins} gives no rows. Write a SELECT here; database.execute runs statements that change something.`,
    )
  }
  const twice = names.find((name, index) => names.slice(0, index).some((one) => same(one, name)))
  if (twice !== undefined) {
    throw refuse(`${begins} has two columns that are called “${twice}”. Give one of them another name with AS.`)
  }
  const rows = `SELECT * FROM (${statement}\n)`
  return within(begins, async () => {
    const columns = await connection.describe(rows)
    const written = await writeParquet(connection, { select: rows, columns, folder: results(), name: taskRun })
    const step = { name: taskRun, taskRun, sql: written.sql, columns }
    const { path, bytes } = written
    return { kind: 'table', columns, rows: written.rows, bytes, path, steps: [step], sources: [path] }
  })
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

const execute: (connection: FileConnection, sql: string) => ReturnType<DatabaseFile['execute']> = async (
  connection,
  sql,
) => {
  const statements = splitStatements(sql)
  if (statements.length === 0) throw new Refused({ code: 'invalid', message: 'There is no statement to run.' })
  const named = statements.map((statement, index) => ({
    statement,
    name: `Statement ${index + 1} of ${statements.length} (“${firstWords(statement)}”)`,
  }))
  // All are looked at before the first runs.
  for (const { statement, name } of named) {
    const reason = refusedStart(statement)
    if (reason !== null) throw new Refused({ code: 'invalid', message: `${name} is refused: ${reason}` })
  }
  const done: { command: string; rows: number | null }[] = []
  for (const { statement, name } of named) {
    const ran = await within(name, async () => {
      const { kind, run } = await connection.prepare(statement)
      const reason = refusedKind(kind)
      if (reason !== null) throw new Refused({ code: 'invalid', message: `it is refused, since ${reason}` })
      return { command: kind.replace('_', ' '), rows: await run() }
    })
    done.push(ran)
  }
  return done
}

/** Says which statement an error is about. */
const within = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refused) || error.failure.code === 'cancelled') throw error
    const { message, ...failure } = error.failure
    const reach = /disabled (?:by|through) configuration|configuration has been locked/.test(message)
    const remedy = reach ? ' SQL of a task reaches its database and nothing else.' : ''
    throw new Refused({ ...failure, message: `${name}: ${message}${remedy}` }, { cause: error })
  }
}
