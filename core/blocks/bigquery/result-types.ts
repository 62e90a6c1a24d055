import type { ReceivedColumn } from '#core/kinds/task-context.ts'
import type { SchemaField } from './answers.ts'

/** A column of a result: what is written for a cell, and how DuckDB reads that. */
export type ResultColumn = {
  readonly field: SchemaField
  readonly received: ReceivedColumn
  /** It may have more digits than DuckDB's decimals: its type follows from its values. */
  readonly settled: boolean
}

const plain: Readonly<Record<string, string>> = {
  INTEGER: 'BIGINT',
  FLOAT: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  STRING: 'VARCHAR',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
}

const mostDigits = 38

const decimalOf = ({ type, precision, scale }: SchemaField): string | null => {
  if (type === 'NUMERIC') return `DECIMAL(${precision ?? 38},${precision === undefined ? 9 : (scale ?? 0)})`
  return precision !== undefined && Number(precision) <= mostDigits ? `DECIMAL(${precision},${scale ?? 0})` : null
}

/** DuckDB's type for values of a column, as near as it has one. What it has no type for is text: WKT, ranges. */
export const duckdbType = (field: SchemaField, bytes: 'BLOB' | 'VARCHAR' = 'BLOB'): string => {
  const { type, mode, fields = [] } = field
  if (type === 'BYTES' && mode !== 'REPEATED') return bytes
  if (mode === 'REPEATED') return `${duckdbType({ ...field, mode: 'NULLABLE' }, bytes)}[]`
  if (type === 'RECORD')
    return `STRUCT(${fields.map((one) => `"${one.name.replaceAll('"', '""')}" ${duckdbType(one, bytes)}`).join(', ')})`
  if (type === 'NUMERIC' || type === 'BIGNUMERIC') return decimalOf(field) ?? 'VARCHAR'
  return plain[type] ?? 'VARCHAR'
}

export const resultColumn = (field: SchemaField): ResultColumn => {
  const { name, type, mode } = field
  const as = (from: string, value?: string): ResultColumn => ({
    field,
    settled: false,
    received: { name, from, ...(value !== undefined && { value }) },
  })
  if (mode === 'REPEATED' || type === 'RECORD') {
    // JSON's texts become bytes as they are written; from text they are read with their escapes.
    const read = `CAST(CAST({column} AS JSON) AS ${duckdbType(field, 'VARCHAR')})`
    return as('VARCHAR', `CAST(${read} AS ${duckdbType(field)})`)
  }
  switch (type) {
    case 'BYTES':
      return as('VARCHAR', 'from_base64({column})')
    case 'TIMESTAMP':
      return as('BIGINT', 'make_timestamptz({column})')
    case 'JSON':
      return as('VARCHAR', 'CAST({column} AS JSON)')
    case 'BIGNUMERIC':
      return decimalOf(field) === null ? { ...as('VARCHAR'), settled: true } : as(duckdbType(field))
    default:
      return as(duckdbType(field))
  }
}
