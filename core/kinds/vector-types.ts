import type { PlainKind, VectorType } from './vectors.ts'
import { Refused } from '#core/model/failure.ts'

const kinds: Readonly<Record<string, PlainKind>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'int8',
  SMALLINT: 'int16',
  INTEGER: 'int32',
  BIGINT: 'int64',
  HUGEINT: 'int128',
  UTINYINT: 'uint8',
  USMALLINT: 'uint16',
  UINTEGER: 'uint32',
  UBIGINT: 'uint64',
  UHUGEINT: 'uint128',
  FLOAT: 'float',
  DOUBLE: 'double',
  DATE: 'date',
  TIME: 'time',
  'TIME WITH TIME ZONE': 'timetz',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp_s',
  TIMESTAMP_MS: 'timestamp_ms',
  TIMESTAMP_NS: 'timestamp_ns',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  INTERVAL: 'interval',
  UUID: 'uuid',
  VARCHAR: 'text',
  JSON: 'text',
  BLOB: 'blob',
}

/** From DuckDB's name of the type. */
export const vectorTypeOf = (column: string, type: string): VectorType => {
  if (type.endsWith('[]')) return { kind: 'list', item: vectorTypeOf(column, type.slice(0, -2)) }
  const kind = kinds[type]
  if (kind !== undefined) return { kind }
  const [, width, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? []
  if (width !== undefined && scale !== undefined) {
    return { kind: 'decimal', width: Number(width), scale: Number(scale) }
  }
  throw new Refused({
    code: 'invalid',
    message: `Column “${column}” is ${type}, which cannot be handed over as it is. Convert it (table.select), for example to VARCHAR.`,
  })
}
