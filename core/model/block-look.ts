import type { Column, JsonValue } from './handle.ts'
import type { StoredObject } from './stored-object.ts'

type Row = Readonly<Record<string, JsonValue>>

/** What somebody who asks a database hears, in this order; `rows` or `done` is the last. Durations in milliseconds. */
export type QueryNews =
  /** Somebody else has the database. */
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running' }
  | {
      readonly kind: 'rows'
      readonly columns: readonly Column[]
      readonly rows: readonly Row[]
      /** There are more rows than were asked for, or than fit. */
      readonly more: boolean
      readonly duration: number
    }
  /** Statements that changed something; `rows` of each is null where the database does not tell. */
  | {
      readonly kind: 'done'
      readonly statements: readonly { readonly command: string; readonly rows: number | null }[]
      readonly duration: number
    }

/** A folder of a storage: what lies directly in it. */
export type StorageFolder = {
  /** Empty for the uppermost, else it ends with a slash. */
  readonly folder: string
  /** Where the storage is. */
  readonly location: string
  /** With how much lies below them. */
  readonly folders: readonly { readonly name: string; readonly objects: number; readonly bytes: number }[]
  /** By their whole names. */
  readonly objects: readonly StoredObject[]
  /** Not everything was looked at: there is too much. */
  readonly more: boolean
}

/** The first rows of a CSV, JSON or Parquet object. */
export type ObjectPreview = {
  readonly name: string
  readonly bytes: number
  readonly modifiedAt: number | null
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** How many there are in all, where that is known without reading all. */
  readonly rowCount: number | null
}
