import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { CopyOptions } from '#core/kinds/task-context.ts'
import type { Column } from '#core/model/handle.ts'
import { finiteSql } from './refusals.ts'
import type { Connection } from './duckdb.ts'
import { parquetSql } from './scan-sql.ts'
import { identifier, text } from './sql.ts'

export type Written = {
  readonly rows: number
  readonly bytes: number
}

export type CopyRequest = {
  readonly select: string
  readonly columns: readonly Column[]
  readonly path: string
  readonly options: CopyOptions
  readonly folders: { readonly scratch: string }
  readonly signal: AbortSignal
}

/** A file for people: whole or not at all, under its name only when done. */
export const copyPlan = async (
  connection: Connection,
  { select, columns, path, options, folders, signal }: CopyRequest,
): Promise<Written> => {
  const rows = writable(select, columns, options)
  const settings = settingsOf(options)
  const plain = join(folders.scratch, 'plain')
  if (!isZippedAfter(options)) return replaced(path, (part) => copy(connection, rows, part, settings))
  try {
    return await replaced(path, async (part) => {
      const count = await copy(connection, rows, plain, settings)
      await zip(plain, part, signal)
      return count
    })
  } finally {
    await rm(plain, { force: true })
  }
}

/** DuckDB's own gzip writer takes ten times as long as zlib. */
export const isZippedAfter = ({ format, compression }: CopyOptions): boolean =>
  format !== 'parquet' && compression === 'gzip'

export const zip = (from: string, to: string, signal: AbortSignal): Promise<void> =>
  pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), createGzip(), createWriteStream(to), { signal })

export const settingsOf = (options: CopyOptions): string => {
  switch (options.format) {
    case 'parquet':
      return parquetSettings(options.compression)
    case 'csv':
      return `FORMAT csv, HEADER ${options.header}, DELIMITER ${text(options.delimiter)}`
    case 'json':
    case 'ndjson':
      return `FORMAT json, ARRAY ${options.format === 'json'}`
    default:
      return options satisfies never
  }
}

/** The rows as the format can hold them; where it cannot, the statement fails rather than lose a part. */
export const writable = (select: string, columns: readonly Column[], { format }: CopyOptions): string => {
  switch (format) {
    case 'parquet':
      return projected(select, columns, { HUGEINT: 'DECIMAL(38, 0)', UHUGEINT: 'DECIMAL(38, 0)' })
    case 'csv':
      return select
    case 'json':
    case 'ndjson':
      return finite(select, columns)
    default:
      return format satisfies never
  }
}

/** JSON has no number for “not a number” and infinity. */
const finite = (select: string, columns: readonly Column[]): string => {
  if (!columns.some(({ type }) => isFloating.test(type))) return select
  const fields = columns.map(({ name, type }) => {
    const quoted = identifier(name)
    // Through text, so that 0.1 of a FLOAT is not written as 0.10000000149011612.
    const value = type === 'FLOAT' ? `CAST(CAST(${quoted} AS VARCHAR) AS DOUBLE)` : quoted
    return isFloating.test(type) ? `${finiteSql(value, name)} AS ${quoted}` : quoted
  })
  return `SELECT ${fields.join(', ')} FROM (${select})`
}

const isFloating = /^(FLOAT|DOUBLE)$/

type ParquetRequest = {
  readonly select: string
  readonly columns: readonly Column[]
  readonly folder: string
  readonly name: string
  /** Default: zstd. */
  readonly compression?: 'snappy'
}

/** A file for ourselves, with SQL that reads it back with the very same types. */
export const writeParquet = async (
  connection: Connection,
  { select, columns, folder, name, compression }: ParquetRequest,
): Promise<Written & { path: string; sql: string }> => {
  const path = join(folder, `${name.replaceAll(/[^\w.-]/g, '-')}.parquet`)
  const asText = Object.fromEntries(
    columns.filter(({ type }) => lostInParquet.test(type)).map(({ type }) => [type, 'VARCHAR']),
  )
  const written = await replaced(path, (part) =>
    copy(connection, projected(select, columns, asText), part, parquetSettings(compression ?? 'zstd')),
  )
  const scan = parquetSql([path])
  const stored = await connection.describe(`SELECT * FROM ${scan}`)
  const fields = columns.map((column, index) => {
    const quoted = identifier(column.name)
    return stored[index]?.type === column.type ? quoted : `CAST(${quoted} AS ${column.type}) AS ${quoted}`
  })
  return { ...written, path, sql: `SELECT ${fields.join(', ')} FROM ${scan}` }
}

/** Types that DuckDB would write as another one with less in it. */
const lostInParquet = /^(HUGEINT|UHUGEINT|BIGNUM|BIT|TIME_NS|TIME WITH TIME ZONE|INTERVAL)$/

const projected = (select: string, columns: readonly Column[], types: Readonly<Record<string, string>>): string => {
  if (!columns.some(({ type }) => type in types)) return select
  const fields = columns.map(({ name, type }) => {
    const quoted = identifier(name)
    return type in types ? `CAST(${quoted} AS ${types[type]}) AS ${quoted}` : quoted
  })
  return `SELECT ${fields.join(', ')} FROM (${select})`
}

/** Half of DuckDB's own size: a thread holds one group while it fills, and smaller ones take no more time. */
const rowGroup = 61_440

const parquetSettings = (compression: string): string =>
  `FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE ${rowGroup}`

export const copy = async (connection: Connection, select: string, path: string, settings: string): Promise<number> =>
  (await connection.run(`COPY (${select}) TO ${text(path)} (${settings})`)).rowsChanged

const replaced = async (path: string, write: (part: string) => Promise<number>): Promise<Written> => {
  const part = `${path}.part`
  await mkdir(dirname(path), { recursive: true })
  try {
    const rows = await write(part)
    await rename(part, path)
    return { rows, bytes: (await stat(path)).size }
  } finally {
    await rm(part, { force: true })
  }
}
