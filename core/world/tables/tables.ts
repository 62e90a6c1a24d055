import { lazyDuckDB, type DuckDB, type DuckDBOptions } from './duckdb.ts'

export type TableEngineOptions = DuckDBOptions & {
  /** A folder that all processes of a home share, where types inferred from files are remembered by their content. */
  readonly typeFolder?: string
}

/**
 * DuckDB in one process (a worker), loaded at first use and kept warm between jobs; nothing of a job stays in it.
 * It serves one job at a time.
 */
export type TableEngine = DuckDB & { readonly typeFolder: string | null }

export const createTableEngine = ({ typeFolder, ...options }: TableEngineOptions): TableEngine => ({
  ...lazyDuckDB(options),
  typeFolder: typeFolder ?? null,
})
