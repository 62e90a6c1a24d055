import type { ParsedNode } from 'yaml'
import type { Quote } from './scalar-text.ts'
import { isListNode, isMapNode, isScalarNode } from './syntax.ts'
import type { Syntax } from './syntax.ts'
import { childrenOf, entryColumn, isFlow, rootSlot } from './slots.ts'
import type { Slot } from './slots.ts'

/** How the document is written, for what is new in it. */
export type Style = {
  /** Columns from a map's entries to those of a map below it. */
  readonly step: number
  /** Columns from a map's entries to the dashes of a list below it. */
  readonly dash: number
  readonly quote: Quote
  /** `{ a: 1 }` rather than `{a: 1}`. */
  readonly padded: boolean
  /** The whole document is JSON: all keys and texts have quotes. */
  readonly json: boolean
}

/** A look at this many nodes tells the style of any document. */
const mostLooks = 400

export const styleOf = (syntax: Syntax): Style => {
  const votes: Votes = { steps: [], dashes: [], quotes: [], padded: [] }
  const queue: Look[] = [{ slot: () => rootSlot(syntax), column: null }]
  for (let looks = 0; looks < mostLooks && looks < queue.length; looks += 1) {
    const look = queue[looks]
    if (look) queue.push(...lookAt(syntax, look.slot(), look.column, votes))
  }
  return {
    step: mostFrequent(votes.steps) ?? 2,
    dash: mostFrequent(votes.dashes) ?? mostFrequent(votes.steps) ?? 2,
    quote: mostFrequent(votes.quotes) ?? 'double',
    padded: mostFrequent(votes.padded) ?? true,
    json: isJson(syntax),
  }
}

const isJson = ({ root }: Syntax): boolean =>
  isMapNode(root) && isFlow(root) && root.items.length > 0 && root.items.every(({ key }) => quoteOf(key) === 'double')

type Votes = { steps: number[]; dashes: number[]; quotes: Quote[]; padded: boolean[] }

type Look = { readonly slot: () => Slot; readonly column: number | null }

const lookAt = (syntax: Syntax, slot: Slot, above: number | null, votes: Votes): Look[] => {
  const { node } = slot
  const quote = quoteOf(node)
  if (quote) votes.quotes.push(quote)
  if (!isMapNode(node) && !isListNode(node)) return []
  if (isFlow(node)) {
    const inside = syntax.text[slot.body + 1]
    if (isMapNode(node) && node.items.length > 0 && inside !== '\r' && inside !== '\n')
      votes.padded.push(inside === ' ')
    return childrenOf(syntax, node).map((child) => ({ slot: child.slot, column: null }))
  }
  const column = entryColumn(syntax, node)
  if (above !== null && slot.holder === 'map') (isMapNode(node) ? votes.steps : votes.dashes).push(column - above)
  const inMap = isMapNode(node) ? column : null
  return childrenOf(syntax, node).map((child) => ({ slot: child.slot, column: inMap }))
}

export const quoteOf = (node: ParsedNode | null): Quote | null => {
  if (!isScalarNode(node)) return null
  if (node.type === 'QUOTE_SINGLE') return 'single'
  return node.type === 'QUOTE_DOUBLE' ? 'double' : null
}

const mostFrequent = <T>(votes: readonly T[]): T | null => {
  const counts = new Map<T, number>()
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null
}
