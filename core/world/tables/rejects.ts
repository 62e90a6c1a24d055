import { closeSync, openSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { Column } from '#core/model/handle.ts'
import type { Connection } from './duckdb.ts'
import { linesOf } from './json-lines.ts'
import { parquetSql } from './scan-sql.ts'
import type { Scan } from './scan.ts'
import { recordsRead, type Reject } from './sift.ts'
import { text } from './sql.ts'

/** Rows that were left out, while they are found: lines of JSON in a file that goes when they are done. */
export type RejectFile = { add(file: string, reject: Reject): void; close(): void; readonly path: string }

export const rejectFile = (path: string): RejectFile => {
  const file = openSync(path, 'w')
  let waiting = ''
  const write = () => {
    writeSync(file, waiting)
    waiting = ''
  }
  return {
    path,
    add: (name, { line, problem, text: row }) => {
      waiting += `${JSON.stringify({ file: name, line, problem, text: row })}\n`
      if (waiting.length > 1 << 16) write()
    },
    close: () => {
      write()
      closeSync(file)
    },
  }
}

/** The names by which files are told apart, as short as they can be. */
export const shortNames = (paths: readonly string[]): ReadonlyMap<string, string> => {
  const names = paths.map((path) => basename(path))
  const isTwice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name)
  return new Map(
    paths.map((path) => [
      path,
      isTwice(basename(path)) ? join(basename(dirname(path)), basename(path)) : basename(path),
    ]),
  )
}

export type Rejects = {
  readonly sql: string
  readonly path: string
  readonly rows: number
  readonly first: string | null
}

export const rejectColumns: readonly Column[] = [
  { name: 'file', type: 'VARCHAR' },
  { name: 'line', type: 'BIGINT' },
  { name: 'problem', type: 'VARCHAR' },
  { name: 'text', type: 'VARCHAR' },
]

/** The rejects as a table, in a Parquet file. */
export const keepRejects = async (connection: Connection, found: RejectFile, path: string): Promise<Rejects> => {
  found.close()
  const columns = "{file: 'VARCHAR', line: 'BIGINT', problem: 'VARCHAR', text: 'VARCHAR'}"
  const all = `SELECT * FROM read_json([${text(found.path)}], format = 'newline_delimited', columns = ${columns})`
  const { rowsChanged } = await connection.run(`COPY (${all} ORDER BY file, line) TO ${text(path)} (FORMAT parquet)`)
  await rm(found.path, { force: true })
  const sql = `SELECT file, line, problem, text FROM ${parquetSql([path])}`
  const { rows } = await connection.ask(
    `SELECT concat(file, ', line ', line, ': ', problem) AS first FROM (${sql}) ORDER BY file, line LIMIT 1`,
  )
  return { sql, path, rows: rowsChanged, first: rows.length === 0 ? null : textIn(rows[0], 'first') }
}

type Misfit = Omit<Reject, 'text'> & { readonly text: string | null }

/** Adds rows whose values do not fit, which `path` holds in the order of their lines; their text is looked up in their file. */
export const addMisfits = async (
  path: string,
  { from, name, found, signal }: { from: Scan; name: string; found: RejectFile; signal: AbortSignal },
): Promise<void> => {
  const misfits = misfitsIn(path, signal)
  let { value: next } = await misfits.next()
  if (from.content === 'parquet') {
    for (; next; { value: next } = await misfits.next()) found.add(name, { ...next, text: next.text ?? '' })
    return
  }
  for await (const records of recordsRead(from, signal)) {
    if (!next) return
    for (const { line, text: row } of records) {
      if (line !== next?.line) continue
      found.add(name, { ...next, text: row })
      next = (await misfits.next()).value
    }
  }
}

async function* misfitsIn(path: string, signal: AbortSignal): AsyncGenerator<Misfit, undefined> {
  for await (const lines of linesOf(path, 'none', signal)) {
    for (const { text: line } of lines) {
      if (line === '') continue
      // Our own file: {"line": …, "problem": …, "text": …}.
      yield JSON.parse(Buffer.from(line, 'latin1').toString('utf8')) as Misfit
    }
  }
  return undefined
}
