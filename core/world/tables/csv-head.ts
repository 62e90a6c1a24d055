import { open } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import { wholeContentOf, type Compression } from './content.ts'
import { fromLatin1, recordReader, splitRecord, type CsvDialect } from './csv-records.ts'
import { describeMistake } from './refusals.ts'
import { uniqueNames } from '#core/kinds/unique-names.ts'

export type CsvHead = {
  readonly dialect: CsvDialect
  /** Whether the first line holds the names. */
  readonly header: boolean
  /** Unique, ignoring case. */
  readonly names: readonly string[]
  /** Names that stood twice in the header and were numbered. */
  readonly renamed: readonly string[]
  /** The first rows after the header, as text. */
  readonly sample: readonly (readonly string[])[]
}

/** Enough for a header and some hundreds of rows. */
const headBytes = 64 * 1024

/** What DuckDB looks at together. A last line without an end that is longer, it leaves out and says nothing. */
export const bufferBytes = 8_000_000

export type CsvSettings = { readonly header: boolean; readonly delimiter: string | null; readonly quote: string }

export const readCsvHead = async (path: string, compression: Compression, settings: CsvSettings): Promise<CsvHead> => {
  const reader = recordReader(settings.quote, settings.delimiter ?? delimiters.join(''))
  const records = []
  let bytes = 0
  let ended = true
  for await (const chunk of wholeContentOf(path, compression)) {
    records.push(...reader.take(chunk.toString('latin1')))
    bytes += chunk.length
    if (records.length < 2 && bytes > bufferBytes) throw longLine(path)
    if (bytes >= headBytes && records.length > 1) {
      ended = false
      break
    }
  }
  if (compression === 'none') await refuseLongLastLine(path)
  if (ended) records.push(...reader.end())
  const filled = records.filter((record) => record.text !== '')
  const [first, ...others] = filled
  if (!first)
    throw new Refused({ code: 'data', message: `“${path}” is empty: it has no ${settings.header ? 'header' : 'row'}.` })
  const delimiter = settings.delimiter ?? delimiterOf(first.text, settings.quote)
  const dialect = { delimiter, quote: settings.quote, compression }
  const fields = splitRecord(first.text, dialect).map(fromLatin1)
  const rows = settings.header ? others : filled
  const { names, renamed } = uniqueNames(settings.header ? fields : fields.map(() => ''))
  const { header } = settings
  return { dialect, header, names, renamed, sample: rows.slice(0, 500).map((row) => splitRecord(row.text, dialect)) }
}

export const longLine = (path: string): Refused =>
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
  const fields = (delimiter: string) => splitRecord(header, { delimiter, quote }).length
  return delimiters.reduce((best, delimiter) => (fields(delimiter) > fields(best) ? delimiter : best))
}
