import type { JsonValue } from '#core/model/handle.ts'

const isMap = (value: unknown): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * `after`, with every part that equals its counterpart in `before` being that very object: what looks at one task is
 * drawn again only when that task has changed.
 */
export const reconcile = (before: JsonValue, after: JsonValue): JsonValue => {
  if (Object.is(before, after)) return before
  if (Array.isArray(before) && Array.isArray(after)) return reconcileList(before, after)
  if (!isMap(before) || !isMap(after)) return after
  const keys = Object.keys(after)
  const keysBefore = Object.keys(before)
  const next: Record<string, JsonValue> = {}
  let same = keysBefore.length === keys.length
  for (const [index, key] of keys.entries()) {
    const old = before[key]
    const value = after[key] ?? null
    next[key] = old === undefined ? value : reconcile(old, value)
    // The order of keys is the order of tasks and parameters.
    same &&= next[key] === old && keysBefore[index] === key
  }
  return same ? before : next
}

const reconcileList = (before: readonly JsonValue[], after: readonly JsonValue[]): JsonValue => {
  const next = after.map((value, index) => {
    const old = before[index]
    return old === undefined ? value : reconcile(old, value)
  })
  return before.length === after.length && next.every((value, index) => value === before[index]) ? before : next
}
