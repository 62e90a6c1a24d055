import type { Partition } from './partition.ts'

/** A file to read; `partition`: columns whose values its folders name. */
export type SourceFile = { readonly path: string; readonly partition?: Partition }

export type ReadOptions = {
  /** `auto` looks at the content, never at the name. */
  readonly format: 'auto' | 'csv' | 'json' | 'parquet'
  /** Column name → DuckDB type, for all columns or some; the others are inferred from every row of the files. */
  readonly types: Readonly<Record<string, string>>
  /** Files must have exactly the columns that `types` names. */
  readonly strict: boolean
  /** Rows that cannot be read, or whose values do not fit the declared types. */
  readonly badRows: 'fail' | 'reject'
  /** The columns to read, in this order; null means all. */
  readonly columns: readonly string[] | null
  readonly csv: {
    readonly header: boolean
    /** Null: found from the first rows. */
    readonly delimiter: string | null
    readonly quote: string
    /** Texts that stand for null; the empty field is one of them unless left out. */
    readonly nulls: readonly string[]
    /** They do so in quotes too. */
    readonly quotedNulls: boolean
  }
}
