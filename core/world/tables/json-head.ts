import { basename } from 'node:path'
import { z } from 'zod'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import { Refused } from '#core/model/failure.ts'
import type { Compression } from './content.ts'
import type { CsvReading } from './csv-reading.ts'
import type { Connection } from './duckdb.ts'
import type { JsonLayout } from './file-format.ts'
import { badLine } from './json-lines.ts'
import { longNumberPattern } from './json-numbers.ts'
import { text } from './sql.ts'
import { uniqueNames } from '#core/kinds/unique-names.ts'

export type JsonHead = {
  readonly compression: Compression
  readonly layout: JsonLayout
  /** The name of a column → the key in the objects: names are unique, ignoring case, and never empty. */
  readonly keys: ReadonlyMap<string, string>
  /** Names that differ from their keys. */
  readonly renamed: readonly string[]
  /** A row is no object, or broken: only where that is allowed for now. */
  readonly doubtful: boolean
  /** Numbers that a double does not keep: `no`, `yes`, or marked in a copy. */
  readonly longNumbers: 'no' | 'yes' | 'marked'
}

type Form = { readonly compression: Compression; readonly layout: JsonLayout }

const Found = z.object({ keys: z.array(z.string()), doubtful: z.boolean(), isLong: z.boolean() })

type HeadRequest = {
  readonly connection: Connection
  readonly csv: Pick<CsvReading, 'memory' | 'signal'>
  /** Bad rows are passed over here: they are taken out later. */
  readonly isLenient: boolean
}

/** The keys of all objects of a file, since a later one may have more. */
export const readJsonHead = async (
  path: string,
  { compression, layout }: Form,
  { connection, csv, isLenient }: HeadRequest,
): Promise<JsonHead> => {
  const form = { compression, layout }
  const lenient = isLenient && layout === 'lines'
  const reading = ['keys', form, lenient]
  const { keys, doubtful, isLong } = await csv.memory.recall({ files: [path], reading }, Found, async () => {
    const objects = lenient
      ? `read_json_objects(${jsonSettings([path], form)}, ignore_errors = true)`
      : jsonObjectsSql([path], form)
    const found = await findKeys(connection, objects).catch(async (error: unknown) => {
      throw (error instanceof Refused && layout === 'lines' && (await badLine(path, compression, csv.signal))) || error
    })
    if (!found.doubtful || lenient) return found
    throw (layout === 'lines' && (await badLine(path, compression, csv.signal))) || noObject(path)
  })
  if (keys.length === 0) {
    throw new Refused({ code: 'data', message: `“${path}” is empty: it has no object with a key.` })
  }
  const { names, renamed } = uniqueNames(keys)
  return {
    ...form,
    keys: new Map(names.map((name, index) => [name, keys[index] ?? name])),
    renamed,
    doubtful,
    longNumbers: isLong ? 'yes' : 'no',
  }
}

const findKeys = async (connection: Connection, objects: string): Promise<z.output<typeof Found>> => {
  const { rows } = await connection.ask(
    `SELECT key, avg(place) AS place FROM (
       SELECT unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place FROM ${objects}
       WHERE json_type(json) = 'OBJECT'
     ) GROUP BY key ORDER BY place, key`,
  )
  const { rows: others } = await connection.ask(
    `SELECT bool_or(json IS NULL OR json_type(json) <> 'OBJECT') AS doubtful,
            bool_or(regexp_matches(CAST(json AS VARCHAR), ${text(longNumberPattern)})) AS long FROM ${objects}`,
  )
  return {
    keys: rows.map((row) => textIn(row, 'key')),
    doubtful: others[0]?.['doubtful'] === true,
    isLong: others[0]?.['long'] === true,
  }
}

/** DuckDB's settings for reading these files, one JSON object a row. */
export const jsonSettings = (paths: readonly string[], { compression, layout }: Form): string => {
  const formats = { array: 'array', lines: 'newline_delimited', documents: 'unstructured' } as const
  return [
    `[${paths.map(text).join(', ')}]`,
    `format = '${formats[layout]}'`,
    `compression = '${compression === 'none' ? 'uncompressed' : compression}'`,
    'hive_partitioning = false',
    `maximum_object_size = ${longestObject}`,
  ].join(', ')
}

/** Bytes. DuckDB holds twice as much for each thread. */
const longestObject = 8 * 1024 * 1024

/** Each object as it was written, in the column `json`. */
export const jsonObjectsSql = (paths: readonly string[], form: Form): string =>
  `read_json_objects(${jsonSettings(paths, form)})`

const noObject = (path: string): Refused =>
  new Refused({
    code: 'data',
    message: `${basename(path)}: a row is no JSON object. Every row must be one, such as {"id": 1}.`,
  })
