import { endWithComments } from './replace.ts'
import type { Slot } from './slots.ts'
import { endOfItem, entryColumn, isFlow, itemToken, startOfItem, tokenOf } from './slots.ts'
import type { ItemToken, ListNode, MapNode, Syntax } from './syntax.ts'
import { lineEnd, lineStart, startsLine } from './syntax.ts'

/** One entry or item of a collection, with the text that belongs to it. */
export type Extent = {
  readonly start: number
  readonly end: number
  /** Nothing but spaces stands before it on its line. */
  readonly startsLine: boolean
  /** `start`, or the start of the first line of the comment directly above. Belongs to it when it starts its line. */
  readonly lead: number
  /** `end`, past a comma and a comment on its last line, and deeper comments below. */
  readonly lineEnd: number
  /** In flow style: it and its comma have their lines for themselves. */
  readonly ownLines: boolean
  readonly commaAfter: number | null
  readonly commaBefore: number | null
}

export type CollectionText = {
  readonly slot: Slot
  readonly node: MapNode | ListNode
  readonly flow: boolean
  /** Of the entries of a block collection. */
  readonly column: number
  readonly count: number
  extent(index: number): Extent | undefined
}

export const collectionText = (syntax: Syntax, slot: Slot, node: MapNode | ListNode): CollectionText => {
  const flow = isFlow(node)
  const column = entryColumn(syntax, node)
  const token = tokenOf(node)
  const trailing = token?.type === 'flow-collection' ? token.items[node.items.length] : undefined
  const commaOf = (index: number): number | null => {
    const item = index < node.items.length ? itemToken(node, index) : trailing
    return item?.start.find(({ type }) => type === 'comma')?.offset ?? null
  }
  const extent = (index: number): Extent | undefined => {
    if (index < 0 || index >= node.items.length) return undefined
    const floor = index === 0 ? slot.after : endOfItem(itemToken(node, index - 1))
    const around = { flow, column, floor, commaBefore: commaOf(index), commaAfter: commaOf(index + 1) }
    return extentOf(syntax.text, itemToken(node, index), around)
  }
  return { slot, node, flow, column, count: node.items.length, extent }
}

export const everyExtent = ({ count, extent }: CollectionText): Extent[] =>
  Array.from({ length: count }, (_, index) => extent(index)).filter((each) => each !== undefined)

type Around = {
  readonly flow: boolean
  readonly column: number
  /** The end of what comes before. */
  readonly floor: number
  readonly commaBefore: number | null
  readonly commaAfter: number | null
}

const extentOf = (text: string, item: ItemToken, around: Around): Extent => {
  const { flow, column, floor, commaBefore, commaAfter } = around
  const start = startOfItem(item)
  const end = endOfItem(item)
  const rest = text.slice(end, lineEnd(text, end))
  const isFirstOnLine = startsLine(text, start)
  const level = flow ? start - lineStart(text, start) : column
  return {
    start,
    end,
    startsLine: isFirstOnLine,
    lead: isFirstOnLine ? leadOf(text, start, level, floor) : start,
    lineEnd: flow ? lineEnd(text, end) : endWithComments(text, end, column),
    ownLines: isFirstOnLine && floor < lineStart(text, start) && /^[ \t]*,?[ \t]*(?:#.*)?$/.test(rest),
    commaBefore,
    commaAfter,
  }
}

/** Comment lines directly above, as deep as the entry itself, are about it; at the top of the text they are about the whole. */
const leadOf = (text: string, start: number, column: number, floor: number): number => {
  let lead = lineStart(text, start)
  while (lead > floor && lead > 0) {
    const above = lineStart(text, lead - 1)
    const line = text.slice(above, lead - 1)
    const comment = /^([ \t]*)#/.exec(line)
    if (above < floor || comment?.[1]?.length !== column) break
    lead = above
  }
  return lead <= 1 ? lineStart(text, start) : lead
}

/** So many gaps tell whether all are blank lines. */
const mostGaps = 20

export const isSetApart = (text: string, { count, extent, flow }: CollectionText): boolean => {
  if (flow || count < 2) return false
  const gaps = Array.from({ length: Math.min(count - 1, mostGaps) }, (_, back) => count - 1 - back)
  return gaps.every((index) => /\n[ \t]*\r?\n/.test(text.slice(extent(index - 1)?.end, extent(index)?.lead)))
}
