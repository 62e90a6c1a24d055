import { z } from 'zod'
import type { ReadOptions } from '#core/kinds/read-options.ts'
import { lenientSql, type CsvReading } from './csv-reading.ts'
import { fromLatin1 } from './csv-records.ts'
import { guessType, inferTypes, type Guess } from './csv-types.ts'
import type { Connection } from './duckdb.ts'
import { inferJson } from './json-types.ts'
import { groupSql, grouped, quotedNull, type Types } from './scan-sql.ts'
import { inferPartitions, partitionValue } from './partitions.ts'
import { isCsv, isJson, type CsvScan, type Scan } from './scan.ts'
import { identifier } from './sql.ts'

export type Inferred = {
  readonly types: Types
  /** Columns in which no row has a value. */
  readonly empty: readonly string[]
  /** Columns of other types than text in which null text stands in quotes: what is null there cannot be told as DuckDB reads. */
  readonly blanks?: readonly string[]
  readonly warnings: readonly string[]
}

/** By where the values are: in files of either kind, or in the names of folders. */
export type InferredText = Readonly<Record<'csv' | 'json' | 'folders', Inferred>>

const Stored = z.object({
  types: z.array(z.tuple([z.string(), z.string()])),
  empty: z.array(z.string()),
  blanks: z.array(z.string()),
  warnings: z.array(z.string()),
})

type InferRequest = {
  readonly columns: readonly string[]
  readonly declared: Types
  readonly options: ReadOptions
  readonly csv: CsvReading
}

/** Types of the columns of CSV and JSON files that are not declared, by every row of all files of their kind. */
export const inferText = async (
  connection: Connection,
  scans: readonly Scan[],
  { columns, declared, options, csv }: InferRequest,
): Promise<InferredText> => {
  const unknown = columns.filter((name) => !declared.has(name))
  const isFolder = (name: string) => scans.some((scan) => partitionValue(scan, name) !== undefined)
  const open = unknown.filter((name) => !isFolder(name))
  const asCsv = scans.filter(isCsv)
  const asJson = scans.filter(isJson)
  const recall = async (files: readonly Scan[], reading: unknown, infer: () => Promise<Inferred>) => {
    if (files.length === 0 || open.length === 0) return nothing
    const facts = { files: files.map(({ path }) => path), reading: [open, reading] }
    const { types, ...rest } = await csv.memory.recall(facts, Stored, async () => {
      const { types: found, empty, blanks = [], warnings } = await infer()
      return { types: [...found], empty: [...empty], blanks: [...blanks], warnings: [...warnings] }
    })
    return { types: new Map(types), ...rest }
  }
  const readingCsv = [options.csv, asCsv.map(({ head }) => [head.dialect, head.header, head.names])]
  const readingJson = asJson.map(({ head }) => [head.layout, head.compression, [...head.keys]])
  return {
    csv: await recall(asCsv, readingCsv, () => inferCsv(connection, asCsv, { open, options, csv })),
    json: await recall(asJson, readingJson, () => inferJson(connection, asJson, open, options)),
    folders: await inferPartitions(connection, scans, unknown.filter(isFolder)),
  }
}

const nothing: Inferred = { types: new Map(), empty: [], warnings: [] }

type CsvRequest = { readonly open: readonly string[]; readonly options: ReadOptions; readonly csv: CsvReading }

const inferCsv = async (
  connection: Connection,
  scans: readonly CsvScan[],
  { open, options, csv }: CsvRequest,
): Promise<Inferred> => {
  const guesses = new Map(open.map((name) => [name, guessColumn(scans, name, options.csv.nulls)]))
  const from = (columns: readonly string[]) =>
    lenientSql(
      grouped(scans)
        .map((group) => `SELECT ${columns.map(identifier).join(', ')} FROM ${groupSql(group, options, new Map())}`)
        .join(' UNION ALL '),
      csv,
    )
  const ask = async (select: string) => (await connection.ask(select)).rows[0] ?? {}
  const inferred = await inferTypes(guesses, from, { ask })
  const { nulls, quotedNulls } = options.csv
  const perhaps = new Map(
    [...guesses].filter(
      ([name, guess]) =>
        guess !== 'VARCHAR' && inferred.types.get(name) === 'VARCHAR' && !inferred.empty.includes(name),
    ),
  )
  if (perhaps.size === 0 || nulls.length === 0 || quotedNulls) return inferred
  const withoutBlanks = (columns: readonly string[]) => {
    const fields = columns.map((name) => `${quotedNull(identifier(name), nulls)} AS ${identifier(name)}`)
    return `SELECT ${fields.join(', ')} FROM (${from(columns)})`
  }
  const freed = await inferTypes(perhaps, withoutBlanks, { ask })
  const blanks = [...perhaps.keys()].filter((name) => freed.types.get(name) !== 'VARCHAR')
  return {
    types: new Map([...inferred.types, ...freed.types]),
    empty: inferred.empty,
    blanks,
    warnings: [...inferred.warnings, ...freed.warnings],
  }
}

const guessColumn = (scans: readonly CsvScan[], name: string, nulls: readonly string[]): Guess | null => {
  const values = scans.flatMap(({ head }) => {
    const index = head.names.findIndex((candidate) => candidate.toLowerCase() === name.toLowerCase())
    return head.sample.map((row) => row[index] ?? '').filter((value) => !nulls.includes(value))
  })
  return guessType(values.map(fromLatin1))
}
