import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** Where an expression stands: it decides how the value is written into the text around it. */
export const fieldKinds = ['text', 'sql', 'googlesql', 'shell'] as const
export type FieldKind = (typeof fieldKinds)[number]

const refuseNul = (text: string): string => {
  if (!text.includes('\0')) return text
  throw new Refused({ code: 'invalid', message: 'The value holds a NUL character, which this field cannot hold.' })
}

/** As written in plain text: lists and objects as JSON. */
export const plainText = (value: JsonValue): string => {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Numbers, true, false and null bare; text quoted; a list in parentheses; an object as JSON text. */
const sqlLiteral = (value: JsonValue): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'string') return `'${refuseNul(value).replaceAll("'", "''")}'`
  if (!Array.isArray(value)) return sqlLiteral(JSON.stringify(value))
  // `in ()` is no SQL, and `not in (NULL)` holds for nothing.
  return value.length === 0 ? '(SELECT NULL WHERE FALSE)' : `(${value.map(sqlLiteral).join(', ')})`
}

/** GoogleSQL reads backslashes in texts, ends them at a line's end, and joins none that stand side by side. */
const googleText = (text: string): string => {
  const escaped = refuseNul(text)
    .replaceAll(/[\\'"`]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `'${escaped}'`
}

const googleLiteral = (value: JsonValue): string => {
  if (typeof value === 'string') return googleText(value)
  if (typeof value !== 'object' || value === null) return sqlLiteral(value)
  if (!Array.isArray(value)) return googleText(JSON.stringify(value))
  return value.length === 0 ? 'UNNEST([])' : `(${value.map(googleLiteral).join(', ')})`
}

const identifiers: Readonly<Record<'sql' | 'googlesql', (name: string) => string>> = {
  sql: (name) => `"${name.replaceAll('"', '""')}"`,
  googlesql: (name) => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``,
}

export const sqlIdentifier = (value: JsonValue, dialect: keyof typeof identifiers = 'sql'): string => {
  if (Array.isArray(value)) return value.map((name: JsonValue) => sqlIdentifier(name, dialect)).join(', ')
  if (typeof value !== 'string' || value === '') {
    const message = `${JSON.stringify(value)} is no name; “identifier” takes text, or a list of texts.`
    throw new Refused({ code: 'invalid', message })
  }
  return identifiers[dialect](refuseNul(value))
}

/** One POSIX word, whatever it holds; a list gives one word for each item. */
const shellWord = (value: JsonValue): string => {
  if (Array.isArray(value)) return value.map(shellWord).join(' ')
  return `'${refuseNul(plainText(value)).replaceAll("'", `'\\''`)}'`
}

export const quoted: Readonly<Record<FieldKind, (value: JsonValue) => string>> = {
  text: plainText,
  sql: sqlLiteral,
  googlesql: googleLiteral,
  shell: shellWord,
}
