import type { CollectionText, Extent } from './collection-text.ts'
import { collectionText } from './collection-text.ts'
import type { ContentEntry } from './content.ts'
import { entryOf } from './content.ts'
import type { Plan } from './plan.ts'
import { borrowedEntries } from './reach.ts'
import { removeItems } from './remove-items.ts'
import { linesBelow, mayEndInLiteral } from './replace.ts'
import type { FlowText } from './sharing.ts'
import type { Slot } from './slots.ts'
import type { Change } from './splices.ts'
import { insertion } from './splices.ts'
import type { MapNode } from './syntax.ts'
import { isMergeEntry, lineBreakAt } from './syntax.ts'
import { keyText, valueOf } from './values.ts'
import type { Surroundings } from './write.ts'
import { entryInFlow, entryLines } from './write.ts'

export type DroppedKey = {
  readonly key: string
  /** The index of the map's own entry that hides it, or -1. */
  readonly own: number
  /** Its new name, or null when it goes. */
  readonly to: string | null
}

/**
 * A key that a map borrows goes, or gets another name: what its merge keys bring is written out in their place. The map's
 * own entry goes too, unless it is renamed, which is left to the caller.
 */
export const dropKey = (flow: FlowText, slot: Slot, map: MapNode, dropped: DroppedKey): Omit<Plan, 'departed'> => {
  const { own, to } = dropped
  const merges = map.items.flatMap((entry, index) => (isMergeEntry(entry) ? [index] : []))
  const [first = -1, ...others] = merges
  const entries = leftEntries(flow, map, dropped)
  const removed = new Set([
    ...others,
    ...(entries.length === 0 ? [first] : []),
    ...(own !== -1 && to === null ? [own] : []),
  ])
  const collection = collectionText(flow, slot, map)
  const changes = [
    ...removeItems(flow.text, collection, removed),
    ...(entries.length === 0 ? [] : writtenOut(flow, collection, first, entries)),
  ]
  const gone = [...removed, first].flatMap((index) => map.items.slice(index, index + 1))
  return { changes, gone: gone.flatMap(({ key, value }) => (value ? [key, value] : [key])) }
}

/** What the merge keys bring that the map does not have itself. */
const leftEntries = (flow: FlowText, map: MapNode, { key, own, to }: DroppedKey): ContentEntry[] => {
  const ownKeys = new Set(map.items.flatMap((entry) => (isMergeEntry(entry) ? [] : [keyText(flow, entry)])))
  return [...borrowedEntries(flow, map)].flatMap(([each, node]) => {
    if (ownKeys.has(each) || (each === key && (own !== -1 || to === null))) return []
    return [entryOf(each === key && to !== null ? to : each, valueOf(flow, node))]
  })
}

const writtenOut = (
  flow: FlowText,
  collection: CollectionText,
  merge: number,
  entries: readonly ContentEntry[],
): Change[] => {
  const extent = collection.extent(merge)
  if (!extent) return []
  const style = flow.style()
  const around: Surroundings = {
    flow: collection.flow,
    holder: 'map',
    indent: collection.column,
    literal: mayEndInLiteral(flow.text, extent.lineEnd, collection.column),
    models: [],
    always: style.json ? 'double' : null,
    style,
  }
  if (!collection.flow)
    return inLines(
      flow.text,
      extent,
      entries.flatMap((entry) => entryLines(entry, collection.column, around)),
    )
  const insert = entries.map((entry) => entryInFlow(entry, around)).join(', ')
  return [{ from: extent.start, to: extent.end, insert }]
}

/** A comment on the line of the merge key stays. */
const inLines = (text: string, { start, end, lineEnd }: Extent, [first = '', ...rest]: readonly string[]): Change[] => {
  const insert = linesBelow(rest, lineBreakAt(text, start))
  if (text.slice(start, end).includes('\n')) return [{ from: start, to: lineEnd, insert: first.trimStart() + insert }]
  return [{ from: start, to: end, insert: first.trimStart() }, insertion(lineEnd, insert)]
}
