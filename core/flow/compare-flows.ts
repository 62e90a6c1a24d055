import { isDeepStrictEqual } from 'node:util'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { isObject, type JsonObject } from './readers.ts'

/** Places on the canvas, and what has no meaning yet. */
const unsaid: ReadonlySet<string> = new Set(['layout'])

/** Maps whose members people know by name: each is there or not as a whole. */
const named: ReadonlySet<string> = new Set(['tasks', 'parameters', 'variables'])

/** What one flow says otherwise than another, by field; comments, order and places on the canvas say nothing. */
export const compareFlows = (before: JsonValue, after: JsonValue): readonly FlowChange[] => {
  const [left, right] = [before, after].map((value) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !unsaid.has(key))) : {},
  )
  return inMap([], left ?? {}, right ?? {})
}

const inMap = (path: readonly string[], before: JsonObject, after: JsonObject): readonly FlowChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    atKey([...path, key], before[key], after[key]),
  )

const atKey = (path: readonly string[], before: JsonValue | undefined, after: JsonValue | undefined) => {
  if (isDeepStrictEqual(before, after)) return []
  const [section = ''] = path
  const isSection = path.length === 1 && named.has(section)
  if (isSection || (isObject(before) && isObject(after)))
    return inMap(path, isObject(before) ? before : {}, isObject(after) ? after : {})
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return [{ kind, path, before: before ?? null, after: after ?? null } as const]
}
