import { basename } from 'node:path'
import { counted } from '#core/model/counted.ts'
import { lockFailure } from '#core/kinds/duckdb-answers.ts'
import { Refused, type Failure, type FailureCode } from '#core/model/failure.ts'

/** What a line of a CSV file did wrong, as DuckDB saw it. */
export type CsvMistake =
  | { readonly kind: 'ragged' | 'quote' | 'encoding'; readonly file: string }
  | { readonly kind: 'long-line'; readonly file: string | null }
  | { readonly kind: 'mixed-line-ends'; readonly file: string }
  | {
      readonly kind: 'value'
      readonly file: string | null
      readonly column: string
      readonly value: string
      readonly type: string
      readonly loss?: Loss
    }

/** What a value would lose as its type: digits of a number, a part of a moment, a time zone or more of a text. */
const losses = ['number', 'moment', 'zone'] as const
export type Loss = (typeof losses)[number]

/** DuckDB's error as a refusal; `cause` keeps the original. */
export const refusalOf = (cause: unknown, sql: string): Refused => {
  if (cause instanceof Refused) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const failure = failureOfMessage(message)
  return new Refused({ ...failure, ...(failure.code === 'bug' && { detail: `${message}\n${sql}` }) }, { cause })
}

const failureOfMessage = (message: string): Failure => {
  const mistake = csvMistakeOf(message)
  if (mistake) return { code: 'data', message: describeMistake(mistake, null), retryable: false }
  const json = jsonMistake(message)
  if (json !== null) return { code: 'data', message: json, retryable: false }
  const lock = lockFailure(message)
  if (lock) return lock
  const [, kind = '', rest = message] = /^(?:\w+:\s*)?([\w ]+?) Error: ([\s\S]*)$/.exec(message) ?? []
  const short = shorten(rest)
  const code = codeOf(kind, short)
  return { code, message: code === 'limit' ? limitMessage(short) : short, retryable: code === 'unavailable' }
}

const codes: Readonly<Record<string, FailureCode>> = {
  Binder: 'invalid',
  Catalog: 'invalid',
  Parser: 'invalid',
  Syntax: 'invalid',
  'Not implemented': 'invalid',
  Permission: 'denied',
  Conversion: 'data',
  'Out of Range': 'data',
  'Invalid Input': 'data',
  Constraint: 'data',
  'Mismatch Type': 'data',
  Serialization: 'data',
  'Out of Memory': 'limit',
  TransactionContext: 'conflict',
  INTERRUPT: 'cancelled',
}

const codeOf = (kind: string, message: string): FailureCode => {
  if (kind === 'IO') {
    if (/no space left|disk full|max_temp_directory_size/i.test(message)) return 'limit'
    if (/no such file|No files found/i.test(message)) return 'not-found'
    if (/permission denied|read-only/i.test(message)) return 'denied'
    if (/gzip|parquet|corrupt|decode/i.test(message)) return 'data'
    return 'unavailable'
  }
  return codes[kind] ?? 'bug'
}

/** What DuckDB says of a JSON file, with the line (or the value, from 1, where it counts those). */
const jsonMistake = (message: string): string | null => {
  const broken = /Malformed JSON in file "(.+)", at byte \d+ in (?:line|record\/value) (\d+): (.+?)\.?\s*(?:\n|$)/.exec(
    message,
  )
  const unit = message.includes('in record/value') ? 'near value' : 'line'
  if (broken) {
    const where = `${basename(broken[1] ?? '')}, ${unit} ${broken[2]}`
    return `${where}: the JSON is broken (${broken[3]?.trim()}). Was the file cut short?`
  }
  const twice =
    /JSON transform error in file "(.+)", in (?:line|record\/value) (\d+): [^]* has duplicate key "(.*)"/.exec(message)
  if (!twice)
    return /maximum_object_size/.test(message)
      ? 'A JSON object is larger than 8 MB. Is the file an array of arrays, or one that is not closed?'
      : null
  return `${basename(twice[1] ?? '')}, ${unit} ${twice[2]}: an object has the key “${twice[3]}” twice. Each may stand once.`
}

const limitMessage = (message: string): string =>
  `${message} Give the flow more memory or disk (Settings), or read fewer columns.`

/** DuckDB adds remedies in its own terms and our SQL; neither helps the reader. */
const shorten = (message: string): string => {
  const [first = ''] = message.split(/\n\s*(?:LINE \d+:|Possible (?:fixes|solutions?)|This type was auto-detected)/i)
  return first.trim().replaceAll(/\s*\n\s*/g, ' ')
}

const badValue = 'millrace:bad-value:'

/** SQL that stops with a value that does not fit its column. */
export const badValueSql = (value: string, facts: { column: string; type: string; loss?: Loss }): string => {
  const { column, type, loss } = facts
  const known = `${badValue}${JSON.stringify([column, type, ...(loss ? [loss] : [])])}`
  return `error(concat('${known.replaceAll("'", "''")}', CAST(${value} AS VARCHAR)))`
}

