import { isThere, type Vector } from '#core/kinds/vectors.ts'
import { DoesNotFit, lengthBytes, nullField, type ColumnEncoder } from './column-encoder.ts'
import { uint64s } from './plain.ts'
import { madeBefore, makeRoom, putNull, type Fields } from './varying.ts'

export type ItemEncoder = {
  readonly encoder: ColumnEncoder
  /** PostgreSQL's number of the item's type. */
  readonly oid: number
}

/** A list, or lists in lists, as an array: its sizes, then the items of all of them. */
export const arrays = ({ encoder, oid }: ItemEncoder, depth: number): ColumnEncoder =>
  madeBefore((vector, fields) => {
    const items = encodedItems(encoder, leavesOf(vector))
    for (let row = 0; row < vector.length; row += 1) {
      fields.starts[row] = fields.used
      if (isThere(vector.validity, row)) putArray(fields, { vector, row, depth, oid, items })
      else putNull(fields)
    }
  })

type Items = { readonly vector: Vector; readonly bytes: Uint8Array; readonly starts: Int32Array }

const leavesOf = (vector: Vector): Vector => (vector.items === null ? vector : leavesOf(vector.items))

/** All items once; each array then copies its part. */
const encodedItems = (encoder: ColumnEncoder, vector: Vector): Items => {
  const { length, validity } = vector
  const sizes = new Int32Array(length)
  if (encoder.fixed === null) encoder.measure(vector, sizes)
  else
    for (let index = 0; index < length; index += 1)
      sizes[index] = lengthBytes + (isThere(validity, index) ? encoder.fixed : 0)
  const starts = new Int32Array(length + 1)
  for (let index = 0; index < length; index += 1) starts[index + 1] = (starts[index] ?? 0) + (sizes[index] ?? 0)
  const bytes = new Uint8Array(starts[length] ?? 0)
  encoder.write(vector, { bytes, view: new DataView(bytes.buffer), places: starts.slice(), from: 0, to: length })
  return { vector, bytes, starts }
}

type ArrayField = { vector: Vector; row: number; depth: number; oid: number; items: Items }
type Part = { readonly from: number; readonly count: number }

const putArray = (fields: Fields, { vector, row, depth, oid, items }: ArrayField): void => {
  const parts: Part[] = []
  const sizes = collect(vector, row, { depth, parts, row })
  const count = sizes.reduce((product, size) => product * size, 1)
  const bytes = parts.reduce((sum, part) => sum + sizeOf(items, part), 0)
  const length = 12 + (count === 0 ? 0 : 8 * depth + bytes)
  makeRoom(fields, lengthBytes + length)
  const { view } = fields
  const put = (value: number) => {
    view.setInt32(fields.used, value)
    fields.used += 4
  }
  put(length)
  put(count === 0 ? 0 : depth)
  put(parts.some((part) => holdsNull(items, part)) ? 1 : 0)
  put(oid)
  if (count === 0) return
  for (const size of sizes) {
    put(size)
    put(1)
  }
  for (const part of parts) {
    const begin = items.starts[part.from] ?? 0
    fields.bytes.set(items.bytes.subarray(begin, begin + sizeOf(items, part)), fields.used)
    fields.used += sizeOf(items, part)
  }
}

const sizeOf = ({ starts }: Items, { from, count }: Part): number => (starts[from + count] ?? 0) - (starts[from] ?? 0)

const holdsNull = ({ bytes, starts }: Items, { from, count }: Part): boolean => {
  const view = new DataView(bytes.buffer)
  for (let index = from; index < from + count; index += 1) {
    if (view.getInt32(starts[index] ?? 0) === nullField) return true
  }
  return false
}

/** Sizes from the outermost to the innermost; PostgreSQL has no arrays whose rows differ in length. */
const collect = (list: Vector, index: number, within: { depth: number; parts: Part[]; row: number }): number[] => {
  const { depth, parts, row } = within
  const entries = uint64s(list)
  const from = Number(entries[2 * index] ?? 0n)
  const count = Number(entries[2 * index + 1] ?? 0n)
  if (depth === 1 || list.items === null) {
    parts.push({ from, count })
    return [count]
  }
  let inner: number[] | null = null
  for (let each = from; each < from + count; each += 1) {
    if (!isThere(list.items.validity, each)) throw ragged(row)
    const sizes = collect(list.items, each, { depth: depth - 1, parts, row })
    if (sizes.includes(0) || (inner && inner.some((size, place) => size !== sizes[place]))) throw ragged(row)
    inner = sizes
  }
  return [count, ...(inner ?? Array.from({ length: depth - 1 }, () => 0))]
}

const ragged = (row: number): DoesNotFit =>
  new DoesNotFit(
    row,
    'lists of different lengths (or empty or missing ones) in a list, which no array of PostgreSQL holds',
  )
