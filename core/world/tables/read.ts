import { basename } from 'node:path'
import type { ReadOptions } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import { castSql } from './cast.ts'
import { bufferBytes, formatOf, readCsvHead, type CsvHead } from './csv-head.ts'
import type { CsvSource } from './csv-mistakes.ts'
import { lenientSql, withLeniency, type CsvReading } from './csv-reading.ts'
import { guessType, inferTypes, type Guess } from './csv-types.ts'
import { fromLatin1 } from './csv-records.ts'
import type { Connection } from './duckdb.ts'
import { rememberedTypes } from './remembered-types.ts'
import { columnTypes, type Scan } from './scan-types.ts'
import { identifier, text } from './sql.ts'
import { knownType } from './types.ts'

export type ReadPlan = {
  /** One SELECT over all files. */
  readonly sql: string
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/** Looks at every file's head, settles columns and types, and writes the SELECT that reads them all. */
export const planRead = async (
  connection: Connection,
  files: readonly string[],
  options: ReadOptions,
  csv: CsvReading,
): Promise<ReadPlan> => {
  if (files.length === 0) {
    throw new Refused({ code: 'invalid', message: 'There is no file to read. Wire one in or name a path.' })
  }
  const scans = await Promise.all(files.map((path) => scanOf(connection, path, options)))
  csv.sources.push(...scans.flatMap(csvSource))
  return withLeniency(csv, () => planScans(connection, scans, options, csv))
}

const csvSource = ({ path, head }: Scan): readonly CsvSource[] =>
  head ? [{ path, dialect: head.dialect, names: head.names }] : []

const planScans = async (
  connection: Connection,
  scans: readonly Scan[],
  options: ReadOptions,
  csv: CsvReading,
): Promise<ReadPlan> => {
  const columns = chosenColumns(scans, options.columns)
  const declared = await declaredTypes(connection, options.types, columns)
  const inferred = await inferText(connection, scans, { columns, declared, options, csv })
  const { types, warnings } = columnTypes(scans, { columns, declared, inferred: inferred.types })
  const parts = grouped(scans).map((group) => selectGroup(group, { columns, types, declared, options }))
  return {
    sql: lenientSql(parts.join('\nUNION ALL\n'), csv),
    warnings: [...scans.flatMap(renamedWarning), ...warnings],
    notes: inferred.empty.length === 0 ? [] : [`No row has a value in ${inferred.empty.join(', ')}: read as text.`],
  }
}

const scanOf = async (connection: Connection, path: string, options: ReadOptions): Promise<Scan> => {
  const format = await formatOf(path, options.format)
  if (format === 'parquet') {
    return { path, head: null, columns: await connection.describe(`SELECT * FROM ${parquetSql([path])}`) }
  }
  const head = await readCsvHead(path, format === 'csv.gz', options.csv)
  return { path, head, columns: head.names.map((name) => ({ name, type: 'VARCHAR' })) }
}

const renamedWarning = ({ path, head }: Scan): readonly string[] =>
  head && head.renamed.length > 0
    ? [`${basename(path)}: a name stands twice in the header; read as ${head.renamed.join(', ')}.`]
    : []

/** The columns of the first file, or those asked for; every file must have them all. */
const chosenColumns = (scans: readonly Scan[], wanted: readonly string[] | null): readonly string[] => {
  const [first, ...others] = scans
  if (!first) return []
  const named = (scan: Scan, name: string) =>
    scan.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  const columns = (wanted ?? first.columns.map(({ name }) => name)).map((name) => named(first, name)?.name ?? name)
  const lacks = scans.flatMap((scan) =>
    columns.filter((name) => !named(scan, name)).map((name) => `${basename(scan.path)} has no ${name}`),
  )
  const more = wanted
    ? []
    : others.flatMap((scan) =>
        scan.columns
          .filter(({ name }) => !named(first, name))
          .map(({ name }) => `${basename(first.path)} has no ${name}`),
      )
  if (lacks.length + more.length > 0) {
    const what = scans.length > 1 ? 'The files do not have the same columns' : 'A column is missing'
    const list = [...new Set([...lacks, ...more])].join('; ')
    throw new Refused({ code: 'data', message: `${what}: ${list}. Choose columns that every file has.` })
  }
  return columns
}

const declaredTypes = async (
  connection: Connection,
  types: Readonly<Record<string, string>>,
  columns: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const declared = new Map<string, string>()
  for (const [name, type] of Object.entries(types)) {
    const column = columns.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    if (column === undefined) {
      const known = columns.join(', ')
      throw new Refused({
        code: 'invalid',
        message: `A type is given for “${name}”, which is no column that is read. There are: ${known}.`,
      })
    }
    declared.set(column, await knownType(connection, column, type))
  }
  return declared
}

type InferRequest = {
  columns: readonly string[]
  declared: ReadonlyMap<string, string>
  options: ReadOptions
  csv: CsvReading
}

const inferText = async (
  connection: Connection,
  scans: readonly Scan[],
  { columns, declared, options, csv }: InferRequest,
) => {
  const asText = scans.filter(({ head }) => head !== null)
  const open = columns.filter((name) => !declared.has(name))
  if (asText.length === 0 || open.length === 0) return { types: new Map<string, string>(), empty: [] }
  const guesses = new Map(open.map((name) => [name, guessColumn(asText, name, options.csv.nulls)]))
  const names = open.map(identifier).join(', ')
  const from = grouped(asText)
    .map((group) => `SELECT ${names} FROM ${csvSql(group, options, new Map())}`)
    .join(' UNION ALL ')
  const sql = lenientSql(from, csv)
  const reading = { open, csv: options.csv, heads: asText.map(({ head }) => [head?.dialect, head?.names]) }
  return rememberedTypes(csv.typeFolder, { files: asText.map(({ path }) => path), reading }, () =>
    inferTypes(guesses, sql, async (select) => (await connection.ask(select)).rows[0] ?? {}),
  )
}

const guessColumn = (scans: readonly Scan[], name: string, nulls: readonly string[]): Guess | null => {
  const values = scans.flatMap(({ head }) => {
    const index = indexOf(head, name)
    return (head?.sample ?? []).map((row) => row[index] ?? '').filter((value) => !nulls.includes(value))
  })
  return guessType(values.map(fromLatin1))
}

const indexOf = (head: CsvHead | null, name: string): number =>
  head?.names.findIndex((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? -1

/** Files that one scan can read together. */
const grouped = (scans: readonly Scan[]): readonly (readonly Scan[])[] => [
  ...Map.groupBy(scans, ({ head, columns }) => JSON.stringify([head?.dialect, columns])).values(),
]

type SelectRequest = {
  columns: readonly string[]
  types: ReadonlyMap<string, string>
  declared: ReadonlyMap<string, string>
  options: ReadOptions
}

const selectGroup = (group: readonly Scan[], { columns, types, declared, options }: SelectRequest): string => {
  const isText = group[0]?.head !== null
  // A type that was checked against every row is read as such at once; a declared one could round, so its text is checked.
  const direct = new Map(
    [...types].filter(([name, type]) => isText && (!declared.has(name) || readsExactly.test(type))),
  )
  const fields = columns.map((name) => {
    const own = group[0]?.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    const from = direct.get(name) ?? own?.type ?? 'VARCHAR'
    const value = identifier(own?.name ?? name)
    const cast = castSql({ value, column: name, from, to: types.get(name) ?? from, onBadValue: 'fail' })
    return cast === identifier(name) ? cast : `${cast} AS ${identifier(name)}`
  })
  const scan = isText ? csvSql(group, options, direct) : parquetSql(group.map(({ path }) => path))
  return `SELECT ${fields.join(', ')} FROM ${scan}`
}

/** Types into which DuckDB reads text without rounding or cutting. */
const readsExactly = /^(VARCHAR|DOUBLE|FLOAT|BOOLEAN|TIMESTAMP.*|TIME|UUID)$/

const csvSql = (group: readonly Scan[], { csv }: ReadOptions, types: ReadonlyMap<string, string>): string => {
  const head = group[0]?.head
  if (!head) throw new Error('A group of CSV files has a head.')
  const byName = new Map([...types].map(([name, type]) => [name.toLowerCase(), type]))
  const columns = head.names.map((name) => `${text(name)}: ${text(byName.get(name.toLowerCase()) ?? 'VARCHAR')}`)
  const settings = [
    `[${group.map(({ path }) => text(path)).join(', ')}]`,
    'auto_detect = false',
    'hive_partitioning = false',
    `header = ${csv.header}`,
    `delim = ${text(head.dialect.delimiter)}`,
    `quote = ${text(csv.quote)}`,
    `escape = ${text(csv.quote)}`,
    ...(csv.nulls.length > 0 ? [`nullstr = [${csv.nulls.map(text).join(', ')}]`] : []),
    `compression = ${head.dialect.gzip ? "'gzip'" : "'none'"}`,
    `columns = {${columns.join(', ')}}`,
    // DuckDB's own 32 MB for each thread buy no time.
    `buffer_size = ${bufferBytes}`,
  ]
  return `read_csv(${settings.join(', ')})`
}

export const parquetSql = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(text).join(', ')}], hive_partitioning = false)`