/** SQL that gives a number as it is, and stops at one that JSON cannot hold. */
export const finiteSql = (value: string, column: string): string =>
  `CASE WHEN ${value} IS NULL OR isfinite(${value}) THEN ${value} ELSE ${badValueSql(value, { column, type: 'JSON number' })} END`

const wholeTypes: Readonly<Record<string, string>> = {
  INT8: 'TINYINT',
  INT16: 'SMALLINT',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  INT128: 'HUGEINT',
  UINT8: 'UTINYINT',
  UINT16: 'USMALLINT',
  UINT32: 'UINTEGER',
  UINT64: 'UBIGINT',
  BOOL: 'BOOLEAN',
}

export const csvMistakeOf = (message: string): CsvMistake | null => {
  const at = message.indexOf(badValue)
  if (at !== -1) return badValueOf(message.slice(at + badValue.length))
  const cast =
    /^Conversion Error: Could not convert string '([\s\S]*)' to (\w+) when casting from source column (.+)$/m.exec(
      message,
    )
  if (cast) {
    const [, value = '', type = '', column = ''] = cast
    return { kind: 'value', file: null, column, value, type: wholeTypes[type] ?? type }
  }
  // What DuckDB says of a line longer than two of its buffers.
  if (/Parallel CSV Reader/.test(message)) return { kind: 'long-line', file: null }
  const file = /^\s*file = (.+)$/m.exec(message)?.[1]?.trim()
  if (file === undefined) return null
  if (/state machine reached an invalid state/.test(message)) return { kind: 'mixed-line-ends', file }
  const conversion = /Error when converting column "(.*)"\. Could not convert string "([\s\S]*?)" to '(.+?)'/.exec(
    message,
  )
  if (conversion) {
    return { kind: 'value', file, column: conversion[1] ?? '', value: conversion[2] ?? '', type: conversion[3] ?? '' }
  }
  if (/unterminated quote/.test(message)) return { kind: 'quote', file }
  if (/not utf-8 encoded|Invalid unicode/.test(message)) return { kind: 'encoding', file }
  if (/Maximum line size/.test(message)) return { kind: 'long-line', file }
  if (/Expected Number of Columns/.test(message)) return { kind: 'ragged', file }
  return null
}

const badValueOf = (rest: string): CsvMistake => {
  const end = rest.indexOf('"]') + 2
  const [column = '', type = '', lost] = JSON.parse(rest.slice(0, end)) as string[]
  const loss = losses.find((one) => one === lost)
  return { kind: 'value', file: null, column, type, value: rest.slice(end), ...(loss && { loss }) }
}

/** Where a mistake is: found by reading the file once more, since DuckDB counts records and not lines. */
export type Place = {
  readonly file: string
  readonly line: number
  readonly fields?: number
  readonly expected?: number
  readonly text: string
}

export const describeMistake = (mistake: CsvMistake, place: Place | null): string => {
  const where = place ? `${place.file}, line ${place.line}: ` : mistake.file === null ? '' : `${mistake.file}: `
  switch (mistake.kind) {
    case 'value':
      return (
        `${where}column “${mistake.column}” holds “${clip(mistake.value)}”, which is no ${mistake.type}. ` +
        remedyOf(mistake.loss)
      )
    case 'ragged': {
      const fields =
        place?.fields === undefined ? 'another number of fields than' : `${counted(place.fields, 'field')} instead of`
      const expected = place?.expected === undefined ? 'the header' : `${place.expected}`
      const text = place ? ` (“${clip(place.text)}”)` : ''
      return `${where}the line has ${fields} ${expected}${text}. Was the file cut short, or is a delimiter inside a value not quoted?`
    }
    case 'quote':
      return `${where}a quoted value is never closed. Was the file cut short, or is the quote character another one?`
    case 'encoding':
      return `${where}the text is not UTF-8. Save the file as UTF-8 and read it again.`
    case 'long-line':
      return `${where}a line is longer than 2 MB. Is a quote missing, or is this no CSV file?`
    case 'mixed-line-ends':
      return `${where}the file mixes line ends (LF and CR LF). Write it with one kind of line end and read it again.`
    default:
      return mistake satisfies never
  }
}

const remedies: Readonly<Record<Loss, string>> = {
  number: 'Choose a type that keeps all its digits, or round it in table.select (compute round(…)).',
  moment: 'Choose a type that keeps all of it, or cut it in table.select (compute date_trunc(…)).',
  zone: 'TIMESTAMPTZ keeps a time zone, TIMESTAMP_NS nine digits of a second. Choose a type that keeps all of it, or correct the value.',
}

const remedyOf = (loss: Loss | undefined): string => {
  return loss === undefined ? 'Correct the value, or choose another type for the column.' : remedies[loss]
}

const clip = (value: string): string => (value.length > 80 ? `${value.slice(0, 80)}…` : value)
