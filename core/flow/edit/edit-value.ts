import type { JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import type { EditPath } from '#core/model/flow-edit.ts'
import type { JsonMap } from './values.ts'
import { isJsonList, isJsonMap } from './values.ts'

/** A change of one map or list. */
export type Action =
  | { readonly kind: 'set'; readonly key: string | number; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly key: string | number }
  | { readonly kind: 'insert-key'; readonly key: string; readonly value: JsonValue; readonly before: string | null }
  | { readonly kind: 'insert-item'; readonly index: number; readonly value: JsonValue }
  | { readonly kind: 'move-item'; readonly from: number; readonly to: number }
  | { readonly kind: 'rename-key'; readonly key: string; readonly to: string }
  | { readonly kind: 'move-key'; readonly key: string; readonly before: string | null }

export const shown = (path: EditPath): string => (path.length === 0 ? 'the flow' : `“${path.join('.')}”`)

export const notFound = (path: EditPath): Refused =>
  new Refused({ code: 'not-found', message: `There is no ${shown(path)} in this flow. Was it removed?` })

export const exists = (key: string): Refused =>
  new Refused({ code: 'conflict', message: `“${key}” exists already. Choose another name.` })

const wrongKind = (what: string): Refused =>
  new Refused({ code: 'invalid', message: `The value at this place is not ${what}. Set the whole value instead.` })

/** The same change on plain data: for copies of shared values. */
export const editValue = (value: JsonValue, path: EditPath, action: Action): JsonValue => {
  const [key, ...rest] = path
  if (key === undefined) return act(value, action)
  if (isJsonList(value)) {
    const item = typeof key === 'number' ? value[key] : undefined
    if (item === undefined) throw notFound(path)
    return value.with(Number(key), editValue(item, rest, action))
  }
  if (!isJsonMap(value) && value !== null) throw wrongKind('a map or list')
  const map = value ?? {}
  const inner = Object.hasOwn(map, key) ? map[key] : undefined
  if (inner === undefined && action.kind !== 'set') throw notFound(path)
  return withKey(map, String(key), editValue(inner ?? null, rest, action))
}

const act = (value: JsonValue, action: Action): JsonValue => {
  if (isJsonList(value)) return actOnList(value, action)
  if (isJsonMap(value)) return actOnMap(value, action)
  if (value === null && action.kind === 'insert-item') return actOnList([], action)
  if (value === null) return actOnMap({}, action)
  throw wrongKind('a map or list')
}

const actOnList = (list: readonly JsonValue[], action: Action): JsonValue => {
  switch (action.kind) {
    case 'set':
      return list.with(indexIn(list, action.key), action.value)
    case 'remove':
      return list.toSpliced(indexIn(list, action.key), 1)
    case 'insert-item':
      return list.toSpliced(placeIn(list, action.index), 0, action.value)
    case 'move-item': {
      const item = list[indexIn(list, action.from)] ?? null
      return list.toSpliced(action.from, 1).toSpliced(indexIn(list, action.to), 0, item)
    }
    case 'insert-key':
    case 'rename-key':
    case 'move-key':
      throw wrongKind('a map')
    default:
      return action satisfies never
  }
}

export const indexIn = (list: readonly unknown[], index: string | number): number => {
  if (typeof index !== 'number' || index >= list.length) throw notFound([index])
  return index
}

export const placeIn = (list: readonly unknown[], index: number): number => {
  if (index > list.length) throw notFound([index])
  return index
}

const actOnMap = (map: JsonMap, action: Action): JsonValue => {
  switch (action.kind) {
    case 'set':
      return withKey(map, String(action.key), action.value)
    case 'remove': {
      const key = String(action.key)
      if (!Object.hasOwn(map, key)) throw notFound([key])
      return Object.fromEntries(Object.entries(map).filter(([each]) => each !== key))
    }
    case 'insert-key': {
      if (Object.hasOwn(map, action.key)) throw exists(action.key)
      const entries = Object.entries(map)
      const before = entries.findIndex(([key]) => key === action.before)
      return Object.fromEntries(
        entries.toSpliced(before === -1 ? entries.length : before, 0, [action.key, action.value]),
      )
    }
    case 'rename-key': {
      if (!Object.hasOwn(map, action.key)) throw notFound([action.key])
      if (action.to !== action.key && Object.hasOwn(map, action.to)) throw exists(action.to)
      return Object.fromEntries(
        Object.entries(map).map(([key, value]) => [key === action.key ? action.to : key, value]),
      )
    }
    case 'move-key': {
      const entry = Object.entries(map).find(([key]) => key === action.key)
      if (!entry) throw notFound([action.key])
      const others = Object.entries(map).filter(([key]) => key !== action.key)
      const before = others.findIndex(([key]) => key === action.before)
      return Object.fromEntries(others.toSpliced(before === -1 ? others.length : before, 0, entry))
    }
    case 'insert-item':
    case 'move-item':
      throw wrongKind('a list')
    default:
      return action satisfies never
  }
}

const withKey = (map: JsonMap, key: string, value: JsonValue): JsonMap =>
  Object.fromEntries([
    ...Object.entries(map).map(([each, old]) => [each, each === key ? value : old] as const),
    ...(Object.hasOwn(map, key) ? [] : [[key, value] as const]),
  ])
