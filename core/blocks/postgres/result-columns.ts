import type { ReceivedColumn } from '#core/kinds/task-context.ts'
import { oids } from './choose-encoder.ts'
import type { Field } from './client.ts'

/** What becomes of a text once all values are known: a number with as many digits as they have, or a list as deep. */
export type Later =
  /** `known`: its type where PostgreSQL tells it. */
  { readonly kind: 'decimal'; readonly known: string | null } | { readonly kind: 'list'; readonly item: string }

export type ResultColumn = {
  readonly field: Field
  readonly received: ReceivedColumn
  /** SQL of PostgreSQL over `{column}`, where its own text is not what is sent. */
  readonly sent: string | null
  readonly later: Later | null
}

/** `careful` reads what only careful reading takes: dates before Christ, endless ones, numbers that are none. */
export type Reading = 'fast' | 'careful'

const direct: Readonly<Record<number, string>> = {
  [oids.bool]: 'BOOLEAN',
  [oids.int2]: 'SMALLINT',
  [oids.int4]: 'INTEGER',
  [oids.int8]: 'BIGINT',
  [oids.oid]: 'UINTEGER',
  [oids.float4]: 'FLOAT',
  [oids.float8]: 'DOUBLE',
  [oids.date]: 'DATE',
  [oids.time]: 'TIME',
  [oids.timetz]: 'TIME WITH TIME ZONE',
  [oids.timestamp]: 'TIMESTAMP',
  [oids.timestamptz]: 'TIMESTAMP WITH TIME ZONE',
  [oids.uuid]: 'UUID',
}

const dated: ReadonlySet<number> = new Set([oids.date, oids.timestamp, oids.timestamptz])

export const isDated = ({ oid }: Field): boolean => dated.has(oid)

const bytes = 'unhex(substr({column}, 3))'
const interval =
  "concat_ws(' ', extract(year FROM {column}) * 12 + extract(month FROM {column}) || ' months', extract(day FROM {column}) || ' days', " +
  "(extract(hour FROM {column}) * 3600000000 + extract(minute FROM {column}) * 60000000 + extract(microseconds FROM {column}))::bigint || ' microseconds')"

/** Arrays by their number, with the number of their items' type. */
export type ItemTypes = ReadonlyMap<number, number>

export const resultColumn = (field: Field, name: string, itemTypes: ItemTypes, reading: Reading): ResultColumn => {
  const item = itemTypes.get(field.oid)
  if (item !== undefined) return listColumn(field, name, item)
  const as = (from: string, rest: Partial<Omit<ResultColumn, 'field'>> & { value?: string } = {}): ResultColumn => ({
    field,
    received: { name, from, ...(rest.value !== undefined && { value: rest.value }) },
    sent: rest.sent ?? null,
    later: rest.later ?? null,
  })
  const type = direct[field.oid]
  if (type !== undefined) {
    return reading === 'careful' && isDated(field) ? as('VARCHAR', { value: beforeChrist(type) }) : as(type)
  }
  switch (field.oid) {
    case oids.numeric:
      return numericColumn(field, name, reading)
    case oids.bytea:
      return as('VARCHAR', { value: bytes })
    case oids.interval:
      return as('INTERVAL', { sent: `CASE WHEN {column} IS NOT NULL THEN ${interval} END` })
    case oids.json:
    case oids.jsonb:
      return as('VARCHAR', { value: 'CAST({column} AS JSON)' })
    default:
      return as('VARCHAR')
  }
}

/** PostgreSQL writes `0044-03-15 12:00:00 BC`, DuckDB reads `0044-03-15 (BC) 12:00:00`. */
const beforeChrist = (type: string): string =>
  `CAST(regexp_replace({column}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2') AS ${type})`

const mostDigits = 38

const numericColumn = (field: Field, name: string, reading: Reading): ResultColumn => {
  const { width, scale } = numericSizes(field.modifier)
  const fits = width <= mostDigits && scale >= 0 && scale <= width
  const known = fits ? `DECIMAL(${width},${scale})` : null
  if (known !== null && reading === 'fast') return { field, received: { name, from: known }, sent: null, later: null }
  return { field, received: { name, from: 'VARCHAR' }, sent: null, later: { kind: 'decimal', known } }
}

const numericSizes = (modifier: number): { width: number; scale: number } => {
  if (modifier === -1) return { width: Infinity, scale: 0 }
  const packed = modifier - 4
  return { width: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 }
}

/** As JSON of the items' texts, since PostgreSQL does not tell before how many levels an array has. */
const listColumn = (field: Field, name: string, item: number): ResultColumn => {
  const type = direct[item] ?? { [oids.bytea]: 'BLOB', [oids.json]: 'JSON', [oids.jsonb]: 'JSON' }[item] ?? 'VARCHAR'
  const numeric = item === oids.numeric ? decimalOf(field.modifier) : type
  return {
    field,
    received: { name, from: 'VARCHAR' },
    sent: 'to_json({column}::text[])',
    later: { kind: 'list', item: numeric },
  }
}

const decimalOf = (modifier: number): string => {
  const { width, scale } = numericSizes(modifier)
  return width <= mostDigits && scale >= 0 && scale <= width ? `DECIMAL(${width},${scale})` : 'VARCHAR'
}
