import { isUtf8 } from 'node:buffer'
import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import { fromLatin1, quotingOf, recordsOf, splitRecord, type CsvDialect, type CsvRecord } from './csv-records.ts'
import { csvMistakeOf, describeMistake, type CsvMistake, type Place } from './refusals.ts'

/** A CSV file as it was read, to look for a mistake in it. */
export type CsvSource = { readonly path: string; readonly dialect: CsvDialect; readonly names: readonly string[] }

/** The same refusal with the file and the physical line, where the mistake is one in a CSV file that we can find again. */
export const placed = async (
  refusal: Refused,
  sources: readonly CsvSource[],
  signal: AbortSignal,
): Promise<Refused> => {
  const mistake = refusal.cause instanceof Error ? csvMistakeOf(refusal.cause.message) : null
  if (!mistake) return refusal
  for (const source of sources.filter(({ path }) => mistake.file === null || mistake.file === path)) {
    const place = await findPlace(mistake, source, signal)
    if (!place) continue
    return new Refused({ ...refusal.failure, message: describeMistake(mistake, place) }, { cause: refusal.cause })
  }
  return refusal
}

export const findPlace = async (mistake: CsvMistake, source: CsvSource, signal: AbortSignal): Promise<Place | null> => {
  const file = basename(source.path)
  let isWrong: ((record: CsvRecord) => boolean) | null = null
  for await (const records of recordsOf(source.path, source.dialect, signal)) {
    if (records.length === 0) continue
    isWrong ??= wrongness(mistake, source, records[0]?.end ?? '')
    const found = records.find(isWrong)
    if (!found) continue
    const fields = splitRecord(found.text, source.dialect).length
    const text = fromLatin1(found.text)
    return { file, line: found.line, text, ...(mistake.kind === 'ragged' && { fields, expected: source.names.length }) }
  }
  return null
}

const wrongness = (
  mistake: CsvMistake,
  { dialect, names }: CsvSource,
  firstEnd: string,
): ((record: CsvRecord) => boolean) => {
  switch (mistake.kind) {
    case 'ragged':
      return ({ text }) => text !== '' && isRagged(splitRecord(text, dialect), names.length)
    case 'quote':
      return ({ text, closed }) => !closed || isMisquoted(text, dialect)
    case 'encoding':
      return ({ text }) => !isUtf8(Buffer.from(text, 'latin1'))
    case 'long-line':
      return ({ text }) => text.length > 2_000_000
    case 'mixed-line-ends':
      return ({ end }) => end !== '' && end !== firstEnd
    case 'value': {
      const column = names.findIndex((name) => name.toLowerCase() === mistake.column.toLowerCase())
      const value = Buffer.from(mistake.value).toString('latin1')
      return ({ text }) => text.includes(value) && splitRecord(text, dialect)[column] === value
    }
    default:
      return mistake satisfies never
  }
}

/** A quote is not closed, or something stands between it and the next delimiter. */
export const isMisquoted = (text: string, { quote, delimiter }: CsvDialect): boolean =>
  quotingOf(text, quote, delimiter) !== 'fine'

/** DuckDB takes a delimiter after the last field, and so do we. */
export const isRagged = (fields: readonly string[], expected: number): boolean =>
  fields.length !== expected && !(fields.length === expected + 1 && fields.at(-1) === '')
