import type { EditPath } from '#core/model/flow-edit.ts'
import { collectionText } from './collection-text.ts'
import type { Content, ContentEntry } from './content.ts'
import { contentOf, entryOf, nested } from './content.ts'
import type { Action } from './edit-value.ts'
import { editValue, exists, indexIn, notFound, placeIn } from './edit-value.ts'
import { insertItems } from './insert-items.ts'
import { dropKey } from './merge-keys.ts'
import { moveEntry, moveItem } from './move-item.ts'
import { modelsFor } from './neighbours.ts'
import { keyToFollow } from './order.ts'
import type { Plan } from './plan.ts'
import { anchoredSlots, keepsAnchor, nothing, together } from './plan.ts'
import type { Reached } from './reach.ts'
import { borrowedEntries, isBorrowed, ownIndex, reach } from './reach.ts'
import { removeItems } from './remove-items.ts'
import { replaceInSlot } from './replace.ts'
import type { FlowText } from './sharing.ts'
import { resolved } from './sharing.ts'
import type { Slot } from './slots.ts'
import { itemSlot, keySlot, valueSlot } from './slots.ts'
import type { MapNode } from './syntax.ts'
import { isListNode, isMapNode, isScalarNode, keyOf, unsafe } from './syntax.ts'
import { effectiveEntries, sameValue, valueOf } from './values.ts'

/** Plans one change of the map or list at `path`. */
export const planAction = (flow: FlowText, path: EditPath, action: Action): Plan => {
  const reached = reach(flow, path)
  const { slots, last, rest } = reached
  if (reached.kind === 'alias') {
    const value = editValue(valueOf(flow, last.node), rest, action)
    const models = [resolved(flow, last.node)].flatMap((node) => (node ? [node] : []))
    const changes = replaceInSlot(flow, { slot: last, content: contentOf(value), keepsAnchor: false, models })
    return { changes, gone: last.node ? [last.node] : [], departed: anchoredSlots(slots) }
  }
  if (reached.kind === 'own') return actOn(flow, reached, action)
  const [key = '', ...below] = rest
  if (reached.kind === 'merge' && isMapNode(last.node)) {
    const borrowed = valueOf(flow, borrowedEntries(flow, last.node).get(String(key)) ?? null)
    return insertInMap(flow, reached, {
      entries: [entryOf(String(key), editValue(borrowed, below, action))],
      after: null,
    })
  }
  if (action.kind !== 'set' || typeof key !== 'string' || isListNode(last.node)) throw notFound(path)
  const keys = [...below, action.key].map((each) => {
    if (typeof each !== 'string') throw notFound(path)
    return each
  })
  const entries = [entryOf(key, nested(keys, action.value))]
  return insertInMap(flow, reached, { entries, after: after(flow, path.slice(0, slots.length - 1), last.node, key) })
}

const actOn = (flow: FlowText, reached: Reached, action: Action): Plan => {
  const { node } = reached.last
  if (isMapNode(node)) return actOnMap(flow, reached, node, action)
  if (isListNode(node)) return actOnList(flow, reached, action)
  if (node !== null && !(isScalarNode(node) && node.value === null))
    throw unsafe('The value is neither a map nor a list.')
  const value = editValue(null, [], action)
  return replaceValue(flow, reached.slots, contentOf(value), holderModels(reached))
}

/** Replaces what stands in the last slot; those above stay. */
const replaceValue = (flow: FlowText, slots: readonly Slot[], content: Content, models: Plan['gone']): Plan => {
  const slot = slots.at(-1)
  if (!slot) return nothing
  const changes = replaceInSlot(flow, { slot, content, keepsAnchor: keepsAnchor(flow, slot), models })
  return { changes, gone: slot.node ? [slot.node] : [], departed: anchoredSlots(slots.slice(0, -1)) }
}

const actOnMap = (flow: FlowText, reached: Reached, map: MapNode, action: Action): Plan => {
  switch (action.kind) {
    case 'set': {
      const key = String(action.key)
      const entry = map.items[ownIndex(flow, map, key)]
      const borrowed = entry ? undefined : effectiveEntries(flow, map).get(key)
      if (borrowed && sameValue(valueOf(flow, borrowed.entry.value), action.value)) return nothing
      if (!entry)
        return insertInMap(flow, reached, {
          entries: [entryOf(key, action.value)],
          after: after(flow, reached.path, map, key),
        })
      if (entry.value && sameValue(valueOf(flow, entry.value), action.value)) return nothing
      const slots = [...reached.slots, valueSlot(flow, map, entry)]
      return replaceValue(flow, slots, contentOf(action.value), modelsFor(reached.slots, key))
    }
    case 'remove':
      return removeKey(flow, reached, map, String(action.key))
    case 'insert-key': {
      if (effectiveEntries(flow, map).has(action.key)) throw exists(action.key)
      const before = action.before === null ? -1 : ownIndex(flow, map, action.before)
      const place = before === -1 ? { after: null } : { after: before - 1, hugsNext: true }
      return insertInMap(flow, reached, { entries: [entryOf(action.key, action.value)], ...place })
    }
    case 'rename-key':
      return renameKey(flow, reached, map, action)
    case 'move-key':
      return moveKey(flow, reached, map, action)
    case 'insert-item':
    case 'move-item':
      throw unsafe('A map has no order of items.')
    default:
      return action satisfies never
  }
}

type NewEntries = { entries: readonly ContentEntry[]; after: number | null; hugsNext?: boolean }

const holderModels = ({ slots, path }: Reached) => modelsFor(slots.slice(0, -1), path[slots.length - 2] ?? '')

