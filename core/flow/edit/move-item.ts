import type { ParsedNode } from 'yaml'
import type { CollectionText, Extent } from './collection-text.ts'
import { collectionText, everyExtent } from './collection-text.ts'
import { contentOf, entryOf } from './content.ts'
import { insertItems } from './insert-items.ts'
import type { Plan } from './plan.ts'
import { removeItems } from './remove-items.ts'
import type { FlowText } from './sharing.ts'
import { withDescendants } from './sharing.ts'
import type { Slot } from './slots.ts'
import type { Change } from './splices.ts'
import type { Entry, ListNode, MapNode } from './syntax.ts'
import { isAliasNode } from './syntax.ts'
import { keyText, valueOf } from './values.ts'

/** The items between the two places change their texts round, with their comments; what is between items stays. */
export const moveItem = (
  flow: FlowText,
  slot: Slot,
  list: ListNode,
  { from, to }: { from: number; to: number },
): Omit<Plan, 'departed'> => {
  const item = list.items[from]
  if (from === to || !item) return { changes: [], gone: [] }
  const collection = collectionText(flow, slot, list)
  const others = from < to ? list.items.slice(from + 1, to + 1) : list.items.slice(to, from)
  const rotated = hasCommonNames([item], others) ? null : rotation(flow.text, collection, from, to)
  if (rotated) return { changes: rotated, gone: [] }
  const content = { kind: 'list', items: [contentOf(valueOf(flow, item))] } as const
  const after = to > from ? to : to - 1
  const insert = { slot, content, after, keepsAnchor: true, models: [item], holderModels: [] }
  return {
    changes: [...removeItems(flow.text, collection, new Set([from])), ...insertItems(flow, insert)],
    gone: [item],
  }
}

/** The same for the keys of a map. */
export const moveEntry = (
  flow: FlowText,
  slot: Slot,
  map: MapNode,
  { from, to }: { from: number; to: number },
): Omit<Plan, 'departed'> => {
  const entry = map.items[from]
  if (from === to || !entry) return { changes: [], gone: [] }
  const collection = collectionText(flow, slot, map)
  const others = from < to ? map.items.slice(from + 1, to + 1) : map.items.slice(to, from)
  const rotated = hasCommonNames(nodesIn(entry), others.flatMap(nodesIn))
    ? null
    : rotation(flow.text, collection, from, to)
  if (rotated) return { changes: rotated, gone: [] }
  const entries = [entryOf(keyText(flow, entry), valueOf(flow, entry.value))]
  const after = to > from ? to : to - 1
  const models = entry.value ? [entry.value] : []
  const insert = {
    slot,
    content: { kind: 'map', entries },
    after,
    keepsAnchor: true,
    models,
    holderModels: [],
  } as const
  return {
    changes: [...removeItems(flow.text, collection, new Set([from])), ...insertItems(flow, insert)],
    gone: nodesIn(entry),
  }
}

const nodesIn = ({ key, value }: Entry): ParsedNode[] => (value ? [key, value] : [key])

/** The order of anchors and their aliases matters. */
const hasCommonNames = (moved: readonly ParsedNode[], others: readonly ParsedNode[]): boolean => {
  const names = new Set(moved.flatMap(namesIn))
  return others.flatMap(namesIn).some((name) => names.has(name))
}

const namesIn = (node: ParsedNode): string[] =>
  withDescendants(node).flatMap((each) => (isAliasNode(each) ? [each.source] : each.anchor ? [each.anchor] : []))

type Region = { readonly from: number; readonly to: number }

const rotation = (text: string, collection: CollectionText, from: number, to: number): Change[] | null => {
  const { flow } = collection
  const extents = everyExtent(collection)
  const order = extents
    .map((_, index) => index)
    .toSpliced(from, 1)
    .toSpliced(to, 0, from)
  const concerned = extents.slice(Math.min(from, to), Math.max(from, to) + 1)
  const between = text.slice(concerned[0]?.start, concerned.at(-1)?.lineEnd)
  // What a block scalar takes in depends on the lines that follow it.
  if (!flow && /[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n/.test(between) && /[|>]\d?\+|^[ \t]*#|^[ \t]+\r?$/m.test(between))
    return null
  const regionsOf = regionsFor(concerned, flow)
  return extents.flatMap((extent, index) => {
    const source = extents[order[index] ?? index]
    if (!source || source === extent) return []
    const texts = regionsOf(source).map((region) => text.slice(region.from, region.to))
    return regionsOf(extent).map((region, part) => ({ ...region, insert: texts[part] ?? '' }))
  })
}

const regionsFor = (extents: readonly Extent[], flow: boolean): ((extent: Extent) => Region[]) => {
  if (!flow) {
    const withComments = extents.every(({ startsLine }) => startsLine)
    return ({ lead, start, lineEnd }) => [{ from: withComments ? lead : start, to: lineEnd }]
  }
  if (!extents.every(({ ownLines }) => ownLines)) return ({ start, end }) => [{ from: start, to: end }]
  const afterComma = ({ end, commaAfter, lineEnd }: Extent) =>
    commaAfter !== null && commaAfter < lineEnd ? commaAfter + 1 : end
  return (extent) => [
    { from: extent.lead, to: extent.end },
    { from: afterComma(extent), to: extent.lineEnd },
  ]
}
