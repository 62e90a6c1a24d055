import type { Vector } from '#core/kinds/vectors.ts'

/** Part of a chunk as PostgreSQL's binary COPY takes it: rows one after the other, in one buffer. */
export type RowsInBuffer = {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** For each row of the chunk, where its next field goes. */
  readonly places: Int32Array
  /** Rows of the chunk: the first, and the one after the last. */
  readonly from: number
  readonly to: number
}

/**
 * Writes one column of many rows: a field is its length (4 bytes, -1 for null) and the value, big-endian. Columns are
 * written one after the other, so that each loop sees one type.
 */
export type ColumnEncoder = {
  /** Bytes of a value where all have the same, else null. */
  readonly fixed: number | null
  /** Only where `fixed` is null: adds the bytes of each field to its row. */
  measure(vector: Vector, sizes: Int32Array): void
  /** Moves each place to the end of what it wrote. */
  write(vector: Vector, rows: RowsInBuffer): void
}

export const lengthBytes = 4
export const nullField = -1

/** A value that the target's type does not hold. `index` is its place in the vector. */
export class DoesNotFit extends Error {
  readonly index: number
  readonly what: string

  constructor(index: number, what: string) {
    super(what)
    this.index = index
    this.what = what
  }
}

export const noMeasure = (): void => undefined
