import { createHash } from 'node:crypto'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parseMoment, formatMoment } from './moment.ts'
import { plainText, quoted, sqlIdentifier, type FieldKind } from './quoting.ts'

/** Text that is written into the field as it is: it was quoted already. */
export type Ready = { readonly ready: string; toString(): string }

// Known by identity: an object that a user gives cannot pass for one.
const made = new WeakSet<object>()

const ready = (text: string): Ready => {
  const value = { ready: text, toString: () => text }
  made.add(value)
  return value
}

export const isReady = (value: unknown): value is Ready =>
  typeof value === 'object' && value !== null && made.has(value)

export const exampleScope = {
  letters: ['a', 'b'],
  files: [
    { name: 'a.csv', bytes: 10 },
    { name: 'b.csv', bytes: 32 },
  ],
} as const

/** Filters of the template language: all there are. Those with `apply` are ours, the others Liquid's own. */
export type FilterDescription = {
  readonly group: 'text' | 'number' | 'list' | 'date' | 'quoting' | 'any'
  readonly summary: string
  /** An expression without braces, over `exampleScope`, and what it gives in a plain text field; tests hold it true. */
  readonly example: readonly [expression: string, gives: JsonValue]
  readonly apply?: (kind: FieldKind) => (value: unknown, ...args: unknown[]) => unknown
}

const refuse = (message: string): never => {
  throw new Refused({ code: 'invalid', message })
}

const shown = (value: unknown) => JSON.stringify(value) ?? 'nothing'

const toNumber = (value: unknown, filter: string): number => {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim())) return Number(value)
  return refuse(`“${filter}” takes numbers; ${shown(value)} is none.`)
}

const exact = (result: number, filter: string): number => {
  if (!Number.isFinite(result)) return refuse(`“${filter}” gives no number here; is it a division by 0?`)
  if (Number.isInteger(result) && !Number.isSafeInteger(result)) {
    return refuse(`“${filter}” gives a number too large to be kept exactly.`)
  }
  return result
}

const arithmetic =
  (name: string, work: (...numbers: number[]) => number) =>
  () =>
  (value: unknown, ...args: unknown[]) =>
    exact(work(toNumber(value, name), ...args.map((argument) => toNumber(argument, name))), name)

const pad = (value: unknown, width: unknown, fill: unknown = '0'): string => {
  const text = plainText(value as JsonValue)
  const columns = toNumber(width, 'pad')
  if (columns > 1000) return refuse('“pad” goes up to 1000 characters.')
  const negative = text.startsWith('-') && fill === '0'
  const digits = negative ? text.slice(1) : text
  return (negative ? '-' : '') + digits.padStart(columns - (negative ? 1 : 0), plainText(fill as JsonValue))
}

const date = (value: unknown, format: unknown): string => {
  const moment = typeof value === 'string' ? parseMoment(value.trim()) : null
  if (moment === null) return refuse(`“date” takes a date such as 2020-11-01; ${shown(value)} is none.`)
  if (typeof format !== 'string') return refuse('“date” takes a format, for example "%Y-%m".')
  return formatMoment(moment, format)
}

const quote = (kind: FieldKind) => (value: unknown) => {
  if (kind === 'text') return JSON.stringify(value ?? null)
  return ready(quoted[kind]((value ?? null) as JsonValue))
}

const identifier = (kind: FieldKind) => (value: unknown) => {
  const name = sqlIdentifier((value ?? null) as JsonValue, kind === 'googlesql' ? kind : 'sql')
  return kind === 'sql' || kind === 'googlesql' ? ready(name) : name
}

const sha256 = () => (value: unknown) =>
  createHash('sha256')
    .update(plainText(value as JsonValue))
    .digest('hex')

