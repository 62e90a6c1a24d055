import { isThere, type Vector } from '#core/kinds/vectors.ts'
import { lengthBytes, noMeasure, nullField, type ColumnEncoder } from './column-encoder.ts'

/** Puts value `index` of the vector into the buffer. */
type Put = (view: DataView, at: number, index: number) => void

/** Fields of one size. The loops of the most frequent types stand alone below: a call for each value would cost as much as all else. */
export const fixedEncoder = (bytes: number, putOf: (vector: Vector) => Put): ColumnEncoder => ({
  fixed: bytes,
  measure: noMeasure,
  write: (vector, { view, places, from, to }) => {
    const put = putOf(vector)
    const { validity } = vector
    for (let row = from; row < to; row += 1) {
      const at = places[row] ?? 0
      if (isThere(validity, row)) {
        view.setInt32(at, bytes)
        put(view, at + lengthBytes, row)
        places[row] = at + lengthBytes + bytes
      } else {
        view.setInt32(at, nullField)
        places[row] = at + lengthBytes
      }
    }
  },
})

const wordsOf = ({ data }: Vector): Int32Array => new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2)

/** INTEGER as int4, FLOAT as float4. */
export const fourBytes: ColumnEncoder = {
  fixed: 4,
  measure: noMeasure,
  write: (vector, { view, places, from, to }) => {
    const words = wordsOf(vector)
    const { validity } = vector
    for (let row = from; row < to; row += 1) {
      const at = places[row] ?? 0
      if (validity === null || isThere(validity, row)) {
        view.setInt32(at, 4)
        view.setInt32(at + 4, words[row] ?? 0)
        places[row] = at + 8
      } else {
        view.setInt32(at, nullField)
        places[row] = at + 4
      }
    }
  },
}

/** BIGINT and TIME as int8, DOUBLE as float8. */
export const eightBytes: ColumnEncoder = {
  fixed: 8,
  measure: noMeasure,
  write: (vector, { view, places, from, to }) => {
    const words = wordsOf(vector)
    const { validity } = vector
    for (let row = from; row < to; row += 1) {
      const at = places[row] ?? 0
      if (validity === null || isThere(validity, row)) {
        view.setInt32(at, 8)
        view.setInt32(at + 4, words[2 * row + 1] ?? 0)
        view.setInt32(at + 8, words[2 * row] ?? 0)
        places[row] = at + 12
      } else {
        view.setInt32(at, nullField)
        places[row] = at + 4
      }
    }
  },
}

/** Microseconds from 1970 to 2000, where PostgreSQL begins to count. */
const epoch = 946_684_800_000_000n
const epochLow = Number(epoch & 0xffff_ffffn)
const epochHigh = Number(epoch >> 32n)
const greatest = 0x7fff_ffff
const least = -0x8000_0000

/** Microseconds; both ends are infinite, and DuckDB's least is one more than PostgreSQL's. */
export const timestamps: ColumnEncoder = {
  fixed: 8,
  measure: noMeasure,
  write: (vector, rows) => {
    const words = wordsOf(vector)
    const { view, places } = rows
    const { validity } = vector
    for (let row = rows.from; row < rows.to; row += 1) {
      const at = places[row] ?? 0
      if (validity === null || isThere(validity, row)) {
        putTimestamp(view, at, { high: words[2 * row + 1] ?? 0, low: (words[2 * row] ?? 0) >>> 0 })
        places[row] = at + 12
      } else {
        view.setInt32(at, nullField)
        places[row] = at + 4
      }
    }
  },
}

const putTimestamp = (view: DataView, at: number, { high, low }: { high: number; low: number }): void => {
  view.setInt32(at, 8)
  if (high === greatest && low === 0xffff_ffff) {
    view.setInt32(at + 4, greatest)
    view.setInt32(at + 8, -1)
  } else if (high === least && low === 1) {
    view.setInt32(at + 4, least)
    view.setInt32(at + 8, 0)
  } else {
    const borrow = low < epochLow ? 1 : 0
    view.setInt32(at + 4, high - epochHigh - borrow)
    view.setInt32(at + 8, low - epochLow)
  }
}
