import type { EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { borrowedEntries, reach } from './reach.ts'
import type { FlowText } from './sharing.ts'
import { isMapNode } from './syntax.ts'
import { isJsonList, isJsonMap, valueOf } from './values.ts'

/** The value that a path leads to, through aliases and merge keys; undefined when there is none. */
export const valueAt = (flow: FlowText, path: EditPath): JsonValue | undefined => {
  const { kind, last, rest } = reach(flow, path)
  if (kind === 'missing') return undefined
  if (kind !== 'merge' || !isMapNode(last.node)) return inside(valueOf(flow, last.node), rest)
  const [key, ...below] = rest
  return inside(valueOf(flow, borrowedEntries(flow, last.node).get(String(key)) ?? null), below)
}

const inside = (value: JsonValue, path: EditPath): JsonValue | undefined => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (isJsonList(value)) {
    const item = typeof key === 'number' ? value[key] : undefined
    return item === undefined ? undefined : inside(item, rest)
  }
  if (!isJsonMap(value) || !Object.hasOwn(value, key)) return undefined
  return inside(value[key] ?? null, rest)
}