export const filters: Readonly<Record<string, FilterDescription>> = {
  append: { group: 'text', summary: 'Adds text at the end.', example: ['"a" | append: ".csv"', 'a.csv'] },
  prepend: { group: 'text', summary: 'Adds text at the start.', example: ['"a" | prepend: "data/"', 'data/a'] },
  upcase: { group: 'text', summary: 'In capital letters.', example: ['"ab" | upcase', 'AB'] },
  downcase: { group: 'text', summary: 'In small letters.', example: ['"AB" | downcase', 'ab'] },
  capitalize: { group: 'text', summary: 'The first letter a capital.', example: ['"green" | capitalize', 'Green'] },
  strip: { group: 'text', summary: 'Without blanks at both ends.', example: ['" a " | strip', 'a'] },
  replace: { group: 'text', summary: 'Replaces every occurrence.', example: ['"a-b-c" | replace: "-", "_"', 'a_b_c'] },
  replace_first: { group: 'text', summary: 'Replaces the first.', example: ['"a-b-c" | replace_first: "-", "_"', 'a_b-c'] },
  remove: { group: 'text', summary: 'Removes every occurrence.', example: ['"a-b-c" | remove: "-"', 'abc'] },
  split: { group: 'text', summary: 'Text into a list.', example: ['"a,b" | split: ","', ['a', 'b']] },
  slice: { group: 'text', summary: 'A part: from which place, how many.', example: ['"green" | slice: 0, 2', 'gr'] },
  truncate: { group: 'text', summary: 'At most so many characters.', example: ['"quiet heron" | truncate: 8', 'quiet...'] },
  url_encode: { group: 'text', summary: 'For use in a URL.', example: ['"a b&c" | url_encode', 'a+b%26c'] },
  url_decode: { group: 'text', summary: 'Back from a URL.', example: ['"a+b" | url_decode', 'a b'] },
  base64_encode: { group: 'text', summary: 'As base64.', example: ['"ab" | base64_encode', 'YWI='] },
  base64_decode: { group: 'text', summary: 'Back from base64.', example: ['"YWI=" | base64_decode', 'ab'] },
  sha256: {
    group: 'text',
    summary: 'The SHA-256, in hexadecimal.',
    example: ['"a" | sha256 | slice: 0, 8', 'ca978112'],
    apply: sha256,
  },
  pad: { group: 'number', summary: 'Zeros in front, up to a width.', example: ['3 | pad: 2', '03'], apply: () => pad },
  plus: { group: 'number', summary: 'Adds.', example: ['1 | plus: 2', 3], apply: arithmetic('plus', (a, b = NaN) => a + b) },
  minus: { group: 'number', summary: 'Takes away.', example: ['3 | minus: 2', 1], apply: arithmetic('minus', (a, b = NaN) => a - b) },
  times: { group: 'number', summary: 'Multiplies.', example: ['3 | times: 2', 6], apply: arithmetic('times', (a, b = NaN) => a * b) },
  divided_by: {
    group: 'number',
    summary: 'Divides; the result may have a fraction.',
    example: ['7 | divided_by: 2', 3.5],
    apply: arithmetic('divided_by', (a, b = NaN) => a / b),
  },
  modulo: { group: 'number', summary: 'What a division leaves.', example: ['7 | modulo: 4', 3], apply: arithmetic('modulo', (a, b = NaN) => a % b) },
  abs: { group: 'number', summary: 'Without its sign.', example: ['-3 | abs', 3], apply: arithmetic('abs', Math.abs) },
  ceil: { group: 'number', summary: 'Rounded up.', example: ['1.2 | ceil', 2], apply: arithmetic('ceil', Math.ceil) },
  floor: { group: 'number', summary: 'Rounded down.', example: ['1.8 | floor', 1], apply: arithmetic('floor', Math.floor) },
  round: {
    group: 'number',
    summary: 'Rounded, to so many places.',
    example: ['1.256 | round: 2', 1.26],
    apply: arithmetic('round', (a, places = 0) => Math.round(a * 10 ** places) / 10 ** places),
  },
  at_least: { group: 'number', summary: 'The larger of two.', example: ['3 | at_least: 5', 5], apply: arithmetic('at_least', Math.max) },
  at_most: { group: 'number', summary: 'The smaller of two.', example: ['8 | at_most: 5', 5], apply: arithmetic('at_most', Math.min) },
  join: { group: 'list', summary: 'A list as one text.', example: ['letters | join: " and "', 'a and b'] },
  first: { group: 'list', summary: 'The first item.', example: ['letters | first', 'a'] },
  last: { group: 'list', summary: 'The last item.', example: ['letters | last', 'b'] },
  size: { group: 'list', summary: 'How many items, or characters.', example: ['letters | size', 2] },
  reverse: { group: 'list', summary: 'The other way round.', example: ['letters | reverse', ['b', 'a']] },
  sort: { group: 'list', summary: 'In order.', example: ['letters | reverse | sort', ['a', 'b']] },
  uniq: { group: 'list', summary: 'Each item once.', example: ['letters | concat: letters | uniq', ['a', 'b']] },
  compact: { group: 'list', summary: 'Without nulls.', example: ['letters | compact', ['a', 'b']] },
  concat: { group: 'list', summary: 'Two lists as one.', example: ['(1..2) | concat: (4..5)', [1, 2, 4, 5]] },
  map: { group: 'list', summary: 'One field of each item.', example: ['files | map: "name"', ['a.csv', 'b.csv']] },
  where: { group: 'list', summary: 'The items whose field has a value.', example: ['files | where: "bytes", 32 | map: "name"', ['b.csv']] },
  sum: { group: 'list', summary: 'The sum of the items.', example: ['files | sum: "bytes"', 42] },
  date: {
    group: 'date',
    summary: 'A date or time in another form (strftime). The time zone stays as written.',
    example: ['"2020-11-01" | date: "%b %-d, %Y"', 'Nov 1, 2020'],
    apply: () => date,
  },
  default: { group: 'any', summary: 'Another value where there is none.', example: ['null | default: 3', 3] },
  json: { group: 'any', summary: 'As JSON text.', example: ['(1..2) | json', '[1,2]'] },
  quote: {
    group: 'quoting',
    summary: 'Quoted as the field needs it: SQL, shell, else JSON. SQL and shell fields do it by themselves.',
    example: ['"a" | quote', '"a"'],
    apply: quote,
  },
  identifier: {
    group: 'quoting',
    summary: 'A name in SQL: a column or a table. A list gives names with commas.',
    example: ['"my column" | identifier', '"my column"'],
    apply: identifier,
  },
  raw: {
    group: 'quoting',
    summary: 'Written as it is, without quoting. Whoever sets the value can change what the SQL or script does.',
    example: ['"a" | raw', 'a'],
  },
} // prettier-ignore
