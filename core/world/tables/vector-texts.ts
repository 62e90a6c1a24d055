import duckdb from '@duckdb/node-bindings'
import { isThere, type Texts, type Vector } from '#core/kinds/vectors.ts'

/** A text of up to so many bytes stands in the vector itself; of a longer one, its address. */
const within = 12
const entry = 16

/** Reading up to the next page's begin touches no memory beside that of the texts on both sides. */
const smallestPage = 4096

export const textsOf = ({ data, validity, length: count }: Omit<Vector, 'texts'>): Texts => {
  const source = new Int32Array(count)
  const start = new Int32Array(count)
  const length = new Int32Array(count)
  const lengths = new Int32Array(data.buffer, data.byteOffset, count * 4)
  const outside: number[] = []
  for (let index = 0; index < count; index += 1) {
    if (!isThere(validity, index)) continue
    const bytes = lengths[index * 4] ?? 0
    length[index] = bytes
    start[index] = index * entry + 4
    if (bytes > within) outside.push(index)
  }
  const sources = [data]
  if (outside.length > 0) locate(data, outside, { sources, source, start, length })
  return { sources, source, start, length }
}

/**
 * Asking for each text's memory alone costs more than all else. Texts of a vector mostly lie side by side, so those with
 * less than a page between them are asked for together: every page between is one that holds a part of them.
 */
const locate = (data: Uint8Array, outside: readonly number[], texts: Texts & { sources: Uint8Array[] }): void => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const addressOf = (index: number) =>
    view.getUint32(index * entry + 8, true) + view.getUint32(index * entry + 12, true) * 2 ** 32
  const addresses = Float64Array.from(outside, addressOf)
  const order = inOrder(addresses)
  const addressAt = (place: number) => addresses[order[place] ?? 0] ?? 0
  const textAt = (place: number) => outside[order[place] ?? 0] ?? 0
  const endAt = (place: number) => addressAt(place) + (texts.length[textAt(place)] ?? 0)
  for (let first = 0; first < order.length;) {
    const begin = addressAt(first)
    let end = endAt(first)
    let last = first + 1
    for (; last < order.length && addressAt(last) < end + smallestPage && fits(begin, endAt(last)); last += 1) {
      end = Math.max(end, endAt(last))
    }
    const number = texts.sources.push(read(data, textAt(first), end - begin)) - 1
    for (let place = first; place < last; place += 1) {
      texts.source[textAt(place)] = number
      texts.start[textAt(place)] = addressAt(place) - begin
    }
    first = last
  }
}

const fits = (begin: number, end: number): boolean => end - begin < 2 ** 31 - 1

const inOrder = (addresses: Float64Array): Int32Array | Uint32Array => {
  const order = Uint32Array.from(addresses.keys())
  for (let place = 1; place < addresses.length; place += 1) {
    if ((addresses[place] ?? 0) < (addresses[place - 1] ?? 0)) {
      return order.toSorted((one, other) => (addresses[one] ?? 0) - (addresses[other] ?? 0))
    }
  }
  return order
}

/** Memory from the address that the text at `index` has. */
const read = (data: Uint8Array, index: number, bytes: number): Uint8Array =>
  duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + index * entry + 8, bytes)
