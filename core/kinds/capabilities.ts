import type { Column, JsonValue, TableHandle } from '#core/model/handle.ts'
import type { StoredObject } from '#core/model/stored-object.ts'
import type { Tables } from './task-context.ts'

/**
 * What a block can be used for. `storage.*` tasks take any block with `storage`, those that write any with
 * `writable-storage`; `database.*` take any with `database`, `notify.send` any with `notify`.
 */
export const capabilities = ['storage', 'writable-storage', 'database', 'value', 'notify'] as const
export type Capability = (typeof capabilities)[number]

export type { StoredObject }

/** Object names use `/` on every platform and never start with it. */
export type StorageClient = {
  /** Where objects lie, for logs and the catalogue, for example `file:///…/lake`. */
  readonly location: string
  /** A folder of this machine that holds all of it as it was when the client was opened; never to be written to. */
  readonly checkout?: string
  /** Replaces the object whole or not at all; a retry of the same upload does not double anything. */
  upload(request: {
    path: string
    name: string
    /** The same for every try of an upload, so that what a try that died had begun is known and goes. */
    uploadId: string
    signal: AbortSignal
    progress(bytes: number): void
  }): Promise<StoredObject>
  download(request: {
    name: string
    path: string
    signal: AbortSignal
    progress(bytes: number): void
  }): Promise<StoredObject>
  stat(name: string): Promise<StoredObject | null>
  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject>
  delete(name: string): Promise<void>
  /** Where an object lies on this machine, for a storage that is one of its folders. */
  localPath?(name: string): Promise<string>
  close(): Promise<void>
}

export const loadModes = ['append', 'replace', 'merge'] as const
export type LoadMode = (typeof loadModes)[number]

/** How the rows of a table that a load makes lie, for databases that charge for what is read. */
export const partitionUnits = ['hour', 'day', 'month', 'year'] as const
export type TableLayout = {
  readonly partition: { readonly column: string; readonly by: (typeof partitionUnits)[number] } | null
  /** Columns by whose values rows lie together, at most four. */
  readonly cluster: readonly string[]
}

/** Objects of a cloud storage that the database fetches itself. */
export type ObjectLoadRequest = Omit<LoadRequest, 'table'> & {
  /** `gs://bucket/name`, with at most one `*` in the name. */
  readonly objects: readonly string[]
}

export type LoadRequest = {
  readonly table: TableHandle
  readonly tables: Tables
  /** `name` or `schema.name`. */
  readonly into: string
  readonly mode: LoadMode
  /** For `merge`: columns that tell one row from another; rows with the same values are replaced. Empty otherwise. */
  readonly keys: readonly string[]
  /** Recorded in `_millrace_loads` beside the table in the same transaction; a load already recorded is not made again. */
  readonly loadId: string
  /** Only for clients with `takesLayout`. */
  readonly layout?: TableLayout
  readonly signal: AbortSignal
  /** Rows written so far, where the database can tell. */
  progress(rows: number): void
  /** Something that people should know of a load that succeeds. */
  warn(message: string): void
}

export type LoadResult = {
  readonly rows: number
  readonly columns: readonly Column[]
  /** For `merge`, where the database can tell: how many of the rows took the place of others. */
  readonly updated?: number
  /** The load had been made before. */
  readonly repeated: boolean
}

export type QueryParameters = Readonly<Record<string, JsonValue>>

export type SelectRequest = {
  /** One statement that gives rows. */
  readonly sql: string
  readonly tables: Tables
  /** Rows are written below it, in a file of any name. */
  readonly results: string
  /** Values for names in the SQL. Only for clients with `takesParameters`. */
  readonly parameters?: QueryParameters
  /** A table of the database that the rows are put into too, in place of what is in it. Only for clients with `keepsRows`. */
  readonly into?: string
  readonly signal: AbortSignal
  progress(rows: number): void
  /** Something that people should know of rows that did come. */
  warn(message: string): void
}

export type ExecuteRequest = {
  /** One or more statements, in one transaction: all or nothing. */
  readonly sql: string
  readonly tables: Tables
  /** As a load id: recorded in the same transaction, so that a retry of statements that were committed does nothing. Null: not recorded. */
  readonly loadId: string | null
  readonly signal: AbortSignal
}

export type ExecuteResult = {
  /** For each statement that tells it, how many rows it changed. */
  readonly statements: readonly { readonly command: string; readonly rows: number | null }[]
  /** It had been done before. */
  readonly repeated: boolean
}

export type Notice = {
  readonly subject: string
  /** Plain text; lines are kept. */
  readonly text: string
}

/** Sends a message to people: a chat, a mailbox, a pager. A refused one fails with what the server answered. */
export type Notifier = {
  /** Where it goes, for people; never a secret address. */
  readonly location: string
  send(notice: Notice, signal: AbortSignal): Promise<{ readonly answer: string }>
  close(): Promise<void>
}

/** What statements would read, asked of the database without running them. */
export type Estimate = {
  readonly bytes: number
  /** What the block allows to be billed for one statement, or null. */
  readonly mostBytes: number | null
}

export type DatabaseClient = {
  readonly location: string
  /** Tables it makes may be partitioned and clustered. */
  readonly takesLayout?: true
  /** Queries may have parameters by name. */
  readonly takesParameters?: true
  /** The rows of a query can be put into a table of it. */
  readonly keepsRows?: true
  load(request: LoadRequest): Promise<LoadResult>
  /** Where the database fetches objects itself. */
  loadObjects?(request: ObjectLoadRequest): Promise<LoadResult>
  /** Where it can tell, for one or more statements; they are not run. */
  estimate?(sql: string, parameters: QueryParameters, signal: AbortSignal): Promise<Estimate>
  /** The rows of a query as a table, streamed: memory stays bounded. Changes nothing in the database. */
  select(request: SelectRequest): Promise<TableHandle>
  execute(request: ExecuteRequest): Promise<ExecuteResult>
  /** Rows of a query as JSON, at most `limit`; for tests, previews and checks. */
  query(
    sql: string,
    limit: number,
  ): Promise<{ columns: readonly Column[]; rows: readonly Readonly<Record<string, JsonValue>>[] }>
  close(): Promise<void>
}
