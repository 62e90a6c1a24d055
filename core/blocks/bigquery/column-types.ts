import type { SchemaField } from './answers.ts'

/** How a column of the rows goes to BigQuery: as what, and as what DuckDB writes it to Parquet. */
export type Passage = {
  /** Without its name. */
  readonly field: Omit<SchemaField, 'name'>
  /** SQL over the quoted column that makes what is written; null: as it is. */
  readonly convert: ((column: string) => string) | null
}

const plain = (type: string): Passage => ({ field: { type }, convert: null })

const direct: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'INTEGER',
  UTINYINT: 'INTEGER',
  SMALLINT: 'INTEGER',
  USMALLINT: 'INTEGER',
  INTEGER: 'INTEGER',
  UINTEGER: 'INTEGER',
  BIGINT: 'INTEGER',
  FLOAT: 'FLOAT',
  DOUBLE: 'FLOAT',
  DATE: 'DATE',
  TIME: 'TIME',
  // Without a time zone it is no moment; with one it is.
  TIMESTAMP: 'DATETIME',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
  VARCHAR: 'STRING',
  BLOB: 'BYTES',
}

const cast = (type: string, field: Passage['field']): Passage => ({
  field,
  convert: (column) => `CAST(${column} AS ${type})`,
})

const converted: Readonly<Record<string, Passage>> = {
  UBIGINT: cast('DECIMAL(20, 0)', { type: 'NUMERIC' }),
  HUGEINT: cast('DECIMAL(38, 0)', { type: 'BIGNUMERIC' }),
  UHUGEINT: cast('DECIMAL(38, 0)', { type: 'BIGNUMERIC' }),
  TIMESTAMP_S: cast('TIMESTAMP', { type: 'DATETIME' }),
  TIMESTAMP_MS: cast('TIMESTAMP', { type: 'DATETIME' }),
  // BigQuery keeps microseconds: what has more is not cut in silence.
  TIMESTAMP_NS: {
    field: { type: 'DATETIME' },
    convert: (column) =>
      `CASE WHEN CAST(CAST(${column} AS TIMESTAMP) AS TIMESTAMP_NS) IS NOT DISTINCT FROM ${column} THEN CAST(${column} AS TIMESTAMP) ELSE error('A value has nanoseconds, and BigQuery keeps microseconds: cast the column to TIMESTAMP first.') END`,
  },
}

const asText: Passage = cast('VARCHAR', { type: 'STRING' })
const asJsonText: Passage = { field: { type: 'STRING' }, convert: (column) => `CAST(to_json(${column}) AS VARCHAR)` }

/** Digits before and after the point that NUMERIC has. */
const [numericWhole, numericScale] = [29, 9]

export const passageOf = (type: string): Passage => {
  const known = direct[type]
  if (known !== undefined) return plain(known)
  const other = converted[type]
  if (other) return other
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal) return decimalPassage(Number(decimal[1]), Number(decimal[2]))
  const list = /^(.*)\[\d*\]$/s.exec(type)
  if (list) return listPassage(list[1] ?? '')
  return /^(STRUCT|MAP|UNION|VARIANT)\b/.test(type) ? asJsonText : asText
}

const decimalPassage = (width: number, scale: number): Passage =>
  plain(scale <= numericScale && width - scale <= numericWhole ? 'NUMERIC' : 'BIGNUMERIC')

/** Lists of plain values; BigQuery has no lists of lists. Without a value a list becomes an empty one, which is all that BigQuery has. */
const listPassage = (item: string): Passage => {
  const { field, convert } = passageOf(item)
  if (item.endsWith(']') || /^(STRUCT|MAP|UNION|VARIANT|JSON)\b/.test(item)) return asJsonText
  return {
    field: { ...field, mode: 'REPEATED' },
    convert:
      convert === null ? (column) => column : (column) => `list_transform(${column}, lambda item: ${convert('item')})`,
  }
}

/** What a column is to be to go into one that is there, or null when it does not go without loss. */
export const widened = (passage: Passage, there: SchemaField): Passage | null => {
  const { field } = passage
  if ((field.mode === 'REPEATED') !== (there.mode === 'REPEATED')) return null
  const from = field.type
  const to = names[there.type] ?? there.type
  if (from === to) return there.scale === undefined ? { ...passage, field: { ...field, ...sizesOf(there) } } : null
  if (from === 'INTEGER' && to === 'NUMERIC' && there.precision === undefined)
    return over(passage, 'DECIMAL(38, 9)', there)
  if (from === 'INTEGER' && to === 'BIGNUMERIC') return over(passage, 'DECIMAL(38, 0)', there)
  if (from === 'NUMERIC' && to === 'BIGNUMERIC') return { ...passage, field: { ...field, type: to } }
  if (from === 'STRING' && to === 'GEOGRAPHY') return { ...passage, field: { ...field, type: to } }
  if (from === 'INTEGER' && to === 'FLOAT') return exactDouble(passage, there)
  return null
}

/** The API says the one or the other. */
const names: Readonly<Record<string, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
}

const sizesOf = ({ precision, scale }: SchemaField) => ({
  ...(precision !== undefined && { precision }),
  ...(scale !== undefined && { scale }),
})

const over = ({ field, convert }: Passage, type: string, there: SchemaField): Passage | null =>
  field.mode === 'REPEATED'
    ? null
    : { field: { ...field, type: there.type }, convert: (column) => `CAST(${convert?.(column) ?? column} AS ${type})` }

const exactDouble = ({ field, convert }: Passage, there: SchemaField): Passage | null => {
  if (field.mode === 'REPEATED') return null
  return {
    field: { ...field, type: there.type },
    convert: (column) => {
      const value = convert?.(column) ?? column
      return `CASE WHEN abs(${value}) > 9007199254740992 THEN error('A whole number is too large to be kept exactly as FLOAT64: ' || ${value}) ELSE CAST(${value} AS DOUBLE) END`
    },
  }
}
