import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { Refused } from '#core/model/failure.ts'
import { guardedConnection, limitSpill, settingsOf, type Connection, type DuckDBOptions } from './duckdb.ts'
import { refusalOf } from './refusals.ts'
import { text } from './sql.ts'

export type FileRequest = {
  readonly path: string
  readonly access: 'read' | 'write'
  /** A folder that may be written to beside the file, or null. */
  readonly folder: string | null
}

type PreparedStatement = {
  /** DuckDB's name of what it is: `SELECT`, `INSERT`, `MERGE_INTO`. */
  readonly kind: string
  readonly columns: readonly string[]
  /** How many rows it changed, or null where it does not tell. Rows it gives are let go. */
  run(): Promise<number | null>
}

/** Only this file and that folder can be reached, and no setting can be changed. */
export type FileConnection = Connection & { prepare(statement: string): Promise<PreparedStatement> }

export const openFile = async (
  options: DuckDBOptions,
  { path, access, folder }: FileRequest,
  signal: AbortSignal,
): Promise<FileConnection> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  // Two instances cannot spill into one folder.
  const spill = join(options.spill, 'file')
  await mkdir(spill, { recursive: true })
  const settings = { ...settingsOf({ ...options, spill }), allow_persistent_secrets: 'false' }
  const instance = await DuckDBInstance.create(path, {
    ...settings,
    access_mode: access === 'read' ? 'READ_ONLY' : 'READ_WRITE',
  }).catch((error: unknown) => {
    throw refusalOf(error, '')
  })
  try {
    const opened = await instance.connect()
    if (folder !== null) await opened.run(`SET allowed_directories = [${text(folder)}]`)
    await opened.run(
      `${limitSpill({ ...options, spill })}; SET enable_external_access = false; SET lock_configuration = true`,
    )
    const connection = guardedConnection(opened, signal, () => undefined)
    return {
      ...connection,
      prepare: (statement) => connection.guarded(statement, () => prepared(opened, connection, statement)),
      close: () => {
        opened.closeSync()
        instance.closeSync()
      },
    }
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

const prepared = async (
  opened: DuckDBConnection,
  { guarded }: ReturnType<typeof guardedConnection>,
  sql: string,
): Promise<PreparedStatement> => {
  const { ResultReturnType, StatementType } = await import('@duckdb/node-api')
  const parts = await opened.extractStatements(sql).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(message.replace(/^Failed to extract statements: /, ''), { cause: error })
  })
  // DuckDB makes several statements of a PIVOT that has to look for its columns.
  if (parts.count !== 1) {
    const message = 'it is more than one statement to DuckDB. Does a PIVOT not say its values (ON column IN (…))?'
    throw new Refused({ code: 'invalid', message })
  }
  const statement = await parts.prepare(0)
  const columns = Array.from({ length: statement.columnCount }, (_, index) => statement.columnName(index))
  return {
    kind: StatementType[statement.statementType] ?? 'INVALID',
    columns,
    run: () =>
      guarded(sql, async () => {
        const result = await statement.stream()
        if (result.returnType === ResultReturnType.CHANGED_ROWS) return result.rowsChanged
        while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
        return null
      }),
  }
}
