import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Node, Pair, YAMLMap } from 'yaml'
import type { Problem } from '#core/model/problem.ts'
import type { Finding } from './finding.ts'
import type { AliasTargets } from './plain-value.ts'
import { isMergeKey, keyText } from './yaml-keys.ts'
import type { YamlDocument } from './yaml-source.ts'

export type Lines = { lineOf(offset: number): number; columnOf(offset: number): number }

/** Lines and columns from 1. Lines are counted no further than somebody asks. */
export const linesOf = (text: string): Lines => {
  const starts = [0]
  let counted = 0
  const countTo = (offset: number): void => {
    while (counted < offset) {
      const end = text.indexOf('\n', starts.at(-1))
      counted = end === -1 ? text.length : end + 1
      if (end === -1) return
      starts.push(end + 1)
    }
  }
  const lineIndex = (offset: number): number => {
    countTo(offset)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    lineOf: (offset) => lineIndex(offset) + 1,
    columnOf: (offset) => offset - (starts[lineIndex(offset)] ?? 0) + 1,
  }
}

type Entry = { readonly key: Node | null; readonly value: Node | null }

/** Looks up paths in one document; the keys of a mapping are listed once. */
type Search = { readonly targets: AliasTargets; readonly known: Map<YAMLMap, Map<string, Entry>> }

const resolve = (node: Node | null, { targets }: Search): Node | null =>
  isAlias(node) ? (targets.get(node) ?? node) : node

const mergeSources = (value: Node | null, search: Search): Node[] => {
  const source = resolve(value, search)
  const nodes = isSeq(source) ? source.items.map((item) => resolve(item as Node | null, search)) : [source]
  return nodes.filter((node) => node !== null)
}

const entriesOf = (map: YAMLMap, search: Search): Map<string, Entry> => {
  const found = search.known.get(map)
  if (found) return found
  const entries = new Map<string, Entry>()
  search.known.set(map, entries)
  const merged: Node[] = []
  for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
    const name = resolve(key, search)
    if (isMergeKey(key)) merged.push(...mergeSources(value, search))
    else if (isScalar(name)) {
      const text = keyText(name)
      if (!entries.has(text)) entries.set(text, { key, value })
    }
  }
  for (const source of merged) {
    if (!isMap(source)) continue
    for (const [name, entry] of entriesOf(source, search)) if (!entries.has(name)) entries.set(name, entry)
  }
  return entries
}

const stepInto = (node: Node | null, name: string | number, search: Search): Entry | null => {
  const collection = resolve(node, search)
  if (isMap(collection)) return entriesOf(collection, search).get(String(name)) ?? null
  if (!isSeq(collection) || typeof name !== 'number') return null
  const item = collection.items[name] as Node | null | undefined
  return item === undefined ? null : { key: item, value: item }
}

const offsetOf = ({ path, at }: Finding, contents: Node | null, search: Search): number => {
  let entry: Entry = { key: contents, value: contents }
  let reached = 0
  for (const name of path) {
    const next = stepInto(entry.value, name, search)
    if (next === null) break
    entry = next
    reached += 1
  }
  // A value that is not there is missed where its owner's name stands.
  const node = at === 'key' || reached < path.length ? (entry.key ?? entry.value) : (entry.value ?? entry.key)
  return node?.range?.[0] ?? 0
}

/** Turns findings into problems with line and column: the nearest part of their path that is written. */
export const locator = (document: YamlDocument | null, targets: AliasTargets, lines: Lines) => {
  const search: Search = { targets, known: new Map() }
  return (finding: Finding): Problem => {
    const offset = finding.offset ?? offsetOf(finding, document?.contents ?? null, search)
    const { path, severity, code, message, remedy } = finding
    return {
      line: lines.lineOf(offset),
      column: lines.columnOf(offset),
      path,
      severity,
      code,
      message,
      remedy: typeof remedy === 'string' ? remedy : remedy(),
    }
  }
}
