import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { isList, isMap } from './values.ts'

type Step = EditPath[number]

const childOf = (value: JsonValue | undefined, step: Step): JsonValue | undefined => {
  if (isList(value)) return value[Number(step)]
  return isMap(value) ? value[String(step)] : undefined
}

const valueAt = (value: JsonValue | undefined, path: EditPath): JsonValue | undefined => {
  let found = value
  for (const step of path) found = childOf(found, step)
  return found
}

const withChild = (value: JsonValue | undefined, step: Step, child: JsonValue): JsonValue => {
  if (isList(value)) return value.with(Number(step), child)
  return { ...(isMap(value) ? value : {}), [step]: child }
}

/** Gives the part at `path` another value. */
const update = (
  value: JsonValue | undefined,
  [step, ...rest]: EditPath,
  change: (part: JsonValue | undefined) => JsonValue,
): JsonValue =>
  step === undefined ? change(value) : withChild(value, step, update(childOf(value, step), rest, change))

const withoutChild = (value: JsonValue | undefined, step: Step | undefined): JsonValue => {
  if (isList(value)) return value.toSpliced(Number(step), 1)
  if (!isMap(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== String(step)))
}

const isEmpty = (value: JsonValue | undefined): boolean =>
  isList(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0

const remove = (value: JsonValue, path: EditPath, prune: boolean): JsonValue => {
  const owner = path.slice(0, -1)
  if (valueAt(value, path) === undefined) return value
  const next = update(value, owner, (part) => withoutChild(part, path.at(-1)))
  return prune && owner.length > 0 && isEmpty(valueAt(next, owner)) ? remove(next, owner, true) : next
}

const renamed = (value: JsonValue | undefined, from: Step | undefined, to: string): JsonValue =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key === from ? to : key, part])) : {}

const listAt = (part: JsonValue | undefined): readonly JsonValue[] => (isList(part) ? part : [])

/** What an operation makes of plain data: for forms whose values are in no flow. */
export const applyToValue = (value: JsonValue, operation: EditOperation): JsonValue => {
  switch (operation.kind) {
    case 'set':
      return update(value, operation.path, () => operation.value)
    case 'remove':
      return remove(value, operation.path, operation.prune ?? false)
    case 'insert-key':
      return update(value, [...operation.path, operation.key], () => operation.value)
    case 'insert-item':
      return update(value, operation.path, (part) => listAt(part).toSpliced(operation.index, 0, operation.value))
    case 'move-item':
      return update(value, operation.path, (part) => {
        const item = listAt(part)[operation.from] ?? null
        return listAt(part).toSpliced(operation.from, 1).toSpliced(operation.to, 0, item)
      })
    case 'rename-key':
      return update(value, operation.path.slice(0, -1), (part) => renamed(part, operation.path.at(-1), operation.to))
    case 'batch':
      return operation.operations.reduce<JsonValue>(applyToValue, value)
    default:
      return value
  }
}
