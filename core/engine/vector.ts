/**
 * A persistent array of fixed length: `set` copies two short chunks instead of the whole, so that a transition stays pure
 * and quick with ten thousand tasks.
 */
export type Vector<T> = { readonly length: number; readonly chunks: readonly (readonly (readonly T[])[])[] }

const bits = 5
const width = 1 << bits
const mask = width - 1

const split = <T>(items: readonly T[]): T[][] => {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += width) chunks.push(items.slice(start, start + width))
  return chunks
}

export const vectorOf = <T>(items: readonly T[]): Vector<T> => ({ length: items.length, chunks: split(split(items)) })

export const at = <T>(vector: Vector<T>, index: number): T => {
  const item = vector.chunks[index >> (2 * bits)]?.[(index >> bits) & mask]?.[index & mask]
  if (item === undefined) throw new RangeError(`There is no item ${index} of ${vector.length}`)
  return item
}

export const setAt = <T>(vector: Vector<T>, index: number, item: T): Vector<T> => {
  const [high, middle, low] = [index >> (2 * bits), (index >> bits) & mask, index & mask]
  const block = vector.chunks[high]
  const chunk = block?.[middle]
  if (!block || !chunk || index >= vector.length) throw new RangeError(`There is no item ${index} of ${vector.length}`)
  const chunks = vector.chunks.slice()
  const newBlock = block.slice()
  const newChunk = chunk.slice()
  newChunk[low] = item
  newBlock[middle] = newChunk
  chunks[high] = newBlock
  return { length: vector.length, chunks }
}

export function* each<T>(vector: Vector<T>): Generator<T> {
  for (const block of vector.chunks) for (const chunk of block) yield* chunk
}
