import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import { wholeContentOf, type Compression } from './content.ts'
import { isRagged } from './csv-mistakes.ts'
import { fromLatin1, recordReader, splitRecord, type CsvDialect, type CsvRecord } from './csv-records.ts'
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
  /** Which delimiter was taken where another one was possible, for the log. */
  readonly guessed: string | null
  /** The first rows after the header, as text. */
  readonly sample: readonly (readonly string[])[]
}

/** Enough for a header and some hundreds of rows. */
const headBytes = 64 * 1024

/** Rows. */
const sampled = 500

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
  const { delimiter, guessed } =
    settings.delimiter === null
      ? delimiterOf(path, filled.slice(0, sampled), settings.quote)
      : { delimiter: settings.delimiter, guessed: null }
  const dialect = { delimiter, quote: settings.quote, compression }
  const fields = splitRecord(first.text, dialect).map(fromLatin1)
  const rows = settings.header ? others : filled
  const { names, renamed } = uniqueNames(settings.header ? fields : fields.map(() => ''))
  const { header } = settings
  return {
    dialect,
    header,
    names,
    renamed,
    guessed,
    sample: rows.slice(0, sampled).map((row) => splitRecord(row.text, dialect)),
  }
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

type Choice = { readonly delimiter: string; readonly columns: number; readonly fitting: number }

/**
 * The one that gives most rows as many fields as the header, then the one that gives the most fields; a comma where the
 * header has none. Two that do so alike cannot be told apart.
 */
const delimiterOf = (
  path: string,
  [header, ...rows]: readonly CsvRecord[],
  quote: string,
): { readonly delimiter: string; readonly guessed: string | null } => {
  const fields = (record: CsvRecord | undefined, delimiter: string) =>
    splitRecord(record?.text ?? '', { delimiter, quote })
  const possible = delimiters
    .map((delimiter): Choice => {
      const columns = fields(header, delimiter).length
      const isFitting = (row: CsvRecord) => !isRagged(fields(row, delimiter), columns)
      return { delimiter, columns, fitting: columns === 1 ? 0 : rows.filter(isFitting).length }
    })
    .filter(({ columns }) => columns > 1)
    .toSorted((one, other) => other.fitting - one.fitting || other.columns - one.columns)
  const [best, next] = possible
  if (!best || !next) return { delimiter: best?.delimiter ?? ',', guessed: null }
  if (best.fitting === next.fitting && best.columns === next.columns) throw undecided(path, best, next)
  return {
    delimiter: best.delimiter,
    guessed: `${basename(path)}: fields are taken to be separated by ${named(best)}, not by ${named(next)}. Set delimiter if they are not.`,
  }
}

const undecided = (path: string, one: Choice, other: Choice): Refused =>
  new Refused({
    code: 'data',
    message: `${basename(path)}: ${named(one)} and ${named(other)} both give ${one.columns} columns, so what separates the fields cannot be told. Set delimiter.`,
  })

const named = ({ delimiter }: Choice): string => (delimiter === '\t' ? 'a tab' : `“${delimiter}”`)
