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
  /** Without it the step has one row for each row before it. */
  readonly counting?: Counting
  /** Its rows stand in an order that a task set, and keep it when they are written. */
  readonly ordered?: true
  /** It reads Parquet files and does nothing else: `exact` gives their columns as they are, `cast` with other types. */
  readonly scan?: 'exact' | 'cast'
}

/** How the one statement that computes a whole plan counts the rows of a step exactly. See core/world/tables/plan.ts. */
export type Counting =
  /** The step's SELECT once more, with rows that advance counters on the way; those of the counters in `removed` are left out. */
  | {
      readonly kind: 'passing'
      readonly sql: string
      readonly counters: readonly string[]
      readonly removed: readonly string[]
    }
  /** The groups with one column more, the rows in each; and what follows after them, such as an order. */
  | { readonly kind: 'grouping'; readonly sql: string; readonly keys: readonly string[]; readonly after: string }

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
  /** The name the file goes by; one of several may have folders in it, always with `/` and never up: `color=green/part-0.parquet`. */
  readonly name: string
  readonly bytes: number
  /** Of the content, where it was computed. */
  readonly sha256: string | null
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

export type ValueHandle = { readonly kind: 'value'; readonly value: JsonValue }

export type Handle = TableHandle | FileHandle | ValueHandle
export type PortKind = Handle['kind']

/** What an output port marked `many` makes. Only ports that take many take it. */
export type ListHandle = { readonly kind: 'list'; readonly handles: readonly Handle[] }

export type Output = Handle | ListHandle
export type Outputs = Readonly<Record<string, Output>>

/** An output as the handles in it: one, or those of its list. */
export const handlesIn = (output: Output | undefined): readonly Handle[] => {
  if (output === undefined) return []
  return output.kind === 'list' ? output.handles : [output]
}
