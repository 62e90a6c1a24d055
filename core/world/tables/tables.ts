import type { Column } from '#core/model/handle.ts'
import { openFile, type FileConnection, type FileRequest } from './duckdb-file.ts'
import { lazyDuckDB, type Connection, type DuckDB, type DuckDBOptions } from './duckdb.ts'
import { openSealed } from './sealed.ts'

export type TableEngineOptions = DuckDBOptions & {
  /** A folder that all processes of a home share, where types inferred from files are remembered by their content. */
  readonly typeFolder?: string
}

/**
 * DuckDB in one process (a worker), loaded at first use and kept warm between jobs; nothing of a job stays in it.
 * It serves one job at a time.
 */
export type TableEngine = DuckDB & {
  readonly typeFolder: string | null
  /** A database file in an instance of its own, with the same bounds. Whoever opens it closes it. */
  openFile(file: FileRequest, signal: AbortSignal): Promise<FileConnection>
  /** Empty tables in an instance of its own that can open nothing. Whoever opens it closes it. */
  openSealed(tables: Readonly<Record<string, readonly Column[]>>, signal: AbortSignal): Promise<Connection>
}

export const createTableEngine = ({ typeFolder, ...options }: TableEngineOptions): TableEngine => ({
  ...lazyDuckDB(options),
  typeFolder: typeFolder ?? null,
  openFile: (file, signal) => openFile(options, file, signal),
  openSealed: (tables, signal) => openSealed(options, tables, signal),
})
