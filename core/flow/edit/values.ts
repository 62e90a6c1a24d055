import type { ParsedNode } from 'yaml'
import type { JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowText } from './sharing.ts'
import { resolved } from './sharing.ts'
import type { Entry, MapNode } from './syntax.ts'
import { isListNode, isMapNode, isMergeEntry, isScalarNode, keyOf, unsafe } from './syntax.ts'

/** More nodes than this in one copied value is an alias bomb. */
const mostNodes = 100_000

/** A key of a map as readers see it: written there, or borrowed by a merge key. */
export type EffectiveEntry = { readonly entry: Entry; readonly own: boolean }
type EffectiveEntries = Map<string, EffectiveEntry>

export const effectiveEntries = (flow: FlowText, map: MapNode, above: readonly MapNode[] = []): EffectiveEntries => {
  if (above.includes(map)) throw unsafe('A map borrows from itself.')
  const entries: EffectiveEntries = new Map()
  for (const entry of map.items) {
    if (!isMergeEntry(entry)) entries.set(keyText(flow, entry), { entry, own: true })
    else
      for (const [key, borrowed] of borrowedBy(flow, entry, [...above, map])) {
        if (!entries.has(key)) entries.set(key, { ...borrowed, own: false })
      }
  }
  return entries
}

const borrowedBy = (flow: FlowText, entry: Entry, above: readonly MapNode[]): [string, EffectiveEntry][] =>
  mergeSources(flow, entry).flatMap((source) => [...effectiveEntries(flow, source, above)])

export const keyText = (flow: FlowText, entry: Entry): string => {
  const key = keyOf(resolved(flow, entry.key))
  if (key === null) throw unsafe('A key is a collection.')
  return key
}

export const mergeSources = (flow: FlowText, entry: Entry): MapNode[] => {
  const source = resolved(flow, entry.value)
  const sources = isListNode(source) ? source.items.map((item) => resolved(flow, item)) : [source]
  return sources.map((each) => {
    if (!isMapNode(each)) throw unsafe('A merge key borrows from something that is no map.')
    return each
  })
}

export const valueOf = (flow: FlowText, node: ParsedNode | null): JsonValue => {
  let budget = mostNodes
  const open = new Set<ParsedNode>()

  const collect = (target: ParsedNode | null): JsonValue => {
    budget -= 1
    if (budget < 0) {
      throw new Refused({
        code: 'limit',
        message: 'Its aliases stand for more than can be copied. Edit the YAML itself.',
      })
    }
    if (!target || isScalarNode(target)) return scalarValue(target?.value ?? null)
    if (open.has(target)) throw unsafe('An alias stands for a value that contains it.')
    open.add(target)
    const value = collection(target)
    open.delete(target)
    return value
  }

  const collection = (target: ParsedNode): JsonValue => {
    if (isListNode(target)) return target.items.map((item) => collect(resolved(flow, item)))
    if (!isMapNode(target)) throw unsafe('A node has an unknown form.')
    const entries = [...effectiveEntries(flow, target)]
    return Object.fromEntries(entries.map(([key, { entry }]) => [key, collect(resolved(flow, entry.value))]))
  }

  return collect(resolved(flow, node))
}

const scalarValue = (value: unknown): JsonValue => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw unsafe('A value is of a type that JSON does not have.')
}

export type JsonMap = { readonly [key: string]: JsonValue }
export const isJsonMap = (value: JsonValue | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isJsonList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

export const sameValue = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => {
  if (isJsonList(a))
    return isJsonList(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
  if (isJsonMap(a)) {
    if (!isJsonMap(b)) return false
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    )
  }
  return Object.is(a, b)
}
