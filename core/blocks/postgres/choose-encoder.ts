import { widthOf, type VectorType } from '#core/kinds/vectors.ts'
import { arrays } from './encode/arrays.ts'
import type { ColumnEncoder } from './encode/column-encoder.ts'
import { eightBytes, fourBytes, timestamps } from './encode/fixed.ts'
import { numerics } from './encode/numeric.ts'
import {
  booleans, coarseTimestamps, dates, fineTimestamps, floatAsDouble, intervals, timesWithZone, uuids,
} from './encode/plain.ts' // prettier-ignore
import { textEncoder } from './encode/varying.ts'
import { wholeNumbers, type WholeBytes } from './encode/whole-numbers.ts'

/** PostgreSQL's numbers of its own types; they never change. */
export const oids = {
  bool: 16, bytea: 17, char: 18, int8: 20, int2: 21, int4: 23, text: 25, oid: 26, json: 114, float4: 700, float8: 701, bpchar: 1042,
  varchar: 1043, date: 1082, time: 1083, timestamp: 1114, timestamptz: 1184, interval: 1186, timetz: 1266, numeric: 1700, uuid: 2950,
  jsonb: 3802, name: 19,
} as const // prettier-ignore

export type TargetType = {
  readonly oid: number
  readonly itemOid: number
  readonly modifier: number
  readonly kind: string
}

const texts: ReadonlySet<number> = new Set([oids.text, oids.varchar, oids.bpchar, oids.json])
const whole: Readonly<Record<number, WholeBytes>> = { [oids.int2]: 2, [oids.int4]: 4, [oids.int8]: 8 }

/** How values of a type go into a column, or null when it does not take them all as they are (or say which it does not). */
export const encoderFor = (type: VectorType, target: TargetType): ColumnEncoder | null => {
  if (type.kind === 'list') return arrayEncoder(type, target)
  if (isWhole(type)) return wholeEncoder(type, target)
  if (type.kind === 'decimal') return decimalEncoder(type, target)
  const [encoder, oid] = plain[type.kind] ?? []
  if (encoder && oid === target.oid) return hasFewerDigits(target) ? null : encoder
  if (type.kind === 'float' && target.oid === oids.float8) return floatAsDouble
  if (type.kind !== 'text') return null
  if (target.oid === oids.jsonb) return textEncoder(1)
  return texts.has(target.oid) || target.kind === 'e' ? textEncoder() : null
}

type Plain = readonly [ColumnEncoder, number]

const plain: Readonly<Partial<Record<VectorType['kind'], Plain>>> = {
  boolean: [booleans, oids.bool],
  float: [fourBytes, oids.float4],
  double: [eightBytes, oids.float8],
  date: [dates, oids.date],
  time: [eightBytes, oids.time],
  timetz: [timesWithZone, oids.timetz],
  timestamp: [timestamps, oids.timestamp],
  timestamp_s: [coarseTimestamps(1_000_000n), oids.timestamp],
  timestamp_ms: [coarseTimestamps(1000n), oids.timestamp],
  timestamp_ns: [fineTimestamps, oids.timestamp],
  timestamptz: [timestamps, oids.timestamptz],
  interval: [intervals, oids.interval],
  uuid: [uuids, oids.uuid],
  blob: [textEncoder(), oids.bytea],
}

const timed: ReadonlySet<number> = new Set([oids.time, oids.timetz, oids.timestamp, oids.timestamptz, oids.interval])

/** `timestamp(3)` would round in silence. An interval's modifier also holds its fields. */
const hasFewerDigits = ({ oid, modifier }: TargetType): boolean => {
  if (!timed.has(oid) || modifier === -1) return false
  return oid === oids.interval ? modifier !== 0x7fff_ffff : modifier < 6
}

const isWhole = ({ kind }: VectorType): boolean => /^u?int\d+$/.test(kind)

const wholeEncoder = (type: VectorType, target: TargetType): ColumnEncoder | null => {
  const bytes = widthOf(type)
  const size = whole[target.oid]
  if (size !== undefined) return wholeNumbers(type, bytes, size)
  return target.oid === oids.numeric && scaleOf(target) >= 0 ? numerics(type, bytes) : null
}

const decimalEncoder = (type: VectorType & { kind: 'decimal' }, target: TargetType): ColumnEncoder | null => {
  const bytes = widthOf(type)
  if (target.oid === oids.numeric) return scaleOf(target) >= type.scale ? numerics(type, bytes) : null
  const size = whole[target.oid]
  return size !== undefined && type.scale === 0 ? wholeNumbers(type, bytes, size) : null
}

/** Digits after the point; a numeric without sizes keeps all. */
const scaleOf = ({ modifier }: TargetType): number => {
  if (modifier === -1) return Infinity
  // Eleven bits with a sign.
  return (((modifier - 4) & 0x7ff) ^ 1024) - 1024
}

const arrayEncoder = (type: VectorType, target: TargetType): ColumnEncoder | null => {
  let item = type
  let depth = 0
  for (; item.kind === 'list'; depth += 1) item = item.item
  if (target.itemOid === 0) return null
  const encoder = encoderFor(item, { oid: target.itemOid, itemOid: 0, modifier: target.modifier, kind: 'b' })
  return encoder && arrays({ encoder, oid: target.itemOid }, depth)
}
