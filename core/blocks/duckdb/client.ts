import { randomUUID } from 'node:crypto'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { counted } from '#core/model/counted.ts'
import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api'
import type { TestStage } from '#core/model/block.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { staged } from '#core/kinds/staged.ts'
import { uniqueNames } from '#core/kinds/unique-names.ts'
import { isWritableFolder, writeIntoFolder } from '#core/folders/writable-folder.ts'
import { exactNumber, lockFailure } from '#core/kinds/duckdb-answers.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { executeOnce } from './execute.ts'
import { loadOnce } from './load.ts'

/** A database file, opened for one load or one question and closed at once: while it is open nobody else gets in. */
export const openDuckDBFile = (path: string, signal?: AbortSignal): DatabaseClient => ({
  location: pathToFileURL(path).href,
  load: (request) => request.tables.attach(path, (database) => loadOnce(database, request)),
  select: ({ sql, tables }) => tables.openDatabase(path, 'read', (database) => database.select(sql)),
  execute: (request) => request.tables.openDatabase(path, 'write', (database) => executeOnce(database, request)),
  query: async (sql, limit) => {
    if (!(await isThere(path))) {
      throw new Refused({ code: 'not-found', message: `There is no database ${path} yet. The first load makes it.` })
    }
    return readOnly(path, async (connection) => {
      const reader = await stoppable(connection, signal, () => firstRows(connection, sql, limit))
      const { names } = uniqueNames(reader.columnNames())
      const columns = names.map((name, index) => ({ name, type: String(reader.columnTypes()[index]) }))
      const rows = reader.getRowsJson().slice(0, limit)
      return {
        columns,
        rows: rows.map((row) =>
          Object.fromEntries(
            columns.map(({ name, type }, index) => [name, exactNumber((row[index] ?? null) as JsonValue, type)]),
          ),
        ),
      }
    })
  },
  close: () => Promise.resolve(),
})

/** Streamed, so that a query of many rows costs no more than those that are asked for. A stream that fails ends its transaction. */
const firstRows = async (connection: DuckDBConnection, sql: string, limit: number): Promise<DuckDBResultReader> => {
  await connection.run('BEGIN TRANSACTION')
  const reader = await connection.streamAndReadUntil(sql, limit)
  if (reader.done) await connection.run('COMMIT')
  return reader
}

const stoppable = async <T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> => {
  const stop = () => connection.interrupt()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    return await work()
  } catch (cause) {
    if (!signal?.aborted) throw cause
    throw new Refused({ code: 'cancelled', message: 'Stopped; nothing was changed in the database.' }, { cause })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

export async function* testDuckDBFile(path: string, write: boolean): AsyncGenerator<TestStage> {
  if (!(await isThere(path))) {
    const folder = dirname(path)
    const writable = await isWritableFolder(folder)
    yield {
      stage: 'Find the file',
      duration: 0,
      ...writable,
      message: writable.ok
        ? `${path} is not there yet; the first load makes it.`
        : `${path} is not there yet and cannot be made: ${writable.message}`,
    }
    if (write && writable.ok) yield { stage: 'Write beside it', duration: 0, ...(await writeIntoFolder(folder)) }
    return
  }
  yield { stage: 'Find the file', ok: true, duration: 0, message: path }
  const begin = performance.now()
  const duration = () => Math.round(performance.now() - begin)
  try {
    const tables = await readOnly(path, async (connection) => {
      const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM duckdb_tables()')
      return Number(reader.getRowsJson()[0]?.[0])
    })
    yield { stage: 'Open the database', ok: true, duration: duration(), message: `${counted(tables, 'table')}.` }
    if (write) yield await tryToWrite(path)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const remedy = 'Close the program that has it open, or choose a file that DuckDB made.'
    yield { stage: 'Open the database', ok: false, duration: duration(), message, remedy }
  }
}

/** A table that is made and taken back: the file is as it was. */
const tryToWrite = async (path: string): Promise<TestStage> => {
  const make = () =>
    opened(path, 'READ_WRITE', async (connection) => {
      await connection.run('BEGIN TRANSACTION')
      await connection.run(`CREATE TABLE "millrace-test-${randomUUID()}" (n INTEGER)`)
      await connection.run('ROLLBACK')
    })
  const remedy = 'Give yourself the right to write the file and its folder, or choose another file.'
  const told = (error: unknown) => ({ message: error instanceof Error ? error.message : String(error), remedy })
  return (await staged('Write into it', make, () => 'A table was made and taken back.', told)).stage
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** DuckDB points at the place in the lines below; where the statement stands is no matter of ours. */
const inShort = (message: string): string => message.replace(/^Failed to extract statements: /, '').split('\n')[0] ?? ''

type Use<T> = (connection: DuckDBConnection) => Promise<T>

const readOnly = <T>(path: string, use: Use<T>): Promise<T> => opened(path, 'READ_ONLY', use)

const opened = async <T>(path: string, mode: 'READ_ONLY' | 'READ_WRITE', use: Use<T>): Promise<T> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  try {
    const instance = await DuckDBInstance.create(path, { access_mode: mode, enable_external_access: 'false' })
    try {
      const connection = await instance.connect()
      return await use(connection)
    } finally {
      instance.closeSync()
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Refused) throw error
    throw new Refused(lockFailure(error.message) ?? { code: 'invalid', message: inShort(error.message) }, {
      cause: error,
    })
  }
}
