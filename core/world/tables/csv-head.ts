import { open, stat } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import { contentOf, fromLatin1, recordReader, splitRecord, type CsvDialect } from './csv-records.ts'
import { describeMistake } from './refusals.ts'

export type CsvHead = {
  readonly dialect: CsvDialect
  /** Unique, ignoring case. */
  readonly names: readonly string[]
  /** Names that stood twice in the header and were numbered. */
  readonly renamed: readonly string[]
  /** The first rows after the header, as text. */
  readonly sample: readonly (readonly string[])[]
}

export type FileFormat = 'csv' | 'csv.gz' | 'parquet'

/** By content; names lie. */
export const formatOf = async (path: string, wanted: 'auto' | 'csv' | 'parquet'): Promise<FileFormat> => {
  const start = await firstBytes(path)
  const found =
    start.subarray(0, 4).toString('latin1') === 'PAR1'
      ? 'parquet'
      : start[0] === 0x1f && start[1] === 0x8b
        ? 'csv.gz'
        : 'csv'
  if (wanted === 'parquet' && found !== 'parquet') {
    throw new Refused({ code: 'data', message: `“${path}” is no Parquet file. Set the format to auto or csv.` })
  }
  if (wanted === 'csv' && found === 'parquet') {
    throw new Refused({ code: 'data', message: `“${path}” is a Parquet file. Set the format to auto or parquet.` })
  }
  if (found === 'csv') refuseOther(path, start)
  return found
}

const firstBytes = async (path: string): Promise<Buffer> => {
  const found = await stat(path).catch(() => null)
  if (!found)
    throw new Refused({ code: 'not-found', message: `There is no file “${path}”. Was it made, and is its name right?` })
  if (!found.isFile())
    throw new Refused({ code: 'invalid', message: `“${path}” is no file but a folder or a device. Name a file.` })
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const refuseOther = (path: string, start: Buffer): void => {
  const refuse = (what: string) => {
    throw new Refused({
      code: 'data',
      message: `“${path}” ${what}. Give a CSV file (plain or gzip) or a Parquet file.`,
    })
  }
  const text = start.toString('latin1')
  if (text.startsWith('PK\u0003\u0004')) refuse('is a ZIP archive')
  if (text.startsWith('\xff\xfe') || text.startsWith('\xfe\xff')) refuse('is UTF-16 text, not UTF-8')
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) refuse('is a web page or XML, perhaps the error page of a download')
  if (start.includes(0)) refuse('is neither text nor Parquet')
}

/** Enough for a header and some hundreds of rows. */
const headBytes = 64 * 1024

/** What DuckDB looks at together. A last line without an end that is longer, it leaves out and says nothing. */
export const bufferBytes = 8_000_000

export type CsvSettings = { readonly header: boolean; readonly delimiter: string | null; readonly quote: string }

export const readCsvHead = async (path: string, gzip: boolean, settings: CsvSettings): Promise<CsvHead> => {
  const reader = recordReader(settings.quote, settings.delimiter ?? delimiters.join(''))
  const records = []
  let bytes = 0
  let ended = true
  for await (const chunk of contentOf(path, gzip)) {
    records.push(...reader.take(chunk.toString('latin1')))
    bytes += chunk.length
    if (records.length < 2 && bytes > bufferBytes) throw longLine(path)
    if (bytes >= headBytes && records.length > 1) {
      ended = false
      break
    }
  }
  if (!gzip) await refuseLongLastLine(path)
  if (ended) records.push(...reader.end())
  const filled = records.filter((record) => record.text !== '')
  const [first, ...others] = filled
  if (!first)
    throw new Refused({ code: 'data', message: `“${path}” is empty: it has no ${settings.header ? 'header' : 'row'}.` })
  const delimiter = settings.delimiter ?? delimiterOf(first.text, settings.quote)
  const dialect = { delimiter, quote: settings.quote, gzip }
  const fields = splitRecord(first.text, dialect).map(fromLatin1)
  const rows = settings.header ? others : filled
  const { names, renamed } = uniqueNames(settings.header ? fields : fields.map(() => ''))
  return { dialect, names, renamed, sample: rows.slice(0, 500).map((row) => splitRecord(row.text, dialect)) }
}

const longLine = (path: string): Refused =>
  new Refused({ code: 'data', message: describeMistake({ kind: 'long-line', file: path }, null) })

const refuseLongLastLine = async (path: string): Promise<void> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    for (let end = size; end > size - bufferBytes; end -= headBytes) {
      const start = Math.max(0, end - headBytes)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
      if (start === 0 || /[\r\n]/.test(buffer.toString('latin1', 0, bytesRead))) return
    }
    throw longLine(path)
  } finally {
    await file.close()
  }
}

const delimiters = [',', ';', '\t', '|']

/** The one that stands most often outside quotes; a comma when none does. */
const delimiterOf = (header: string, quote: string): string => {
  const fields = (delimiter: string) => splitRecord(header, { delimiter, quote, gzip: false }).length
  return delimiters.reduce((best, delimiter) => (fields(delimiter) > fields(best) ? delimiter : best))
}

/** DuckDB's names ignore case. An empty name becomes column_3, a second `a` becomes a_2. */
const uniqueNames = (fields: readonly string[]): { names: readonly string[]; renamed: readonly string[] } => {
  const taken = new Set<string>()
  const renamed: string[] = []
  const names = fields.map((field, index) => {
    const wanted = field.trim() === '' ? `column_${index + 1}` : field
    let name = wanted
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}_${number}`
    taken.add(name.toLowerCase())
    if (name !== wanted) renamed.push(name)
    return name
  })
  return { names, renamed }
}
