import { join } from 'node:path'
import type { Column } from '#core/model/handle.ts'
import { guardedConnection, limitSpill, settingsOf, type Connection, type DuckDBOptions } from './duckdb.ts'
import { emptySelect, identifier } from './sql.ts'

const memoryLimit = 256 * 2 ** 20

/** A DuckDB that can open nothing outside itself and whose settings are locked. It has tables with these columns and no rows. */
export const openSealed = async (
  options: DuckDBOptions,
  tables: Readonly<Record<string, readonly Column[]>>,
  signal: AbortSignal,
): Promise<Connection> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  // It never spills: only empty tables are in it.
  const bounds = { spill: join(options.spill, 'sealed'), memoryLimit, threads: 1, spillLimit: 0 }
  const instance = await DuckDBInstance.create(':memory:', settingsOf(bounds))
  try {
    const opened = await instance.connect()
    await opened.run(`${limitSpill(bounds)}; SET enable_external_access = false; SET lock_configuration = true`)
    const connection = guardedConnection(opened, signal, () => undefined)
    for (const [name, columns] of Object.entries(tables))
      await connection.run(`CREATE VIEW ${identifier(name)} AS ${emptySelect(columns)}`)
    return {
      ...connection,
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
