import { rm } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import { castSql } from './cast.ts'
import { readJsonHead } from './json-head.ts'
import type { ReadRequest, Settled } from './read.ts'
import { addMisfits, keepRejects, rejectFile, shortNames, type RejectFile, type Rejects } from './rejects.ts'
import { columnValues, directTypes, parquetSql, rowsSql, type ColumnValue } from './scan-sql.ts'
import type { Scan } from './scan.ts'
import { lineColumn, lineMark, lineSql, siftCsv, siftJson } from './sift.ts'
import { identifier, text } from './sql.ts'

/** A file without the rows that could not be read. */
type Sifted = { readonly scan: Scan; readonly from: Scan; readonly name: string }

export type Sieve = {
  /** The same files without the rows that cannot be read. */
  sift(scans: readonly Scan[]): Promise<readonly Sifted[]>
  /** SQL of the rows whose values fit the declared types; the others are rejects too. */
  select(sifted: readonly Sifted[], settled: Settled): Promise<string>
  done(): Promise<Rejects>
}

/** Takes bad rows out of files. It reads them in our own code, so it is used only where DuckDB found something wrong. */
export const sieve = async (request: ReadRequest): Promise<Sieve> => {
  const { connection, csv, copyName } = request
  const found = rejectFile(await copyName('rejects.ndjson'))
  const sift = async (scans: readonly Scan[]): Promise<readonly Sifted[]> => {
    const names = shortNames(scans.map(({ path }) => path))
    const sifted: Sifted[] = []
    for (const from of scans) {
      const own = names.get(from.path) ?? from.path
      sifted.push({
        from,
        name: own,
        scan: await siftOne(request, from, { copy: await copyName('rows'), name: own, found }),
      })
    }
    return sifted
  }
  const select = async (sifted: readonly Sifted[], settled: Settled): Promise<string> => {
    const parts: string[] = []
    for (const one of sifted) {
      const { good, bad } = split(one, settled, request)
      if (bad !== null) {
        const misfits = await copyName('misfits.ndjson')
        await connection.run(`COPY (${bad}) TO ${text(misfits)} (FORMAT json)`)
        await addMisfits(misfits, { from: one.from, name: one.name, found, signal: csv.signal })
        await rm(misfits, { force: true })
      }
      parts.push(good)
    }
    return parts.join('\nUNION ALL\n')
  }
  return { sift, select, done: async () => keepRejects(connection, found, await copyName('rejects.parquet')) }
}

type Target = { readonly copy: string; readonly name: string; readonly found: RejectFile }

const siftOne = async (
  { connection, csv, options }: ReadRequest,
  from: Scan,
  { copy, name, found }: Target,
): Promise<Scan> => {
  const sifting = { copy, mark: lineMark(options.csv.nulls), signal: csv.signal, reject: found.add.bind(null, name) }
  if (from.content === 'parquet') return from
  if (from.content === 'csv') {
    await siftCsv(from, sifting)
    const { head } = from
    const dialect = { ...head.dialect, compression: 'none' as const }
    const sample = head.sample.map((row) => ['', ...row])
    return { ...from, path: copy, head: { ...head, dialect, names: [lineColumn, ...head.names], sample } }
  }
  if (from.head.layout !== 'lines') throw noLines(name)
  await siftJson({ path: from.path, compression: from.head.compression }, sifting)
  const read = await readJsonHead(copy, { compression: 'none', layout: 'lines' }, { connection, csv, isLenient: false })
  const keys = [...read.keys.keys()].filter((key) => key !== lineColumn)
  const columns = [...keys, ...(from.partition?.keys() ?? [])].map((key) => ({ name: key, type: 'VARCHAR' }))
  return { ...from, path: copy, head: { ...read, longNumbers: from.head.longNumbers }, columns }
}

const noLines = (name: string): Refused =>
  new Refused({
    code: 'data',
    message: `${name}: rows of JSON can be rejected only where each stands in a line of its own, and here they do not. Correct the file, or set bad_rows to fail to see what is wrong.`,
  })

const split = (
  { scan }: Sifted,
  settled: Settled,
  { options }: ReadRequest,
): { readonly good: string; readonly bad: string | null } => {
  const select = { ...settled, options }
  // Declared types are read as text, so that a value that does not fit is seen and not stumbled over.
  const direct = new Map([...directTypes([scan], select)].filter(([column]) => !settled.declared.has(column)))
  const values = columnValues([scan], select, direct)
  const from = scan.content === 'parquet' ? rowNumbered(scan.path) : rowsSql([scan], select, direct)
  const fields = values.map((column) => `${fittingSql(column)} AS ${identifier(column.name)}`)
  const rows = `SELECT ${fields.join(', ')} FROM ${from}`
  const checked = values.filter((column) => settled.declared.has(column.name) && column.from !== column.to)
  if (checked.length === 0) return { good: rows, bad: null }
  const misfits = checked.map((column) => `(${column.value} IS NOT NULL AND ${fittingSql(column)} IS NULL)`)
  const problems = checked.map((column, index) => `WHEN ${misfits[index]} THEN ${problemSql(column)}`)
  const line = scan.content === 'parquet' ? 'file_row_number + 1' : lineSql(lineMark(options.csv.nulls))
  const row = scan.content === 'parquet' ? `CAST(to_json(${rowSql(values)}) AS VARCHAR)` : 'NULL'
  const any = misfits.join(' OR ')
  return {
    good: `${rows} WHERE NOT (${any})`,
    bad: `SELECT ${line} AS line, CASE ${problems.join(' ')} END AS problem, ${row} AS "text" FROM ${from} WHERE ${any} ORDER BY line`,
  }
}

const rowNumbered = (path: string): string => parquetSql([path]).replace(/\)$/, ', file_row_number = true)')

const fittingSql = ({ name, value, from, to }: ColumnValue): string =>
  castSql({ value, column: name, from, to, onBadValue: 'null' })

const problemSql = ({ name, value, to }: ColumnValue): string =>
  `concat(${text(`column “${name}” holds “`)}, left(CAST(${value} AS VARCHAR), 80), ${text(`”, which is no ${to}`)})`

const rowSql = (values: readonly ColumnValue[]): string =>
  `{${values.map(({ name, value }) => `${text(name)}: ${value}`).join(', ')}}`
