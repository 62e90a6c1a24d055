/**
 * Finds many words in a text at once by a shift table (Wu and Manber): three characters of the text tell how far the next
 * word can be at the nearest, so most characters are never looked at.
 */
export type PatternSet = {
  /** At least three characters. Of a word that is cut off in the text at least so many of its first ones are found. */
  add(word: string, least: number): void
  /** Start and end of every occurrence, overlapping ones joined, in order. */
  find(text: string): readonly Span[]
  /** Where the longest end of the text begins that is the beginning of a word, or the text's length. */
  openEnd(text: string, shortest: number): number
}

type Word = { readonly text: string; readonly least: number }

export type Span = { start: number; end: number }

const blockSize = 3
const tableSize = 1 << 16
const longestWindow = 255

export const createPatternSet = (): PatternSet => {
  const words: Word[] = []
  let index = indexOf(words)
  const longestAt = (text: string, start: number, block: number): number => {
    let longest = 0
    for (const { text: word, least } of index.byLastBlock.get(block) ?? []) {
      if (word.length <= longest) continue
      const length = commonLength(text, start, word)
      if (length > longest && length >= least) longest = length
    }
    return longest
  }
  return {
    add: (text, least) => {
      const word = { text, least: Math.min(least, text.length) }
      words.push(word)
      if (word.least < index.window) index = indexOf(words)
      else enter(index, word)
    },
    find: (text) => {
      if (words.length === 0) return []
      let spans: Span[] | null = null
      const { shifts, window } = index
      for (let at = 0; at <= text.length - window;) {
        const block = blockAt(text, at + window - blockSize)
        const shift = shifts[block] ?? 0
        if (shift === 0) {
          const length = longestAt(text, at, block)
          if (length > 0) joinSpans((spans ??= []), at, at + length)
        }
        at += shift || 1
      }
      return spans ?? []
    },
    openEnd: (text, shortest) => {
      const last = text.length - Math.max(shortest, blockSize)
      for (let at = Math.max(0, text.length - index.longest + 1); at <= last; at += 1) {
        const candidates = index.byFirstBlock.get(blockAt(text, at))
        if (!candidates) continue
        const end = text.slice(at)
        if (candidates.some((word) => word.length > end.length && word.startsWith(end))) return at
      }
      return text.length
    },
  }
}

type Index = {
  /** By block: how far the window may move when this block is its last. */
  readonly shifts: Uint8Array
  /** The least that must be there of any word. */
  readonly window: number
  longest: number
  readonly byLastBlock: Map<number, Word[]>
  readonly byFirstBlock: Map<number, string[]>
}

/** How much of the word stands in the text at this place. */
const commonLength = (text: string, start: number, word: string): number => {
  const longest = Math.min(word.length, text.length - start)
  let length = 0
  while (length < longest && text.charCodeAt(start + length) === word.charCodeAt(length)) length += 1
  return length
}

const indexOf = (words: readonly Word[]): Index => {
  const window = words.reduce((shortest, { least }) => Math.min(shortest, least), longestWindow)
  const shifts = new Uint8Array(tableSize).fill(window - blockSize + 1)
  const index: Index = { shifts, window, longest: 0, byLastBlock: new Map(), byFirstBlock: new Map() }
  for (const word of words) enter(index, word)
  return index
}

const enter = (index: Index, entry: Word): void => {
  const { text: word } = entry
  const lastBlock = index.window - blockSize
  index.longest = Math.max(index.longest, word.length)
  for (let at = 0; at <= lastBlock; at += 1) {
    const block = blockAt(word, at)
    index.shifts[block] = Math.min(index.shifts[block] ?? 0, lastBlock - at)
  }
  push(index.byLastBlock, blockAt(word, lastBlock), entry)
  push(index.byFirstBlock, blockAt(word, 0), word)
}

const blockAt = (text: string, at: number): number =>
  (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5) ^ (text.charCodeAt(at + 2) << 10)) & (tableSize - 1)

const push = <T>(lists: Map<number, T[]>, key: number, word: T): void => {
  const list = lists.get(key)
  if (list) list.push(word)
  else lists.set(key, [word])
}

/** The last span grows where the new one overlaps or follows it at once. */
export const joinSpans = (spans: Span[], start: number, end: number): void => {
  const last = spans.at(-1)
  if (last && start <= last.end) last.end = Math.max(last.end, end)
  else spans.push({ start, end })
}
