import type { Column, JsonValue, TableHandle } from '#core/model/handle.ts'
import type { Tables } from './task-context.ts'

/** What a block can be used for. `storage.*` tasks take any block with `storage`, `database.*` any with `database`. */
export const capabilities = ['storage', 'database', 'value', 'notify'] as const
export type Capability = (typeof capabilities)[number]

export type StoredObject = { readonly name: string; readonly bytes: number; readonly modifiedAt: number | null }

/** Object names use `/` on every platform and never start with it. */
export type StorageClient = {
  /** Where objects lie, for logs and the catalogue, for example `file:///…/lake`. */
  readonly location: string
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
  close(): Promise<void>
}

export const loadModes = ['append', 'replace'] as const
export type LoadMode = (typeof loadModes)[number]

export type LoadRequest = {
  readonly table: TableHandle
  readonly tables: Tables
  /** `name` or `schema.name`. */
  readonly into: string
  readonly mode: LoadMode
  /** Recorded in `_millrace_loads` beside the table in the same transaction; a load already recorded is not made again. */
  readonly loadId: string
  readonly signal: AbortSignal
}

export type LoadResult = {
  readonly rows: number
  readonly columns: readonly Column[]
  /** The load had been made before. */ readonly repeated: boolean
}

export type DatabaseClient = {
  readonly location: string
  load(request: LoadRequest): Promise<LoadResult>
  /** Rows of a query as JSON, at most `limit`; for tests, previews and checks. */
  query(
    sql: string,
    limit: number,
  ): Promise<{ columns: readonly Column[]; rows: readonly Readonly<Record<string, JsonValue>>[] }>
  close(): Promise<void>
}
