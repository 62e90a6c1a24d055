import type { FieldDescription } from '#core/model/field-description.ts'
import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'

export type JsonMap = Readonly<Record<string, JsonValue>>

export const isMap = (value: JsonValue | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** In a text; see holdsExpression for any value. */
export const hasBraces = (text: string): boolean => text.includes('{{') || text.includes('{%')

export const holdsExpression = (value: JsonValue | undefined): value is string =>
  typeof value === 'string' && hasBraces(value)

export const sameJson = (left: JsonValue | undefined, right: JsonValue | undefined): boolean =>
  JSON.stringify(left) === JSON.stringify(right)

/** As a text field shows a value. */
export const textOf = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `12`, `-0.5`, `1e6`, with thousands separators or not; null when it is no number. */
export const parseNumber = (text: string): number | null => {
  const plain = text.trim().replaceAll(/(?<=\d)[,_ ](?=\d{3}(\D|$))/g, '')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

/** JSON where the text is JSON; anything else is the text itself. */
export const parseLoose = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

/** Whether an empty text is a value of its own, as no quote character is, and not just a field without one. */
export const emptyIsValue = ({ schema }: FieldDescription): boolean => {
  const { pattern } = schema
  return typeof pattern === 'string' && new RegExp(pattern, 'u').test('')
}

/** Writes a value; undefined, or what would be taken anyway, is left out of the text. */
export const writeOperation = (field: FieldDescription, path: EditPath, value: JsonValue | undefined): EditOperation =>
  value === undefined || (field.default !== undefined && sameJson(value, field.default))
    ? { kind: 'remove', path, prune: true }
    : { kind: 'set', path, value }

/** Titles of items of a list and values of a map are those of what holds them. */
export const undoName = (field: FieldDescription, path: EditPath): string =>
  `Set ${(field.title || (path.findLast((step) => typeof step === 'string') ?? '')).toLowerCase()}`

export const pathText = (path: EditPath): string => path.join('.')
