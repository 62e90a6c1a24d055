import type { NewArtifact } from '#core/model/artifact.ts'
import type { WrittenDataset } from '#core/model/dataset.ts'
import type { Progress } from '#core/model/flow-run.ts'
import type { FileHandle, JsonValue, TableHandle } from '#core/model/handle.ts'
import type { State } from '#core/model/state.ts'
import type { InputSource } from '#core/model/worker-job.ts'
import type { DatabaseClient, Notifier, StorageClient } from './capabilities.ts'
import type { Http } from './http/http.ts'
import type { FillCounts, FillRule, GroupCounts, GroupRule, JoinCounts, JoinRule, UnionColumn } from './relations.ts'
import type { ReadOptions, SourceFile } from './read-options.ts'
import type { VectorRows } from './vectors.ts'

/** Everything a task may touch. What it is not given it cannot reach. */
export type TaskContext<Config, Inputs> = {
  /** Parsed; expressions are evaluated. */
  readonly config: Config
  readonly inputs: Inputs
  readonly run: RunFacts
  readonly tables: Tables
  readonly files: Files
  readonly http: Http
  readonly blocks: Blocks
  readonly processes: Processes
  readonly flows: Flows
  readonly log: Log
  /** Aborted on cancel and time-out; the process is killed a little later. */
  readonly signal: AbortSignal
  progress(progress: Progress): void
  /** Leaves something for people, stored with the run: no later than the task run's outcome, masked and bounded. */
  artifact(artifact: NewArtifact): void
  /** Enters what it has written outside the run, and what stays there, into the catalogue. */
  wrote(dataset: WrittenDataset): void
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
  /** By input port that takes many: where each of its handles comes from, in their order. */
  readonly sources: Readonly<Record<string, readonly InputSource[]>>
}

export type Log = Readonly<Record<'debug' | 'info' | 'warning' | 'error', (message: string) => void>>

/** The data plane. A handle is a plan until something reads it; see core/world/tables. */
export type Tables = {
  /**
   * A table over files: the first step of a plan. Their heads are read at once, so that a mistake shows here. With
   * `badRows: 'reject'` what cannot be read is in a second table: file, line, what is wrong, the text.
   */
  read(files: readonly SourceFile[], options: ReadOptions): Promise<{ table: TableHandle; rejects: TableHandle | null }>
  /** Keeps the rows for which a condition holds. `report` gets exact counts once the step has been computed. */
  filter(input: TableHandle, rule: FilterRule, report: (counts: FilterCounts) => void): Promise<TableHandle>
  /** One row for each row of the input, with these columns in this order. */
  select(input: TableHandle, columns: readonly Projection[]): Promise<TableHandle>
  /**
   * Rows of one SELECT that a person wrote over tables it names as they are here, as a table. It reaches nothing but
   * these: checked as a syntax tree, then tried in a DuckDB that can open no file.
   */
  query(inputs: Readonly<Record<string, TableHandle>>, select: string): Promise<TableHandle>
  /**
   * Rows of one SELECT over tables that it names as `{name}`, as a table: joins, unions and whatever else is no row-wise
   * step on one input. A new plan begins there. The SELECT is trusted: what people write is checked before.
   */
  derive(inputs: Readonly<Record<string, TableHandle>>, select: string): Promise<TableHandle>
  /** One row for each row of the input; missing values are filled. `report` gets exact counts once the step has been computed. */
  fill(input: TableHandle, rule: FillRule, report: (counts: FillCounts) => void): Promise<TableHandle>
  /** One row for each group. `report` gets exact counts once the step has been computed. */
  aggregate(input: TableHandle, rule: GroupRule, report: (counts: GroupCounts) => void): Promise<TableHandle>
  /** Begins a new plan, as `derive`. The keys are counted at once. */
  join(
    left: TableHandle,
    right: TableHandle,
    rule: JoinRule,
  ): Promise<{ readonly table: TableHandle; readonly counts: JoinCounts }>
  /** All rows of all inputs. Begins a new plan, as `derive`. A value that the wider type cannot hold fails with its column. */
  union(inputs: readonly TableHandle[], columns: readonly UnionColumn[]): Promise<TableHandle>
  /** Rows of one SELECT over tables that it names as `{name}`, as JSON and in the order of the files: checks, small answers, previews. */
  ask(
    inputs: Readonly<Record<string, TableHandle>>,
    select: string,
  ): Promise<readonly Readonly<Record<string, JsonValue>>[]>
  /** Computes the plan once and writes it to `path`, whole or not at all. */
  copyTo(input: TableHandle, path: string, options: CopyOptions): Promise<{ rows: number; bytes: number }>
  /** Computes the plan once and writes it as files below `folder`, all or none. Their names hold `/` where there are partitions. */
  copyToMany(
    input: TableHandle,
    folder: string,
    options: CopyOptions,
    split: SplitOptions,
  ): Promise<{ rows: number; bytes: number; names: readonly string[] }>
  /**
   * Computes the plan once and hands its rows to `use`, chunk by chunk, as they are asked for. `use` begins again with the
   * first row when the files turn out to need another way of reading. Types beside those of VectorType are refused.
   */
  vectors<R extends { readonly rows: number }>(input: TableHandle, use: (rows: VectorRows) => Promise<R>): Promise<R>
  /** Rows that come from outside as CSV, written whole or not at all into a Parquet file of this task run's results. */
  receive(
    columns: readonly ReceivedColumn[],
    rows: ReceivedRows,
    send: (csv: CsvSink) => Promise<void>,
  ): Promise<TableHandle>
  /** Computes the plan into a Parquet file of this task run's results, unless it is in one already. */
  materialise(input: TableHandle): Promise<TableHandle>
  /** A DuckDB database file, open for as long as `use` runs. */
  attach<T>(path: string, use: (database: AttachedDatabase) => Promise<T>): Promise<T>
  /**
   * The same in a DuckDB of its own, for SQL that people write: it reaches nothing but this file, and its settings are
   * locked. `read`: the file must be there and stays as it is.
   */
  openDatabase<T>(path: string, access: 'read' | 'write', use: (database: DatabaseFile) => Promise<T>): Promise<T>
  readonly sql: { literal(value: JsonValue): string; identifier(name: string): string }
}

