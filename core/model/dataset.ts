import type { Column } from './handle.ts'

/** What a task wrote that outlives its run: an object of a storage, a table of a database. */
export type WrittenDataset = {
  /** Where it is, for example `file:///…/lake/data/green.parquet` or `duckdb:///…/warehouse.duckdb#rides`. */
  readonly location: string
  /** Null for a file, whose rows the task that made it knows. */
  readonly table: { readonly columns: readonly Column[]; readonly rows: number | null } | null
}

/** An entry of the catalogue: what is known of a location since it was last written. */
export type Dataset = {
  readonly location: string
  /** None when it is not known to be a table. */
  readonly columns: readonly Column[]
  /** Written the last time; null when that is not known. */
  readonly rows: number | null
  readonly flowRun: string
  readonly taskRun: string
  readonly writtenAt: number
  /** What it was made from, as far as settings tell: web addresses, files, blocks. */
  readonly madeFrom: readonly string[]
}
