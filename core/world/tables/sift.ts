import { isUtf8 } from 'node:buffer'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { counted } from '#core/model/counted.ts'
import { isMisquoted, isRagged } from './csv-mistakes.ts'
import { fromLatin1, recordReader, recordsOf, splitRecord, type CsvRecord } from './csv-records.ts'
import { jsonProblem, linesOf } from './json-lines.ts'
import { unmarked } from './json-numbers.ts'
import type { Compression } from './content.ts'
import type { CsvScan, JsonScan } from './scan.ts'

/** A row that was left out. `text` is as it stands in the file. */
export type Reject = { readonly line: number; readonly problem: string; readonly text: string }

/** The column of the line number in a copy. */
export const lineColumn = '__millrace_line'

/** What stands before the line number, so that it is none of the texts that stand for null. */
export const lineMark = (nulls: readonly string[]): string => {
  let mark = 'L'
  while (nulls.some((one) => one.startsWith(mark))) mark += 'L'
  return mark
}

export const lineSql = (mark: string): string => `CAST(substr("${lineColumn}", ${mark.length + 1}) AS BIGINT)`

type Sifting = {
  /** Where the good rows go, each with its line. */
  readonly copy: string
  readonly mark: string
  readonly signal: AbortSignal
  reject(reject: Reject): void
}

/** Copies the rows of a CSV file that can be read; each record ends in one line feed. */
export const siftCsv = async ({ path, head }: CsvScan, { copy, mark, signal, reject }: Sifting): Promise<void> => {
  const { dialect } = head
  const fields = head.names.length
  let isHeader = head.header
  const sift = (record: CsvRecord): string => {
    if (record.text === '' && (fields > 1 || isHeader)) return ''
    const problem = isHeader ? null : problemOf(record, head)
    if (problem !== null) {
      reject({ line: record.line, problem, text: clipped(fromLatin1(record.text)) })
      return ''
    }
    const first = isHeader ? lineColumn : `${mark}${record.line}`
    isHeader = false
    return `${first}${dialect.delimiter}${record.text}\n`
  }
  async function* rows() {
    for await (const records of recovering({ path, head }, signal)) {
      const text = records.map(sift).join('')
      if (text !== '') yield Buffer.from(text, 'latin1')
    }
  }
  await pipeline(Readable.from(rows()), createWriteStream(copy), { signal })
}

type Head = CsvScan['head']

const longest = 2_000_000

const problemOf = ({ text, closed }: CsvRecord, { dialect, names }: Head): string | null => {
  if (text.length > longest) return 'the line is longer than 2 MB'
  if (!isUtf8(Buffer.from(text, 'latin1'))) return 'the text is not UTF-8'
  if (!closed || isMisquoted(text, dialect)) return 'a quoted value is not closed, or goes on after its quote'
  const fields = splitRecord(text, dialect)
  return isRagged(fields, names.length)
    ? `the line has ${counted(fields.length, 'field')} instead of ${names.length}`
    : null
}

/** So many quotes that take other lines along are looked behind, for each record. */
const mostRecoveries = 200

/** A quote that is not closed takes lines after it along: only its own line is bad, the others are read again. */
const recovered = (record: CsvRecord, { dialect }: Head): readonly CsvRecord[] => {
  let left = mostRecoveries
  const recover = (one: CsvRecord): readonly CsvRecord[] => {
    const end = lineEnd.exec(one.text)
    if (!end || left === 0 || (one.closed && !isMisquoted(one.text, dialect))) return [one]
    left -= 1
    const first = { ...one, text: one.text.slice(0, end.index), closed: false }
    const reader = recordReader(dialect.quote, dialect.delimiter)
    const again = [...reader.take(one.text.slice(end.index + end[0].length)), ...reader.end()]
    return [first, ...again.flatMap((next) => recover({ ...next, line: next.line + one.line }))]
  }
  return recover(record)
}

const lineEnd = /\r\n|\r|\n/

async function* recovering({ path, head }: Pick<CsvScan, 'path' | 'head'>, signal: AbortSignal) {
  for await (const records of recordsOf(path, head.dialect, signal)) {
    yield records.flatMap((record) => recovered(record, head))
  }
}

/** The rows of a CSV file or lines of a JSON file, as text. */
export async function* recordsRead(scan: CsvScan | JsonScan, signal: AbortSignal) {
  const batches = scan.content === 'csv' ? recovering(scan, signal) : linesOf(scan.path, scan.head.compression, signal)
  for await (const batch of batches)
    yield batch.map(({ line, text }) => ({ line, text: clipped(unmarked(fromLatin1(text))) }))
}

type JsonFile = { readonly path: string; readonly compression: Compression }

/** Copies the lines of a file that are JSON objects. */
export const siftJson = async (
  { path, compression }: JsonFile,
  { copy, mark, signal, reject }: Sifting,
): Promise<void> => {
  const sift = ({ line, text }: CsvRecord): string => {
    const written = fromLatin1(text).trim()
    if (written === '') return ''
    const problem = jsonProblem(text)
    if (problem === null)
      return `{"${lineColumn}":"${mark}${line}"${/^\{\s*\}$/.test(written) ? '' : ','}${written.slice(1)}\n`
    reject({ line, problem, text: clipped(unmarked(written)) })
    return ''
  }
  async function* rows() {
    for await (const lines of linesOf(path, compression, signal)) {
      const text = lines.map(sift).join('')
      if (text !== '') yield text
    }
  }
  await pipeline(Readable.from(rows()), createWriteStream(copy), { signal })
}

const clipped = (text: string): string => (text.length > 100_000 ? `${text.slice(0, 100_000)}…` : text)
