import { basename } from 'node:path'
import type { ReadOptions, SourceFile } from '#core/kinds/read-options.ts'
import { Refused } from '#core/model/failure.ts'
import { lenientSql, withLeniency, type CsvReading } from './csv-reading.ts'
import type { Connection } from './duckdb.ts'
import { inferText } from './infer.ts'
import { chosenColumns, requireStrict } from './scan-columns.ts'
import { withPartitions } from './partitions.ts'
import { sieve } from './read-rejecting.ts'
import type { Rejects } from './rejects.ts'
import { grouped, selectGroup, type Types } from './scan-sql.ts'
import { identifier } from './sql.ts'
import { columnTypes } from './scan-types.ts'
import { csvSource, isCsv, isJson, scanOf, type Scan } from './scan.ts'
import { knownType } from './types.ts'

export type ReadRequest = {
  readonly connection: Connection
  readonly options: ReadOptions
  readonly csv: CsvReading
  /** A path for a file that is kept with the run's results. */
  copyName(what: string): Promise<string>
}

export type ReadPlan = {
  /** One SELECT over all files. */
  readonly sql: string
  /** Files that it reads. */
  readonly sources: readonly string[]
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
  readonly rejects: Rejects | null
}

/** Looks at every file's head, settles columns and types, and writes the SELECT that reads them all. */
export const planRead = async (files: readonly SourceFile[], request: ReadRequest): Promise<ReadPlan> => {
  if (files.length === 0) {
    throw new Refused({ code: 'invalid', message: 'There is no file to read. Wire one in or name a path.' })
  }
  const found = await Promise.all(files.map(({ path }) => scanOf(path, request)))
  const { scans, notes } = withPartitions(
    found,
    files.map(({ partition }) => partition ?? new Map()),
  )
  const planned = await planScansOrSift(scans, request)
  return { ...planned, notes: [...notes, ...planned.notes] }
}

/** Sifting reads the files in our own code, so it is done only where bad rows are to be rejected and there are some. */
const planScansOrSift = async (scans: readonly Scan[], request: ReadRequest): Promise<ReadPlan> => {
  const { options, csv } = request
  csv.sources.push(...scans.filter(isCsv).map(csvSource))
  for (const scan of scans) csv.whole.begin(scan)
  const plan = () => withLeniency(csv, () => planScans(scans, request))
  if (options.badRows === 'fail') return plan()
  requireColumns(scans, options)
  if (scans.some((scan) => isJson(scan) && scan.head.doubtful)) return planSifted(scans, request)
  try {
    const planned = await plan()
    await lookAtAll(planned.sql, request)
    return { ...planned, rejects: await (await sieve(request)).done() }
  } catch (error) {
    if (!(error instanceof Refused) || error.failure.code !== 'data') throw error
    const broken = await csv.whole.broken()
    if (broken) throw broken
    return planSifted(scans, request)
  }
}

/** Columns and their types, over all files. */
export type Settled = {
  readonly columns: readonly string[]
  readonly types: Types
  readonly declared: Types
  readonly blanks: ReadonlySet<string>
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

const planScans = async (scans: readonly Scan[], request: ReadRequest): Promise<ReadPlan> => {
  const { warnings, notes, ...settled } = await settle(scans, request)
  const parts = grouped(scans).map((group) => selectGroup(group, { ...settled, options: request.options }))
  const sql = lenientSql(parts.join('\nUNION ALL\n'), request.csv)
  return { sql, sources: scans.map(({ path }) => path), warnings, notes, rejects: null }
}

const planSifted = async (scans: readonly Scan[], request: ReadRequest): Promise<ReadPlan> => {
  const sieving = await sieve(request)
  const sifted = await sieving.sift(scans)
  const settled = await settle(
    sifted.map(({ scan }) => scan),
    request,
  )
  const sql = await sieving.select(sifted, settled)
  const sources = sifted.map(({ scan }) => scan.path)
  return { sql, sources, warnings: settled.warnings, notes: settled.notes, rejects: await sieving.done() }
}

const requireColumns = (scans: readonly Scan[], options: ReadOptions): readonly string[] => {
  if (options.strict) requireStrict(scans, options.types)
  return chosenColumns(scans, options.columns)
}

const settle = async (scans: readonly Scan[], { connection, options, csv }: ReadRequest): Promise<Settled> => {
  const columns = requireColumns(scans, options)
  const declared = await declaredTypes(connection, options.types, columns)
  const inferred = await inferText(connection, scans, { columns, declared, options, csv })
  const { types, warnings } = columnTypes(scans, { columns, declared, inferred })
  const all = Object.values(inferred)
  const empty = columns.filter((name) => all.some((found) => found.empty.includes(name)))
  return {
    columns,
    types,
    declared,
    blanks: new Set(inferred.csv.blanks),
    warnings: [
      ...scans.flatMap(renamedWarning),
      ...scans.flatMap(guessedWarning),
      ...all.flatMap((found) => found.warnings),
      ...warnings,
    ],
    notes: empty.length === 0 ? [] : [`No row has a value in ${empty.join(', ')}: read as text.`],
  }
}

/** Every value of every row: what is wrong anywhere shows. */
const lookAtAll = async (sql: string, { connection, csv }: ReadRequest): Promise<void> => {
  const columns = await connection.describe(sql)
  const looks = columns.map(({ name }) => `count(${identifier(name)})`)
  await withLeniency(csv, () => connection.ask(`SELECT ${looks.join(', ')} FROM (${lenientSql(sql, csv)})`))
}

const guessedWarning = (scan: Scan): readonly string[] =>
  scan.content === 'csv' && scan.head.guessed !== null ? [scan.head.guessed] : []

const renamedWarning = (scan: Scan): readonly string[] => {
  if (scan.content === 'parquet' || scan.head.renamed.length === 0) return []
  const where = scan.content === 'csv' ? 'a name stands twice in the header' : 'two keys differ only in case'
  return [`${basename(scan.path)}: ${where}; read as ${scan.head.renamed.join(', ')}.`]
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