const insertInMap = (flow: FlowText, reached: Reached, { entries, ...place }: NewEntries): Plan => {
  const { slots, last } = reached
  const { node } = last
  const count = isMapNode(node) ? node.items.length : 0
  const [first] = entries
  const changes = insertItems(flow, {
    ...place,
    slot: last,
    content: { kind: 'map', entries },
    after: place.after ?? count - 1,
    models: first?.key.kind === 'scalar' ? modelsFor(slots, String(first.key.value)) : [],
    holderModels: holderModels(reached),
    keepsAnchor: keepsAnchor(flow, last),
  })
  return { changes, gone: count === 0 && node ? [node] : [], departed: anchoredSlots(slots) }
}

/** Adds new keys, all alike, to the end of the map at `path`, which need not be there yet. */
export const insertEntries = (flow: FlowText, path: EditPath, entries: readonly ContentEntry[]): Plan => {
  const reached = reach(flow, path)
  const { last, rest } = reached
  const isOpen = isMapNode(last.node) || last.node === null || (isScalarNode(last.node) && last.node.value === null)
  if (reached.kind === 'own' && isOpen) return insertInMap(flow, reached, { entries, after: null })
  const [key] = rest
  if (reached.kind === 'missing' && rest.length === 1 && typeof key === 'string' && isOpen) {
    const holder: ContentEntry = { key: contentOf(key), value: { kind: 'map', entries } }
    return insertInMap(flow, reached, { entries: [holder], after: after(flow, path.slice(0, -1), last.node, key) })
  }
  throw unsafe('The value is shared with others, or is no map.')
}

const after = (flow: FlowText, path: EditPath, node: Slot['node'], key: string): number | null =>
  isMapNode(node)
    ? keyToFollow(
        path,
        node.items.map((entry) => keyOf(resolved(flow, entry.key)) ?? ''),
        key,
      )
    : null

const removeKey = (flow: FlowText, { slots, last, path }: Reached, map: MapNode, key: string): Plan => {
  const index = ownIndex(flow, map, key)
  const departed = anchoredSlots(slots)
  if (isBorrowed(flow, map, key)) return { ...dropKey(flow, last, map, { key, own: index, to: null }), departed }
  const entry = map.items[index]
  if (!entry) throw notFound([...path, key])
  const gone = entry.value ? [entry.key, entry.value] : [entry.key]
  return { changes: removeItems(flow.text, collectionText(flow, last, map), new Set([index])), gone, departed }
}

const renameKey = (
  flow: FlowText,
  { slots, last, path }: Reached,
  map: MapNode,
  { key, to }: { key: string; to: string },
): Plan => {
  if (key === to) return nothing
  const effective = effectiveEntries(flow, map)
  if (!effective.has(key)) throw notFound([...path, key])
  if (effective.has(to)) throw exists(to)
  const index = ownIndex(flow, map, key)
  const departed = anchoredSlots(slots)
  const renamed = replaceKey(flow, map, index, to)
  if (!isBorrowed(flow, map, key)) return { ...renamed, departed }
  return together([{ ...dropKey(flow, last, map, { key, own: index, to }), departed }, renamed])
}

const moveKey = (
  flow: FlowText,
  { slots, last, path }: Reached,
  map: MapNode,
  { key, before }: { key: string; before: string | null },
): Plan => {
  const from = ownIndex(flow, map, key)
  const next = before === null ? map.items.length : ownIndex(flow, map, before)
  if (from === -1) throw notFound([...path, key])
  if (next === -1) throw notFound([...path, before ?? ''])
  const to = next > from ? next - 1 : next
  return { ...moveEntry(flow, last, map, { from, to }), departed: anchoredSlots(slots) }
}

const replaceKey = (flow: FlowText, map: MapNode, index: number, to: string): Plan => {
  const entry = map.items[index]
  if (!entry) return nothing
  const content = { kind: 'scalar', value: to } as const
  const changes = replaceInSlot(flow, { slot: keySlot(flow, map, entry), content, keepsAnchor: false, models: [] })
  return { changes, gone: [entry.key], departed: [] }
}

const actOnList = (flow: FlowText, reached: Reached, action: Action): Plan => {
  const { slots, last } = reached
  const list = last.node
  if (!isListNode(list)) throw unsafe('A list was expected.')
  const departed = anchoredSlots(slots)
  switch (action.kind) {
    case 'set': {
      const index = indexIn(list.items, action.key)
      if (sameValue(valueOf(flow, list.items[index] ?? null), action.value)) return nothing
      const path = [...slots, itemSlot(flow, list, index)]
      return replaceValue(flow, path, contentOf(action.value), modelsFor(slots, index))
    }
    case 'remove': {
      const index = indexIn(list.items, action.key)
      const gone = list.items.slice(index, index + 1)
      return { changes: removeItems(flow.text, collectionText(flow, last, list), new Set([index])), gone, departed }
    }
    case 'insert-item': {
      const index = placeIn(list.items, action.index)
      const content = { kind: 'list', items: [contentOf(action.value)] } as const
      const models = { models: modelsFor(slots, index), holderModels: holderModels(reached) }
      const changes = insertItems(flow, {
        slot: last,
        content,
        after: index - 1,
        keepsAnchor: keepsAnchor(flow, last),
        ...models,
      })
      return { changes, gone: list.items.length === 0 ? [list] : [], departed }
    }
    case 'move-item': {
      const [from, to] = [indexIn(list.items, action.from), indexIn(list.items, action.to)]
      return { ...moveItem(flow, last, list, { from, to }), departed }
    }
    case 'insert-key':
    case 'rename-key':
    case 'move-key':
      throw unsafe('A list has no keys.')
    default:
      return action satisfies never
  }
}
