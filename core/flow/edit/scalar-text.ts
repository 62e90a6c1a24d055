import { unsafe } from './syntax.ts'

export type Quote = 'single' | 'double'

export type ScalarPlace = {
  /** Within braces or brackets. */
  readonly flow: boolean
  readonly key: boolean
  /** The quotes to use where quotes are needed. */
  readonly quote: Quote
  /** The quotes to use in any case, as those that stood there. */
  readonly always?: Quote | null
}

export type ScalarValue = string | number | boolean | null

/** On one line. Reads back as the same value, of the same type. */
export const scalarText = (value: ScalarValue, place: ScalarPlace): string => {
  if (typeof value !== 'string') return wordFor(value)
  const text = place.always || !isPlain(value, place) ? quoted(value, place.always ?? place.quote, place) : value
  if (place.key && text.length > 1000) throw unsafe('A key of more than 1,000 characters needs a form of its own.')
  return text
}

const wordFor = (value: number | boolean | null): string => {
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return Object.is(value, -0) ? '-0.0' : String(value)
}

/** Words and numbers of YAML 1.2, and those that readers of YAML 1.1 take for something else than text. */
const otherTypes = [
  /^(?:~|null|true|false|yes|no|on|off)$/i,
  /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:e[-+]?[0-9]+)?$/i,
  /^[-+]?0(?:o[0-7_]*|x[0-9a-f_]*|b[01_]*)$/i,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?\.(?:inf|nan)$/i,
  /^(?:<<|=)$/,
]

// Control characters, line breaks of any standard, the byte order mark, and halves of characters.
const needsEscape = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]|\p{Surrogate}/u

const isPlain = (value: string, { flow }: ScalarPlace): boolean =>
  value !== '' &&
  value.trim() === value &&
  !needsEscape.test(value) &&
  !/^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?:\s|$)|---|\.\.\.)/.test(value) &&
  !/:\s|\s#|:$/.test(value) &&
  !(flow && /[,[\]{}]|^[-?:]|:[^\w/]/.test(value)) &&
  !otherTypes.some((type) => type.test(value))

const quoted = (value: string, preferred: Quote, place: ScalarPlace): string => {
  if (needsEscape.test(value)) return doubleQuoted(value)
  // A value that is full of the one kind of quotes reads better in the other.
  if (preferred === 'double' && !place.always && /["\\]/.test(value) && !value.includes("'")) return singleQuoted(value)
  if (preferred === 'single' && !place.always && value.includes("'") && !/["\\]/.test(value)) return doubleQuoted(value)
  return preferred === 'single' ? singleQuoted(value) : doubleQuoted(value)
}

const singleQuoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const names: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' }

const doubleQuoted = (value: string): string => {
  let text = ''
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0
    text += names[character] ?? (needsEscape.test(character) ? `\\u${code.toString(16).padStart(4, '0')}` : character)
  }
  return `"${text}"`
}

/** Whether a text of several lines can stand as it is under a `|`. */
export const canBeLiteral = (value: string): boolean =>
  value.includes('\n') &&
  !value.endsWith('\n\n') &&
  value.trim() !== '' &&
  !needsEscape.test(value.replace(/[\n\t]/g, '')) &&
  // Lines before the first with content say nothing of the indentation, so they may hold nothing else.
  !/^\n*[ \t]+\n/.test(value) &&
  !/\n[ \t]+\n?$/.test(value)

/** The `|` with what a reader must know, and the lines below it. `step` is how much deeper they are than the holder. */
export const literalText = (value: string, step: number, padding: string): { head: string; body: string[] } => {
  const chomp = value.endsWith('\n') ? '' : '-'
  const indicator = /^\n*[ \t]/.test(value) ? String(step) : ''
  const lines = value.replace(/\n$/, '').split('\n')
  return { head: `|${indicator}${chomp}`, body: lines.map((line) => (line === '' ? '' : padding + line)) }
}
