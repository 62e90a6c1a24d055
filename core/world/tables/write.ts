import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { CopyOptions } from '#core/kinds/task-context.ts'
import type { Column } from '#core/model/handle.ts'
import type { Connection } from './duckdb.ts'
import { parquetSql } from './read.ts'
import { identifier, text } from './sql.ts'

export type Written = { readonly rows: number; readonly bytes: number }

type CopyRequest = {
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
  if (options.format === 'parquet') {
    const exact = projected(select, columns, { HUGEINT: 'DECIMAL(38, 0)', UHUGEINT: 'DECIMAL(38, 0)' })
    return replaced(path, (part) => copy(connection, exact, part, parquetSettings(options.compression)))
  }
  const settings = `FORMAT csv, HEADER ${options.header}, DELIMITER ${text(options.delimiter)}`
  if (options.compression === 'none') return replaced(path, (part) => copy(connection, select, part, settings))
  // DuckDB's own gzip writer takes ten times as long as zlib.
  const plain = join(folders.scratch, 'plain.csv')
  try {
    return await replaced(path, async (part) => {
      const rows = await copy(connection, select, plain, settings)
      await pipeline(createReadStream(plain, { highWaterMark: 1 << 20 }), createGzip(), createWriteStream(part), {
        signal,
      })
      return rows
    })
  } finally {
    await rm(plain, { force: true })
  }
}

type ParquetRequest = {
  readonly select: string
  readonly columns: readonly Column[]
  readonly folder: string
  readonly name: string
}

/** A file for ourselves, with SQL that reads it back with the very same types. */
export const writeParquet = async (
  connection: Connection,
  { select, columns, folder, name }: ParquetRequest,
): Promise<Written & { path: string; sql: string }> => {
  const path = join(folder, `${name.replaceAll(/[^\w.-]/g, '-')}.parquet`)
  const asText = Object.fromEntries(
    columns.filter(({ type }) => lostInParquet.test(type)).map(({ type }) => [type, 'VARCHAR']),
  )
  const written = await replaced(path, (part) =>
    copy(connection, projected(select, columns, asText), part, parquetSettings('zstd')),
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
const lostInParquet = /^(HUGEINT|UHUGEINT|BIGNUM|BIT|TIME_NS)$/

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

const copy = async (connection: Connection, select: string, path: string, settings: string): Promise<number> =>
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