/** A column as its text is read (`from`, a DuckDB type), and SQL over `{column}` that makes the value of it where that is not all. */
export type ReceivedColumn = { readonly name: string; readonly from: string; readonly value?: string }

/** `longest`: most bytes of one of them. `ordered`: they keep the order in which they come. */
export type ReceivedRows = { readonly longest: number; readonly ordered: boolean }

/**
 * Takes CSV without a header: comma, `"` doubled within quotes, LF, a null as \\N without quotes. Resolves when more may
 * come; until then the bytes stay as they are.
 */
export type CsvSink = { write(bytes: Uint8Array): Promise<void> }

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

/** A database file in a DuckDB of its own. */
export type DatabaseFile = {
  /** The rows of one query in a Parquet file of this task run's results, as a table with the very same types. */
  select(sql: string): Promise<TableHandle>
  /** Runs statements in their order; one that reaches beyond the file or into settings and transactions is refused. */
  execute(sql: string): Promise<readonly { readonly command: string; readonly rows: number | null }[]>
  /** Our own SQL, where `execute` is for what people write. */
  run(sql: string): Promise<void>
  ask(sql: string): Promise<readonly Readonly<Record<string, JsonValue>>[]>
  /** All or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>
}

export type CopyOptions =
  | { readonly format: 'parquet'; readonly compression: 'snappy' | 'zstd' | 'gzip' | 'uncompressed' }
  | {
      readonly format: 'csv'
      readonly compression: 'gzip' | 'none'
      readonly header: boolean
      readonly delimiter: string
    }
  /** `json` is one array, `ndjson` one object a line. */
  | { readonly format: 'json' | 'ndjson'; readonly compression: 'gzip' | 'none' }

export type SplitOptions = {
  /** Columns whose values become folders, `color=green`, and are not in the files. */
  readonly by: readonly string[]
  /** Most rows in one file, or null. */
  readonly rows: number | null
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
  /** Empties both folders: what an attempt before left must not be taken for the work of this one. */
  clear(): Promise<void>
  /** Writes a small text into scratch; its path. */
  note(name: string, text: string): Promise<string>
  /** A folder below results, made now, and then what a program wrote directly into it. */
  makeOutputs(): Promise<OutputFolder>
}

export type OutputFolder = {
  readonly path: string
  /** In the order of their names. A file whose name held a secret has got another name: `renamed`. */
  files(): Promise<readonly { readonly path: string; readonly name: string; readonly renamed: boolean }[]>
}

export type Blocks = {
  storage(reference: string): Promise<StorageClient>
  database(reference: string): Promise<DatabaseClient>
  notifier(reference: string): Promise<Notifier>
  /** The parsed settings of a block, without its secrets. */
  settings(reference: string): Promise<Readonly<Record<string, JsonValue>>>
  /** One secret value, for use and never for keeping: `block:secret/x`, or `block:type/name#field`. */
  secret(reference: string): Promise<string>
}

export type Processes = {
  /** A fresh process in a group of its own, carrying the task run's cookie; its lines go to the log, masked. */
  run(request: ProcessRequest): Promise<ProcessResult>
  /** How scripts for Node are run: the script and its arguments come after these. */
  readonly node: NodeCommand
}

export type NodeCommand = { readonly command: string; readonly args: readonly string[] }

export type ProcessResult = {
  readonly exitCode: number | null
  /** The signal that ended it, or null. */
  readonly signal: string | null
  /** The last lines it wrote (at most 100 each), masked. */
  readonly lastLines: { readonly stdout: readonly string[]; readonly stderr: readonly string[] }
  /** The limit for which it was stopped, or null. */
  readonly excess: ProcessExcess | null
}

/** Bytes; null for none. They hold for the process and all that it starts, together. */
export type ProcessLimits = {
  /** By how much its working directory and `folders` may grow, as the disk counts. */
  readonly disk: number | null
  readonly folders: readonly string[]
  readonly memory: number | null
}

/** `lowered`: the disk had too little free space for the limit that was asked for. */
export type ProcessExcess =
  | { readonly of: 'disk'; readonly used: number; readonly limit: number; readonly lowered: boolean }
  | { readonly of: 'memory'; readonly used: number; readonly limit: number }

export type ProcessRequest = {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to a small clean environment (PATH, HOME, LANG, TMPDIR …). */
  readonly env: Readonly<Record<string, string>>
  /** Names from `env` whose values are secret: masked in all output. */
  readonly secretEnv: readonly string[]
  readonly stdin?: string
  readonly limits?: ProcessLimits
}

export type Flows = {
  /** Only for tasks that run inline. Runs a flow as a subflow of this task run, once for each task run however often it is tried; ends with it. */
  run(request: {
    flow: string
    /** A repository; `flow` is then a path from its root. */ from?: string | undefined
    parameters: Readonly<Record<string, JsonValue>>
    signal: AbortSignal
  }): Promise<{ flowRun: string; state: State }>
}
