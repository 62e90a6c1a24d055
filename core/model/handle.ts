/**
 * What tasks hand to one another. Handles are small and JSON; the data stay where they are (a file, or a plan that
 * DuckDB computes). They are stored with the run and are safe to show.
 */
export type Column = {
  readonly name: string
  /** DuckDB's name of the type, for example BIGINT. */ readonly type: string
}

/**
 * One step of a table plan: a single SELECT that may read the steps before it by their `name` (a quoted identifier).
 * The first step reads files. A plan holds everything needed to compute the table again.
 */
export type TableStep = {
  readonly name: string
  /** The task run (its key in the flow run) that added the step, so that a mistake is laid at its own task. */
  readonly taskRun: string
  readonly sql: string
  readonly columns: readonly Column[]
  /** For a step that leaves rows out: its condition. Every other step has one row for each row before it. */
  readonly filter?: { readonly where: string; readonly nulls: 'drop' | 'keep' }
}

export type TableHandle = {
  readonly kind: 'table'
  readonly columns: readonly Column[]
  /** Exact, or null while it was not measured. */
  readonly rows: number | null
  /** Size of the materialised file, or null when the table is only a plan. */
  readonly bytes: number | null
  /** The Parquet file that holds the rows, or null when the table is only a plan. */
  readonly path: string | null
  readonly steps: readonly TableStep[]
  /** Files the plan reads; when one is gone the handle is missing. */
  readonly sources: readonly string[]
}

export type FileHandle = {
  readonly kind: 'file'
  readonly path: string
  /** The name the file goes by, without folders. */
  readonly name: string
  readonly bytes: number
  /** Of the content, where it was computed. */
  readonly sha256: string | null
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

export type ValueHandle = { readonly kind: 'value'; readonly value: JsonValue }

export type Handle = TableHandle | FileHandle | ValueHandle
export type PortKind = Handle['kind']

export type Outputs = Readonly<Record<string, Handle>>
