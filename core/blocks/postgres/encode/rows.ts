import { isThere, type VectorChunk } from '#core/kinds/vectors.ts'
import { DoesNotFit, lengthBytes, type ColumnEncoder } from './column-encoder.ts'

/** A frame of the protocol: its kind and its length go before the rows. */
export const frameHeader = 5

/** Large enough that a frame costs nothing, small enough that a chunk of huge rows is not made whole. */
const frameBytes = 1 << 20

/** Begins the data of a binary COPY: a signature, no flags, no extension. */
export const copyHeader = Buffer.from([
  ...Buffer.from('PGCOPY\n'), 0xff, ...Buffer.from('\r\n'), 0, 0, 0, 0, 0, 0, 0, 0, 0,
]) // prettier-ignore
/** Ends it. */
export const copyTrailer = Buffer.from([0xff, 0xff])

export type Frame = { readonly bytes: Buffer; readonly rows: number }

/** Cuts a chunk into frames. `buffer` gives one of at least so many bytes that may be written over. */
export type RowEncoder = (chunk: VectorChunk, buffer: (bytes: number) => Promise<Buffer>) => AsyncGenerator<Frame>

export const rowEncoder = (columns: readonly ColumnEncoder[]): RowEncoder => {
  const plain = 2 + columns.reduce((sum, { fixed }) => sum + (fixed === null ? 0 : lengthBytes + fixed), 0)
  let sizes = new Int32Array(0)
  let places = new Int32Array(0)

  const measure = (chunk: VectorChunk): void => {
    if (sizes.length < chunk.rows) {
      sizes = new Int32Array(chunk.rows)
      places = new Int32Array(chunk.rows)
    }
    sizes.fill(plain)
    eachColumn(chunk, (encoder, vector) => {
      if (encoder.fixed === null) encoder.measure(vector, sizes)
      else if (vector.validity !== null) lessForNulls(vector.validity, encoder.fixed, sizes, chunk.rows)
    })
  }

  const eachColumn = (
    chunk: VectorChunk,
    use: (encoder: ColumnEncoder, vector: VectorChunk['vectors'][number]) => void,
  ) =>
    columns.forEach((encoder, column) => {
      const vector = chunk.vectors[column]
      if (!vector) throw new Error('A chunk has a vector for each column.')
      try {
        use(encoder, vector)
      } catch (error) {
        throw error instanceof DoesNotFit ? new ValueDoesNotFit(error, column) : error
      }
    })

  return async function* (chunk, buffer) {
    measure(chunk)
    for (let from = 0; from < chunk.rows;) {
      let end = frameHeader
      let to = from
      for (; to < chunk.rows && (to === from || end + (sizes[to] ?? 0) <= frameBytes); to += 1) {
        places[to] = end
        end += sizes[to] ?? 0
      }
      const bytes = await buffer(end)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let row = from; row < to; row += 1) {
        const at = places[row] ?? 0
        view.setInt16(at, columns.length)
        places[row] = at + 2
      }
      const rows = { bytes, view, places, from, to }
      eachColumn(chunk, (encoder, vector) => encoder.write(vector, rows))
      yield { bytes: bytes.subarray(0, end), rows: to - from }
      from = to
    }
  }
}

/** With the column; `index` is the row of the chunk. */
export class ValueDoesNotFit extends DoesNotFit {
  readonly column: number

  constructor({ index, what }: DoesNotFit, column: number) {
    super(index, what)
    this.column = column
  }
}

const lessForNulls = (validity: Uint8Array, fixed: number, sizes: Int32Array, rows: number): void => {
  for (let row = 0; row < rows; row += 1) if (!isThere(validity, row)) sizes[row] = (sizes[row] ?? 0) - fixed
}
