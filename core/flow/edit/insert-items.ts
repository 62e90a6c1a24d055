import type { ParsedNode } from 'yaml'
import { childAt, openEndOf } from './block-scalars.ts'
import type { CollectionText, Extent } from './collection-text.ts'
import { collectionText, isSetApart } from './collection-text.ts'
import type { Content, ContentEntry } from './content.ts'
import { linesBelow, mayEndInLiteral, replaceInSlot } from './replace.ts'
import type { FlowText } from './sharing.ts'
import type { Slot } from './slots.ts'
import type { Change } from './splices.ts'
import { insertion } from './splices.ts'
import { quoteOf } from './style.ts'
import type { ListNode, MapNode } from './syntax.ts'
import { isListNode, isMapNode, lineBreakAt, lineStart } from './syntax.ts'
import type { Surroundings } from './write.ts'
import { entryInFlow, entryLines, itemLines, layoutOf } from './write.ts'

export type Insert = {
  readonly slot: Slot
  /** New entries of a map or items of a list, one at least. */
  readonly content: Extract<Content, { kind: 'map' | 'list' }>
  /** Between which neighbours: after the one with this index, -1 for the beginning. */
  readonly after: number
  /** Directly before the next one, below any comments that are not about it; otherwise directly after the one before. */
  readonly hugsNext?: boolean
  /** Like the new values. */
  readonly models: readonly ParsedNode[]
  /** Like the collection itself. */
  readonly holderModels: readonly ParsedNode[]
  readonly keepsAnchor: boolean
}

export const insertItems = (flow: FlowText, insert: Insert): Change[] => {
  const { slot } = insert
  const { node } = slot
  if ((isMapNode(node) || isListNode(node)) && node.items.length > 0) return insertBeside(flow, insert, node)
  const inside = slot.token ? flow.text.slice(slot.body + 1, slot.end - 1) : ''
  if (inside.trim() === '') return replaceInSlot(flow, { ...insert, models: insert.holderModels })
  const around = surroundingsOf(flow, insert, slot.end)
  return [insertion(slot.body + 1, ` ${piecesInFlow(insert.content, around).join(', ')}`)]
}

const insertBeside = (flow: FlowText, insert: Insert, node: MapNode | ListNode): Change[] => {
  const collection = collectionText(flow, insert.slot, node)
  if (!collection.flow) return insertInBlock(flow, insert, collection)
  const changes = insertInFlow(flow, insert, collection)
  const { body, end } = insert.slot
  // A pair within brackets, `[a: 1]`, has no braces of its own.
  return collection.extent(0)?.start === body ? [insertion(body, '{ '), ...changes, insertion(end, ' }')] : changes
}

const surroundingsOf = (flow: FlowText, { slot, content, models }: Insert, end: number, column = 0): Surroundings => {
  const style = flow.style()
  return {
    flow: slot.flow,
    holder: content.kind,
    indent: column,
    literal: mayEndInLiteral(flow.text, end, column),
    models,
    always: style.json ? 'double' : commonQuote(slot.node, content),
    style,
  }
}

/** The quotes that every text of a list has. */
const commonQuote = (node: ParsedNode | null, content: Content) => {
  if (!isListNode(node) || content.kind !== 'list' || content.items.some(({ kind }) => kind !== 'scalar')) return null
  const quotes = new Set(node.items.map(quoteOf))
  return quotes.size === 1 ? ([...quotes][0] ?? null) : null
}

const insertInBlock = (flow: FlowText, insert: Insert, collection: CollectionText): Change[] => {
  const { text } = flow
  const { column, extent } = collection
  const before = extent(insert.after)
  const next = extent(insert.after + 1)
  const end = before?.lineEnd ?? next?.lead ?? 0
  const isBeforeNext = next && (!before || insert.hugsNext === true)
  const around = surroundingsOf(flow, insert, isBeforeNext ? next.lead : end, column)
  const blocks = linesOf(insert.content, column, isBeforeNext ? { ...around, literal: true } : around)
  const lineBreak = lineBreakAt(text, isBeforeNext ? next.lead : end)
  const neighbour = insert.slot.node ? childAt(insert.slot.node, insert.after) : null
  const gap = isSetApart(text, collection) && !openEndOf(neighbour, column)?.keeps ? [''] : []
  if (!isBeforeNext)
    return [
      insertion(
        end,
        linesBelow(
          blocks.flatMap((lines) => [...gap, ...lines]),
          lineBreak,
        ),
      ),
    ]
  const inserted = blocks.flatMap((lines) => [...lines, ...gap]).map((line) => line + lineBreak)
  if (next.startsLine) return [insertion(next.lead, inserted.join(''))]
  return [insertion(next.start, inserted.join('').trimStart() + ' '.repeat(column))]
}

const linesOf = (content: Insert['content'], column: number, around: Surroundings): string[][] =>
  content.kind === 'map'
    ? content.entries.map((entry) => entryLines(entry, column, around))
    : content.items.map((item) => itemLines(item, column, around))

const piecesInFlow = (content: Insert['content'], around: Surroundings): string[] => {
  const inFlow: Surroundings = { ...around, flow: true, holder: 'map' }
  const fromEntry = (entry: ContentEntry) => entryInFlow(entry, inFlow)
  return content.kind === 'map'
    ? content.entries.map(fromEntry)
    : content.items.map((item) => layoutOf(item, inFlow).head)
}

const insertInFlow = (flow: FlowText, insert: Insert, { extent }: CollectionText): Change[] => {
  const before = extent(insert.after)
  const next = extent(insert.after + 1)
  const around = surroundingsOf(flow, insert, insert.slot.end)
  const pieces = piecesInFlow(insert.content, around)
  const lineBreak = lineBreakAt(flow.text, insert.slot.body)
  if (before) return afterInFlow(flow.text, before, pieces, lineBreak)
  if (!next) return []
  if (!next.ownLines) return [insertion(next.start, pieces.map((piece) => `${piece}, `).join(''))]
  const padding = paddingOf(flow.text, next)
  return [insertion(next.lead, pieces.map((piece) => `${padding}${piece},${lineBreak}`).join(''))]
}

const paddingOf = (text: string, { start }: Extent): string => text.slice(lineStart(text, start), start)

const afterInFlow = (text: string, before: Extent, pieces: readonly string[], lineBreak: string): Change[] => {
  const { end, commaAfter, lineEnd, ownLines } = before
  const isCommaOnLine = commaAfter !== null && commaAfter < lineEnd
  if (!ownLines || (commaAfter !== null && !isCommaOnLine)) {
    return [insertion(end, pieces.map((piece) => `, ${piece}`).join(''))]
  }
  const padding = paddingOf(text, before)
  const lines = pieces.map((piece) => `${lineBreak}${padding}${piece}`).join(',')
  return isCommaOnLine ? [insertion(lineEnd, `${lines},`)] : [insertion(end, ','), insertion(lineEnd, lines)]
}
