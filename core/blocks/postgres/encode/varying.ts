import { isThere, type Vector } from '#core/kinds/vectors.ts'
import { lengthBytes, nullField, type ColumnEncoder, type RowsInBuffer } from './column-encoder.ts'

/** Text, bytea, json, and jsonb (`version`, a byte before the text). */
export const textEncoder = (version: number | null = null): ColumnEncoder => {
  const before = version === null ? 0 : 1
  return {
    fixed: null,
    measure: (vector, sizes) => {
      const { validity, length } = vector
      const lengths = vector.texts().length
      for (let row = 0; row < length; row += 1) {
        const there = validity === null || isThere(validity, row)
        sizes[row] = (sizes[row] ?? 0) + lengthBytes + (there ? before + (lengths[row] ?? 0) : 0)
      }
    },
    write: (vector, rows) => writeTexts(vector, rows, version),
  }
}

/** Below so many bytes a loop is faster than a call that copies. */
const short = 24

const writeTexts = (vector: Vector, { bytes, view, places, from, to }: RowsInBuffer, version: number | null): void => {
  const { sources, source, start, length } = vector.texts()
  const { validity } = vector
  const before = version === null ? 0 : 1
  for (let row = from; row < to; row += 1) {
    let at = places[row] ?? 0
    if (validity !== null && !isThere(validity, row)) {
      view.setInt32(at, nullField)
      places[row] = at + lengthBytes
      continue
    }
    const count = length[row] ?? 0
    view.setInt32(at, before + count)
    at += lengthBytes
    if (version !== null) bytes[at++] = version
    const text = sources[source[row] ?? 0]
    const begin = start[row] ?? 0
    if (text !== undefined) copyBytes(text, begin, bytes, { at, count })
    places[row] = at + count
  }
}

const copyBytes = (
  from: Uint8Array,
  begin: number,
  into: Uint8Array,
  { at, count }: { at: number; count: number },
): void => {
  if (count > short) into.set(from.subarray(begin, begin + count), at)
  else for (let index = 0; index < count; index += 1) into[at + index] = from[begin + index] ?? 0
}

/** A buffer of fields that were made before the rows are laid out. */
export type Fields = {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView
  used: number
  /** Where the field of each value begins, and where the last one ends. */
  starts: Int32Array
}

const newFields = (): Fields => {
  const bytes = new Uint8Array(1 << 16)
  return { bytes, view: new DataView(bytes.buffer), used: 0, starts: new Int32Array(0) }
}

const beginFields = (fields: Fields, count: number): void => {
  fields.used = 0
  if (fields.starts.length < count + 1) fields.starts = new Int32Array(count + 1)
}

export const makeRoom = (fields: Fields, more: number): void => {
  if (fields.used + more <= fields.bytes.length) return
  const bytes = new Uint8Array(Math.max(fields.bytes.length * 2, fields.used + more))
  bytes.set(fields.bytes.subarray(0, fields.used))
  fields.bytes = bytes
  fields.view = new DataView(bytes.buffer)
}

/** Fields whose size shows only when they are made: `make` appends them all, and `write` copies them. */
export const madeBefore = (make: (vector: Vector, fields: Fields) => void): ColumnEncoder => {
  const fields = newFields()
  return {
    fixed: null,
    measure: (vector, sizes) => {
      beginFields(fields, vector.length)
      make(vector, fields)
      fields.starts[vector.length] = fields.used
      for (let row = 0; row < vector.length; row += 1) {
        sizes[row] = (sizes[row] ?? 0) + (fields.starts[row + 1] ?? 0) - (fields.starts[row] ?? 0)
      }
    },
    write: (_vector, { bytes, places, from, to }) => {
      for (let row = from; row < to; row += 1) {
        const at = places[row] ?? 0
        const begin = fields.starts[row] ?? 0
        const count = (fields.starts[row + 1] ?? 0) - begin
        copyBytes(fields.bytes, begin, bytes, { at, count })
        places[row] = at + count
      }
    },
  }
}

export const putNull = (fields: Fields): void => {
  makeRoom(fields, lengthBytes)
  fields.view.setInt32(fields.used, nullField)
  fields.used += lengthBytes
}
