import type { ParsedNode } from 'yaml'
import type { EditPath } from '#core/model/flow-edit.ts'
import type { FlowText } from './sharing.ts'
import type { Slot } from './slots.ts'
import { itemSlot, rootSlot, valueSlot } from './slots.ts'
import type { MapNode } from './syntax.ts'
import { isAliasNode, isListNode, isMapNode, isMergeEntry, isScalarNode, unsafe } from './syntax.ts'
import { effectiveEntries, keyText, mergeSources } from './values.ts'
import { shown } from './edit-value.ts'

/**
 * How far a path leads through text of its own. `slots` are the places from the root on; `rest` is what is left of the
 * path from the last of them on.
 */
export type Reached = {
  /**
   * `own`: to its end, and that is no alias. `alias`: the last place has an alias. `merge`: the last place is a map that
   * borrows the next key. `missing`: it does not have the next key.
   */
  readonly kind: 'own' | 'alias' | 'merge' | 'missing'
  readonly slots: readonly Slot[]
  readonly last: Slot
  readonly path: EditPath
  readonly rest: EditPath
}

export const reach = (flow: FlowText, path: EditPath): Reached => {
  const slots: Slot[] = []
  let last = rootSlot(flow)
  for (const [depth, key] of path.entries()) {
    slots.push(last)
    const { node } = last
    const rest = path.slice(depth)
    if (isAliasNode(node)) return { kind: 'alias', slots, last, path, rest }
    const next = childSlot(flow, node, key, path.slice(0, depth))
    if (typeof next === 'string') return { kind: next, slots, last, path, rest }
    last = next
  }
  slots.push(last)
  return { kind: isAliasNode(last.node) ? 'alias' : 'own', slots, last, path, rest: [] }
}

const childSlot = (
  flow: FlowText,
  node: ParsedNode | null,
  key: string | number,
  path: EditPath,
): Slot | 'merge' | 'missing' => {
  if (isListNode(node))
    return typeof key === 'number' && key < node.items.length ? itemSlot(flow, node, key) : 'missing'
  if (isMapNode(node)) {
    const entry = ownEntry(flow, node, String(key))
    if (entry) return valueSlot(flow, node, entry)
    return isBorrowed(flow, node, String(key)) ? 'merge' : 'missing'
  }
  if (node === null || (isScalarNode(node) && node.value === null)) return 'missing'
  throw unsafe(`The value of ${shown(path)} is neither a map nor a list.`)
}

export const ownIndex = (flow: FlowText, map: MapNode, key: string): number => {
  const index = ownIndexes(flow, map).get(key)
  if (index === twice) throw unsafe(`The key “${key}” is there twice.`)
  return index ?? -1
}

const twice = -2

const ownIndexes = (flow: FlowText, map: MapNode): ReadonlyMap<string, number> => {
  const known = flow.indexes.get(map)
  if (known) return known
  const indexes = new Map<string, number>()
  for (const [index, entry] of map.items.entries()) {
    const key = keyText(flow, entry)
    if (!isMergeEntry(entry)) indexes.set(key, indexes.has(key) ? twice : index)
  }
  flow.indexes.set(map, indexes)
  return indexes
}

const ownEntry = (flow: FlowText, map: MapNode, key: string) => map.items[ownIndex(flow, map, key)]

/** Whether a merge key of the map brings this key, also where the map's own hides it. */
export const isBorrowed = (flow: FlowText, map: MapNode, key: string): boolean =>
  map.items.some(isMergeEntry) && borrowedEntries(flow, map).has(key)

export const borrowedEntries = (flow: FlowText, map: MapNode): Map<string, ParsedNode | null> => {
  const sources = map.items.filter(isMergeEntry).flatMap((entry) => mergeSources(flow, entry))
  const borrowed = new Map<string, ParsedNode | null>()
  for (const [key, { entry }] of sources.flatMap((source) => [...effectiveEntries(flow, source)])) {
    if (!borrowed.has(key)) borrowed.set(key, entry.value)
  }
  return borrowed
}
