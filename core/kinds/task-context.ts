import type { Progress } from '#core/model/flow-run.ts'
import type { FileHandle, JsonValue, TableHandle } from '#core/model/handle.ts'
import type { State } from '#core/model/state.ts'
import type { DatabaseClient, StorageClient } from './capabilities.ts'

/** Everything a task may touch. What it is not given it cannot reach. */
export type TaskContext<Config, Inputs> = {
  /** Parsed; expressions are evaluated. */
  readonly config: Config
  readonly inputs: Inputs
  readonly run: RunFacts
  readonly tables: Tables
  readonly files: Files
  readonly blocks: Blocks
  readonly processes: Processes
  readonly flows: Flows
  readonly log: Log
  /** Aborted on cancel and time-out; the process is killed a little later. */
  readonly signal: AbortSignal
  progress(progress: Progress): void
}

export type RunFacts = {
  readonly flowRun: string
  readonly flowRunName: string
  readonly flow: string
  readonly taskRun: string
  readonly task: string
  readonly item: number | null
  /** From 1. */
  readonly attempt: number
  /** The same for every attempt and after every resume, so that an effect happens once. */
  readonly loadId: string
  /** The folder of the flow's file. */
  readonly flowFolder: string
  /** Which outputs others take; a table nobody takes need not be made. */
  readonly taken: readonly string[]
}

export type Log = Readonly<Record<'debug' | 'info' | 'warning' | 'error', (message: string) => void>>

/** The data plane. A handle is a plan until something reads it; see core/world/tables. */
export type Tables = {
  /** A table over files: the first step of a plan. Their heads are read at once, so that a mistake shows here. */
  read(files: readonly string[], options: ReadOptions): Promise<TableHandle>
  /** Keeps the rows for which a condition holds. `report` gets exact counts once the step has been computed. */
  filter(input: TableHandle, rule: FilterRule, report: (counts: FilterCounts) => void): Promise<TableHandle>
  /** One row for each row of the input, with these columns in this order. */
  select(input: TableHandle, columns: readonly Projection[]): Promise<TableHandle>
  /** Rows of one SELECT over tables that it names as `{name}`, as JSON and in the order of the files: checks, small answers, previews. */
  ask(
    inputs: Readonly<Record<string, TableHandle>>,
    select: string,
  ): Promise<readonly Readonly<Record<string, JsonValue>>[]>
  /** Computes the plan once and writes it to `path`, whole or not at all. */
  copyTo(input: TableHandle, path: string, options: CopyOptions): Promise<{ rows: number; bytes: number }>
  /** Computes the plan into a Parquet file of this task run's results, unless it is in one already. */
  materialise(input: TableHandle): Promise<TableHandle>
  /** A DuckDB database file, open for as long as `use` runs. */
  attach<T>(path: string, use: (database: AttachedDatabase) => Promise<T>): Promise<T>
  readonly sql: { literal(value: JsonValue): string; identifier(name: string): string }
}

export type ReadOptions = {
  /** `auto` looks at the content, never at the name. */
  readonly format: 'auto' | 'csv' | 'parquet'
  /** Column name → DuckDB type, for all columns or some; the others are inferred from every row of the files. */
  readonly types: Readonly<Record<string, string>>
  /** The columns to read, in this order; null means all. */
  readonly columns: readonly string[] | null
  readonly csv: {
    readonly header: boolean
    /** Null: found from the first line. */
    readonly delimiter: string | null
    readonly quote: string
    /** Texts that stand for null; the empty field is one of them unless left out. */
    readonly nulls: readonly string[]
  }
}

/** `nulls` says what becomes of rows for which the condition is unknown. */
export type FilterRule = { readonly where: string; readonly nulls: 'drop' | 'keep' }
/** `kept` includes unknown rows that were kept, `dropped` those that were dropped. */
export type FilterCounts = { readonly kept: number; readonly dropped: number; readonly unknown: number }

export type Projection =
  | {
      readonly name: string
      readonly from: string
      readonly cast: { readonly type: string; readonly onBadValue: 'fail' | 'null' } | null
    }
  /** SQL over the columns of the input. */
  | { readonly name: string; readonly expression: string }

/** A database file in DuckDB's reach. Its tables are named as `{database}.schema.name`, with `identifier` around each part. */
export type AttachedDatabase = {
  /** The quoted name it is attached under. */
  readonly name: string
  run(sql: string): Promise<void>
  ask(sql: string): Promise<readonly Readonly<Record<string, JsonValue>>[]>
  /** All or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  /** Computes the plan into a table that exists, columns by name; returns the exact number of rows. */
  insert(input: TableHandle, into: string): Promise<number>
}

export type CopyOptions =
  | { readonly format: 'parquet'; readonly compression: 'snappy' | 'zstd' | 'gzip' | 'uncompressed' }
  | {
      readonly format: 'csv'
      readonly compression: 'gzip' | 'none'
      readonly header: boolean
      readonly delimiter: string
    }

export type Files = {
  /** Gone when the run's scratch is cleaned; the working directory of scripts. */
  readonly scratch: string
  /** Kept with the run's results; outputs live here. */
  readonly results: string
  /** A path as written in a flow: relative ones mean the folder of the flow's file. */
  resolve(path: string): string
  /** A handle for a file that exists, with its size (and SHA-256 when asked). */
  handle(path: string, options?: { sha256?: boolean; name?: string }): Promise<FileHandle>
}

export type Blocks = {
  storage(reference: string): Promise<StorageClient>
  database(reference: string): Promise<DatabaseClient>
  /** The parsed settings of a block, without its secrets. */
  settings(reference: string): Promise<Readonly<Record<string, JsonValue>>>
  /** One secret value, for use and never for keeping: `block:secret/x`, or `block:type/name#field`. */
  secret(reference: string): Promise<string>
}

export type Processes = {
  /** A fresh process in a group of its own, carrying the task run's cookie; its lines go to the log, masked. */
  run(request: ProcessRequest): Promise<ProcessResult>
}

export type ProcessResult = {
  readonly exitCode: number | null
  /** The signal that ended it, or null. */
  readonly signal: string | null
  /** The last lines it wrote (at most 20 each), masked. */
  readonly lastLines: { readonly stdout: readonly string[]; readonly stderr: readonly string[] }
}

export type ProcessRequest = {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to a small clean environment (PATH, HOME, LANG, TMPDIR …). */
  readonly env: Readonly<Record<string, string>>
  /** Names from `env` whose values are secret: masked in all output. */
  readonly secretEnv: readonly string[]
  readonly stdin?: string
}

/** Only for tasks that run inline. */
export type Flows = {
  /** Runs a flow as a subflow of this task run, once for each task run however often it is tried; ends with it. */
  run(request: {
    flow: string
    parameters: Readonly<Record<string, JsonValue>>
    signal: AbortSignal
  }): Promise<{ flowRun: string; state: State }>
}
