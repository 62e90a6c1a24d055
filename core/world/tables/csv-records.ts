import { contentOf, type Compression } from './content.ts'

export type CsvDialect = {
  readonly delimiter: string
  readonly quote: string
  readonly compression: Compression
}

/** `text` holds the bytes as Latin-1 so that broken UTF-8 can be looked at; `line` is the physical line, from 1. */
export type CsvRecord = { readonly line: number; readonly text: string; readonly end: string; readonly closed: boolean }

/** Records in batches, one a chunk: an async step for each record would cost more than reading it. */
export async function* recordsOf(
  path: string,
  dialect: CsvDialect,
  signal?: AbortSignal,
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = recordReader(dialect.quote, dialect.delimiter)
  for await (const chunk of contentOf(path, dialect.compression, signal)) yield reader.take(chunk.toString('latin1'))
  yield reader.end()
}

/** Characters. A longer one is given out in pieces: DuckDB refuses it, and one that never ends would fill the memory. */
const longestRecord = 16_000_000

/** Cuts text into records: lines, joined while a quoted value is open. `delimiters` holds all characters that may be one. */
export const recordReader = (quote: string, delimiters: string) => {
  let rest = ''
  // A carriage return at the end of a chunk may be half of a line end.
  let halfEnd = false
  let open = ''
  let openLine = 1
  let line = 0

  const take = (chunk: string): CsvRecord[] => {
    const records: CsvRecord[] = []
    if (!halfEnd && nextEnd(chunk, 0) === -1) {
      rest += chunk
      if (rest.length <= longestRecord) return records
      add(rest, '', records)
      rest = ''
      return records
    }
    const text = rest + chunk
    let start = 0
    for (let at = nextEnd(text, 0); at !== -1; at = nextEnd(text, start)) {
      const end = text[at] === '\r' && text[at + 1] === '\n' ? '\r\n' : (text[at] ?? '')
      if (end === '\r' && at + 1 === text.length) break
      add(text.slice(start, at), end, records)
      start = at + end.length
    }
    rest = text.slice(start)
    halfEnd = rest.endsWith('\r')
    return records
  }

  const add = (physical: string, end: string, records: CsvRecord[]) => {
    line += 1
    if (open === '') openLine = line
    const record = open + physical
    // Only the new line is looked at: within an open value it goes on as after an opening quote.
    if (quotingOf(open === '' ? physical : quote + physical, quote, delimiters) === 'open') {
      open = record + end
      if (open.length > longestRecord) give(records)
      return
    }
    open = ''
    records.push({ line: openLine, text: openLine === 1 ? withoutMark(record) : record, end, closed: true })
  }

  const end = (): CsvRecord[] => {
    const records: CsvRecord[] = []
    const last = rest.endsWith('\r') ? '\r' : ''
    if (rest !== '') add(rest.slice(0, rest.length - last.length), last, records)
    if (open !== '') give(records)
    rest = ''
    return records
  }

  const give = (records: CsvRecord[]) => {
    records.push({ line: openLine, text: open, end: '', closed: false })
    open = ''
  }
  return { take, end }
}

/** A byte order mark is no part of the first name. */
const withoutMark = (text: string): string => (text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text)

const lineEnd = /[\r\n]/g

const nextEnd = (text: string, from: number): number => {
  lineEnd.lastIndex = from
  return lineEnd.exec(text)?.index ?? -1
}

/** A quote opens a value only at its start; `misplaced` is one with something between its end and the next delimiter. */
export const quotingOf = (text: string, quote: string, delimiters: string): 'fine' | 'open' | 'misplaced' => {
  if (quote === '' || !text.includes(quote)) return 'fine'
  let at = 0
  while (at < text.length) {
    if (text[at] === quote) {
      const end = closingQuote(text, quote, at + 1)
      if (end === -1) return 'open'
      if (end + 1 < text.length && !delimiters.includes(text[end + 1] ?? '')) return 'misplaced'
      at = end + 1
    }
    while (at < text.length && !delimiters.includes(text[at] ?? '')) at += 1
    at += 1
  }
  return 'fine'
}

/** Two quotes in a row stand for one in the value. */
const closingQuote = (text: string, quote: string, from: number): number => {
  let end = text.indexOf(quote, from)
  while (end !== -1 && text[end + 1] === quote) end = text.indexOf(quote, end + 2)
  return end
}

export const splitRecord = (text: string, { delimiter, quote }: Omit<CsvDialect, 'compression'>): readonly string[] => {
  if (quote === '' || !text.includes(quote)) return text.split(delimiter)
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (quoted && character === quote && text[at + 1] === quote) {
      field += quote
      at += 1
    } else if (character === quote && (quoted || field === '')) quoted = !quoted
    else if (!quoted && character === delimiter) {
      fields.push(field)
      field = ''
    } else field += character
  }
  return [...fields, field]
}

export const fromLatin1 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
