import type { DuckDBType } from '@duckdb/node-api'
import { DuckDBDecimalType, DuckDBListType, DuckDBStructType, DuckDBTypeId, DuckDBUnionType } from '@duckdb/node-api'

/** A column as BigQuery's API describes it. */
export type TableField = {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly precision?: string
  readonly scale?: string
  readonly fields?: readonly TableField[]
}

/** DuckDB keeps no names of types, so a union of one member stands for what it lacks. */
export const marked = (name: string): string => `UNION(${name} VARCHAR)`

const plain: Readonly<Record<string, string>> = {
  INTEGER: 'BIGINT',
  INT64: 'BIGINT',
  FLOAT: 'DOUBLE',
  FLOAT64: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  BOOL: 'BOOLEAN',
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  JSON: 'JSON',
  INTERVAL: 'INTERVAL',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: marked('bignumeric'),
  GEOGRAPHY: marked('geography'),
}

/** DuckDB's type for a column of BigQuery's. */
export const duckType = ({ type, mode, fields, precision, scale }: TableField): string => {
  const one = () => {
    if (type === 'RECORD' || type === 'STRUCT')
      return `STRUCT(${(fields ?? []).map((field) => `"${field.name}" ${duckType(field)}`).join(', ')})`
    if (type === 'NUMERIC' && precision !== undefined) return `DECIMAL(${precision},${scale ?? 0})`
    return plain[type] ?? 'VARCHAR'
  }
  return mode === 'REPEATED' ? `${one()}[]` : one()
}

const names: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'INTEGER',
  [DuckDBTypeId.UTINYINT]: 'INTEGER',
  [DuckDBTypeId.USMALLINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'INTEGER',
  [DuckDBTypeId.UBIGINT]: 'INTEGER',
  [DuckDBTypeId.HUGEINT]: 'INTEGER',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'FLOAT',
  [DuckDBTypeId.VARCHAR]: 'STRING',
  [DuckDBTypeId.BLOB]: 'BYTES',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIME]: 'TIME',
  [DuckDBTypeId.TIMESTAMP]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_S]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_MS]: 'DATETIME',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
  [DuckDBTypeId.INTERVAL]: 'INTERVAL',
}

/** A column of BigQuery's for a column of DuckDB's. */
export const fieldOf = (name: string, type: DuckDBType): TableField => {
  if (type instanceof DuckDBListType) return { ...fieldOf(name, type.valueType), mode: 'REPEATED' }
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((entry, index) => fieldOf(entry, type.entryTypes[index] as DuckDBType))
    return { name, type: 'RECORD', mode: 'NULLABLE', fields }
  }
  if (type instanceof DuckDBUnionType) return { name, type: (type.memberTags[0] ?? '').toUpperCase(), mode: 'NULLABLE' }
  if (type instanceof DuckDBDecimalType) {
    const sizes =
      type.width === 38 && type.scale === 9 ? {} : { precision: String(type.width), scale: String(type.scale) }
    return {
      name,
      type: type.scale > 9 || type.width - type.scale > 29 ? 'BIGNUMERIC' : 'NUMERIC',
      mode: 'NULLABLE',
      ...sizes,
    }
  }
  if (type.alias === 'JSON') return { name, type: 'JSON', mode: 'NULLABLE' }
  return { name, type: names[type.typeId] ?? 'STRING', mode: 'NULLABLE' }
}
