import type { OpenEnd } from './block-scalars.ts'
import { childAt, endOfTaken, openEndOf } from './block-scalars.ts'
import type { CollectionText, Extent } from './collection-text.ts'
import { everyExtent } from './collection-text.ts'
import type { Change } from './splices.ts'
import { deletion, insertion } from './splices.ts'
import { isMapNode, lineStart, nextLine, previousLineEnd } from './syntax.ts'

/**
 * Takes entries or items away: whole lines in block style, with the comment on the line and the comment block directly above.
 * Blank lines and all other comments stay. The last one leaves `{}` or `[]`.
 */
export const removeItems = (text: string, collection: CollectionText, indexes: ReadonlySet<number>): Change[] => {
  if (indexes.size === 0) return []
  if (indexes.size === collection.count) return removeAll(text, collection)
  const remove = collection.flow ? removeFromFlow : removeFromBlock
  return union([...indexes].flatMap((index) => remove(text, collection, index, indexes)))
}

const removeAll = (text: string, collection: CollectionText): Change[] => {
  const { slot, node, flow } = collection
  const extents = everyExtent(collection)
  const empty = isMapNode(node) ? '{}' : '[]'
  const first = extents[0]
  const last = extents.at(-1)
  if (!first || !last) return []
  if (flow) {
    return [
      first.start === slot.body
        ? { from: first.start, to: last.end, insert: '{}' }
        : deletion(slot.body + 1, slot.end - 1),
    ]
  }
  const from = slot.anchor && !slot.tagged ? slot.anchor.to : slot.after
  if (slot.holder === 'root' || !first.startsLine || slot.tagged) {
    return [{ from: slot.holder === 'root' ? first.lead : first.start, to: last.lineEnd, insert: empty }]
  }
  return [insertion(from, ` ${empty}`), ...union(extents.map((extent) => wholeLines(text, extent)))]
}

/** What a block scalar above would take in goes too. */
const wholeLines = (text: string, { lead, lineEnd: end }: Extent, above: OpenEnd | null = null): Change => {
  const next = nextLine(text, end)
  const to = above ? endOfTaken(text, next, above) : next
  // A text that does not end in a line break stays so, unless a `|+` counts it.
  const isUnended = end === text.length && lead > 0 && !above?.keeps
  return isUnended ? deletion(Math.max(previousLineEnd(text, lead), 0), end) : deletion(lead, to)
}

/** The last one before `index` that stays, or -1. */
const lastKept = (index: number, indexes: ReadonlySet<number>): number => {
  let kept = index - 1
  while (indexes.has(kept)) kept -= 1
  return kept
}

const removeFromBlock = (
  text: string,
  { node, extent: extentAt, column }: CollectionText,
  index: number,
  indexes: ReadonlySet<number>,
): Change[] => {
  const extent = extentAt(index)
  const next = extentAt(index + 1)
  if (!extent) return []
  const kept = lastKept(index, indexes)
  if (extent.startsLine) return [wholeLines(text, extent, openEndOf(childAt(node, kept), column))]
  const isNextBelow = next && !indexes.has(index + 1) && /^\r?\n[ \t]*$/.test(text.slice(extent.lineEnd, next.start))
  if (isNextBelow) return [deletion(extent.start, next.start)]
  const spaces = /[ \t]*$/.exec(text.slice(lineStart(text, extent.start), extent.start))?.[0].length ?? 0
  return [deletion(extent.start - spaces, extent.lineEnd)]
}

const removeFromFlow = (
  text: string,
  { count, extent: extentAt }: CollectionText,
  index: number,
  indexes: ReadonlySet<number>,
): Change[] => {
  const extent = extentAt(index)
  if (!extent) return []
  const isTail = lastKept(count, indexes) < index
  const next = extentAt(index + 1)
  const comma = isTail && extentAt(count - 1)?.commaAfter === null ? extent.commaBefore : extent.commaAfter
  const changes = comma === null ? [] : [deletion(comma, comma + 1)]
  if (extent.ownLines) return [...changes, deletion(extent.lead, nextLine(text, extent.lineEnd))]
  const { start, end, commaBefore, commaAfter } = extent
  if (isTail) {
    const floor = commaBefore === null ? start : commaBefore + 1
    const isBlank = text.slice(floor, start).trim() === ''
    return [...changes, deletion(isBlank ? floor : start, end)]
  }
  const until = next && commaAfter !== null && text.slice(commaAfter + 1, next.start).trim() === '' ? next.start : end
  return [...changes, deletion(start, until)]
}

/** Deletions that touch or overlap, as one. */
const union = (changes: readonly Change[]): Change[] => {
  const joined: Change[] = []
  for (const change of changes.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && change.from <= last.to) joined[joined.length - 1] = deletion(last.from, Math.max(last.to, change.to))
    else joined.push(change)
  }
  return joined
}
