import type { ParsedNode } from 'yaml'
import type { Slot } from './slots.ts'
import { isListNode, isMapNode, keyOf } from './syntax.ts'

/** So many are enough to see how others are written. */
const mostModels = 40

/**
 * Values of the same sort as the one at `key` of the last of `slots`: what others of its kind have under this key (the
 * `inputs` of other tasks), else what stands beside it.
 */
export const modelsFor = (slots: readonly Slot[], key: string | number): ParsedNode[] => {
  const holder = slots.at(-1)?.node ?? null
  const cousins = childrenOf(slots.at(-2)?.node ?? null)
    .filter((child) => child !== holder)
    .flatMap((child) => (isMapNode(child) ? child.items : []))
    .flatMap((entry) => (keyOf(entry.key) === key && entry.value ? [entry.value] : []))
  return cousins.length > 0 ? cousins : childrenOf(holder)
}

const childrenOf = (node: ParsedNode | null): ParsedNode[] => {
  if (isListNode(node)) return node.items.slice(-mostModels)
  return isMapNode(node) ? node.items.slice(-mostModels).flatMap(({ value }) => (value ? [value] : [])) : []
}
