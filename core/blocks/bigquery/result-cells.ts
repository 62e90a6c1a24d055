import type { JsonValue } from '#core/model/handle.ts'
import type { SchemaField } from './answers.ts'

/** A cell as text for DuckDB; null for no value. */
export const textOf = (value: unknown, field: SchemaField): string | null => {
  if (value === null || value === undefined) return null
  if (field.mode === 'REPEATED' || field.type === 'RECORD') return JSON.stringify(nested(value, field))
  return field.type === 'INTERVAL' ? intervalOf(plain(value)) : plain(value)
}

/** A cell as JSON whose texts DuckDB reads by their types: as numbers they might be rounded. */
const nested = (value: unknown, field: SchemaField): JsonValue => {
  if (value === null || value === undefined) return null
  if (field.mode === 'REPEATED') {
    const one = { ...field, mode: 'NULLABLE' }
    return itemsOf(value).map((item) => nested(item, one))
  }
  if (field.type === 'RECORD')
    return Object.fromEntries(fieldsIn(value, field).map(([inner, cell]) => [inner.name, nested(cell, inner)]))
  const text = plain(value)
  switch (field.type) {
    case 'BYTES':
      return Buffer.from(text, 'base64').toString('hex').replaceAll(/../g, '\\x$&')
    case 'TIMESTAMP':
      return momentOf(text)
    case 'INTERVAL':
      return intervalOf(text)
    case 'JSON':
      return JSON.parse(text) as JsonValue
    default:
      return text
  }
}

/** A cell as people and programs read it; what JSON's numbers do not hold exactly stays text. */
export const jsonOf = (value: unknown, field: SchemaField): JsonValue => {
  if (value === null || value === undefined) return null
  if (field.mode === 'REPEATED') {
    const one = { ...field, mode: 'NULLABLE' }
    return itemsOf(value).map((item) => jsonOf(item, one))
  }
  if (field.type === 'RECORD')
    return Object.fromEntries(fieldsIn(value, field).map(([inner, cell]) => [inner.name, jsonOf(cell, inner)]))
  const text = plain(value)
  switch (field.type) {
    case 'INTEGER':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'FLOAT':
      return Number.isFinite(Number(text)) ? Number(text) : text
    case 'BOOLEAN':
      return text === 'true'
    case 'TIMESTAMP':
      return momentOf(text)
    case 'JSON':
      return JSON.parse(text) as JsonValue
    default:
      return text
  }
}

/** Cells of plain types are texts. */
const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.map((item: { v?: unknown }) => item.v) : []

const fieldsIn = (value: unknown, { fields = [] }: SchemaField): readonly (readonly [SchemaField, unknown])[] => {
  const cells = (value as { readonly f?: readonly { readonly v?: unknown }[] }).f ?? []
  return fields.map((field, index) => [field, cells[index]?.v] as const)
}

/** Microseconds since 1970 as a moment in UTC. */
const momentOf = (micros: string): string => {
  const all = BigInt(micros)
  const fraction = ((all % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = Number((all - fraction) / 1_000_000n)
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0n ? `${whole}+00` : `${whole}.${String(fraction).padStart(6, '0')}+00`
}

/** BigQuery writes `-1-2 3 -4:5:6.789`: years and months, days, time. */
const intervalOf = (text: string): string => {
  const [, sign = '', years = '0', months = '0', days = '0', minus = '', hours = '0', minutes = '0', seconds = '0'] =
    /^(-?)(\d+)-(\d+) (-?\d+) (-?)(\d+):(\d+):([\d.]+)$/.exec(text) ?? []
  const time = `${minus}${hours} hours ${minus}${minutes} minutes ${minus}${seconds} seconds`
  return `${sign}${Number(years) * 12 + Number(months)} months ${days} days ${time}`
}
