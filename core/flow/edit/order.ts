import { flowKeys } from '#core/flow/flow-keys.ts'
import { taskKeys } from '#core/flow/task-keys.ts'

/** Where a new key goes when nobody says: after the last of those that usually come before it. */
const usualFlowKeys = Object.keys(flowKeys)
const usualTaskKeys = Object.keys(taskKeys)

/** The index of the key to follow, -1 for none; null when it simply comes last. */
export const keyToFollow = (
  path: readonly (string | number)[],
  keys: readonly string[],
  key: string,
): number | null => {
  const order = path.length === 0 ? usualFlowKeys : path.length === 2 && path[0] === 'tasks' ? usualTaskKeys : []
  const place = order.indexOf(key)
  if (place === -1) return null
  const before = new Set(order.slice(0, place))
  const index = keys.findLastIndex((each) => before.has(each))
  // Without any of them, at the end: the start of a map may hold a comment about the whole.
  return index === -1 ? null : index
}
