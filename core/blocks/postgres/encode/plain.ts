import type { Vector } from '#core/kinds/vectors.ts'
import { DoesNotFit, type ColumnEncoder } from './column-encoder.ts'
import { fixedEncoder } from './fixed.ts'

const over = <A>(make: new (buffer: ArrayBufferLike, offset: number, length: number) => A, bytes: number) => {
  return ({ data }: Vector): A => new make(data.buffer, data.byteOffset, Math.floor(data.byteLength / bytes))
}

export const int8s = over(Int8Array, 1)
export const int16s = over(Int16Array, 2)
export const int32s = over(Int32Array, 4)
export const int64s = over(BigInt64Array, 8)
export const uint8s = over(Uint8Array, 1)
export const uint16s = over(Uint16Array, 2)
export const uint32s = over(Uint32Array, 4)
export const uint64s = over(BigUint64Array, 8)
const floats = over(Float32Array, 4)

export const booleans: ColumnEncoder = fixedEncoder(1, (vector) => {
  const values = uint8s(vector)
  return (view, at, index) => view.setUint8(at, values[index] ?? 0)
})

export const floatAsDouble: ColumnEncoder = fixedEncoder(8, (vector) => {
  const values = floats(vector)
  return (view, at, index) => view.setFloat64(at, values[index] ?? 0)
})

/** Days from 1970 to 2000. */
const epochDays = 10_957
const greatest = 0x7fff_ffff

export const dates: ColumnEncoder = fixedEncoder(4, (vector) => {
  const days = int32s(vector)
  return (view, at, index) => {
    const day = days[index] ?? 0
    if (day === greatest) view.setInt32(at, greatest)
    else if (day === -greatest) view.setInt32(at, -greatest - 1)
    else view.setInt32(at, day - epochDays)
  }
})

const epoch = 946_684_800_000_000n
const infinity = 2n ** 63n - 1n

/** TIMESTAMP_S and TIMESTAMP_MS, which PostgreSQL keeps as microseconds. */
export const coarseTimestamps = (microseconds: bigint): ColumnEncoder =>
  fixedEncoder(8, (vector) => {
    const values = int64s(vector)
    return (view, at, index) => {
      const value = values[index] ?? 0n
      view.setBigInt64(at, endless(value) ?? value * microseconds - epoch)
    }
  })

export const fineTimestamps: ColumnEncoder = fixedEncoder(8, (vector) => {
  const values = int64s(vector)
  return (view, at, index) => {
    const value = values[index] ?? 0n
    const ends = endless(value)
    if (ends === null && value % 1000n !== 0n) {
      throw new DoesNotFit(index, 'a time with nanoseconds, of which PostgreSQL keeps only microseconds')
    }
    view.setBigInt64(at, ends ?? value / 1000n - epoch)
  }
})

const endless = (value: bigint): bigint | null => {
  if (value === infinity) return infinity
  return value === -infinity ? -infinity - 1n : null
}

/** DuckDB packs microseconds and the offset into 8 bytes; PostgreSQL counts the offset westwards. */
const greatestOffset = 16 * 3600 - 1

export const timesWithZone: ColumnEncoder = fixedEncoder(12, (vector) => {
  const values = uint64s(vector)
  return (view, at, index) => {
    const packed = values[index] ?? 0n
    view.setBigInt64(at, packed >> 24n)
    view.setInt32(at + 8, Number(packed & 0xff_ffffn) - greatestOffset)
  }
})

export const intervals: ColumnEncoder = fixedEncoder(16, (vector) => {
  const words = int32s(vector)
  return (view, at, index) => {
    view.setInt32(at, words[index * 4 + 3] ?? 0)
    view.setInt32(at + 4, words[index * 4 + 2] ?? 0)
    view.setInt32(at + 8, words[index * 4 + 1] ?? 0)
    view.setInt32(at + 12, words[index * 4] ?? 0)
  }
})

/** DuckDB turns the highest bit over, so that they sort as numbers. */
export const uuids: ColumnEncoder = fixedEncoder(16, (vector) => {
  const words = int32s(vector)
  return (view, at, index) => {
    view.setInt32(at, (words[index * 4 + 3] ?? 0) ^ 0x8000_0000)
    view.setInt32(at + 4, words[index * 4 + 2] ?? 0)
    view.setInt32(at + 8, words[index * 4 + 1] ?? 0)
    view.setInt32(at + 12, words[index * 4] ?? 0)
  }
})
