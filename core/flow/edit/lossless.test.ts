import fc from 'fast-check'
import type { GeneratorValue } from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import type { Edited, EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'
import type { RandomYaml } from './random-yaml-suite.ts'
import { randomYaml, texts } from './random-yaml-suite.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const numRuns = Number(process.env['RUNS'] ?? 1500)
// Shrinking a failure may take long.
const timeLimit = numRuns > 1000 ? 600_000 : 20_000

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = (string | number)[]

const read = (text: string): Json =>
  structuredCloneOf(parse(text, { merge: true, logLevel: 'silent', maxAliasCount: -1 }))
const structuredCloneOf = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
const mistakes = (text: string) => parseDocument(text, { merge: true }).errors.map(({ message }) => message)

const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const pathsIn = (value: Json, path: Path = []): Path[] => {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => pathsIn(item, [...path, index]))]
  return [
    path,
    ...(isObject(value) ? Object.keys(value).flatMap((key) => pathsIn(value[key] ?? null, [...path, key])) : []),
  ]
}

const at = (value: Json, path: Path): Json => {
  let now = value
  for (const key of path) now = (now as Record<string | number, Json>)[key] ?? null
  return now
}

/** What the edit must come to, on plain data. */
const expected = (before: Json, operation: EditOperation): Json => {
  const after = structuredCloneOf(before)
  if (!('path' in operation)) return after
  // Setting makes the maps above that are missing.
  if (operation.path[0] === 'brand' && isObject(after)) after['brand'] = {}
  const holder = at(after, operation.path.slice(0, -1)) as Record<string | number, Json>
  const target = at(after, [...operation.path])
  const last = operation.path.at(-1) ?? ''
  if (operation.kind === 'set') holder[last] = operation.value as Json
  else if (operation.kind === 'remove') {
    if (Array.isArray(holder)) holder.splice(Number(last), 1)
    else delete holder[last]
  } else if (operation.kind === 'rename-key') {
    holder[operation.to] = target
    delete holder[last]
  } else if (operation.kind === 'insert-key') (target as Record<string, Json>)[operation.key] = operation.value as Json
  else if (operation.kind === 'insert-item') (target as Json[]).splice(operation.index, 0, operation.value as Json)
  else if (operation.kind === 'move-item') {
    const list = target as Json[]
    list.splice(operation.to, 0, ...list.splice(operation.from, 1))
  }
  return after
}

const randomValue = (draw: GeneratorValue, depth = 2): Json => {
  const kind = draw(fc.nat, { max: depth > 0 ? 8 : 5 })
  if (kind <= 2) return texts[draw(fc.nat, { max: texts.length - 1 })] ?? ''
  if (kind === 3) return draw(fc.integer)
  if (kind === 4) return [true, false, null, 0.5, 1e21, -7][draw(fc.nat, { max: 5 })] ?? null
  if (kind === 5) return draw(fc.string, { unit: 'grapheme', maxLength: 12 })
  const items = Array.from({ length: draw(fc.nat, { max: 3 }) }, () => randomValue(draw, depth - 1))
  return kind === 6
    ? items
    : Object.fromEntries(items.map((item, index) => [texts[(index * 7) % texts.length] ?? 'k', item]))
}

const randomOperation = (draw: GeneratorValue, value: Json): EditOperation => {
  const below = (most: number) => draw(fc.nat, { max: Math.max(most - 1, 0) })
  const paths = pathsIn(value)
  const path = paths[below(paths.length)] ?? []
  const target = at(value, path)
  if (Array.isArray(target) && target.length > 0 && below(2) === 0) {
    if (below(2) === 0) return { kind: 'move-item', path, from: below(target.length), to: below(target.length) }
    return { kind: 'insert-item', path, index: below(target.length + 1), value: randomValue(draw) }
  }
  if (isObject(target) && below(3) === 0) {
    const keys = Object.keys(target)
    const before = below(2) === 0 ? keys[below(keys.length)] : undefined
    return {
      kind: 'insert-key',
      path,
      key: `new ${texts[below(8)]}`,
      value: randomValue(draw),
      ...(before !== undefined && { before }),
    }
  }
  if (path.length === 0) return { kind: 'set', path: ['brand', 'new'], value: randomValue(draw) }
  const isKey = typeof path.at(-1) === 'string'
  if (isKey && below(5) === 0) return { kind: 'rename-key', path, to: `renamed ${texts[below(8)]}` }
  return below(2) === 0 ? { kind: 'remove', path } : { kind: 'set', path, value: randomValue(draw) }
}

// An anchor or alias that moves; a merge key that makes way, with the comment above.
const madeWay = /^\s*(?:[&*][ab]\d+\s*)?$|^(?:\s*(?:#.*\s*)*<<:.*)+\s*.*$/
// Lines below the entry that a block scalar above would take in.
const wouldBeTaken = /^(?:\s*#.*)*\s*$/
const blockScalar = /[|>][-+]?[ \t]*(?:#.*)?\r?\n/

/** What is taken away outside of the entry. */
const strayRemovals = ({ text, regions }: RandomYaml, operation: EditOperation, { splices }: Edited): string[] => {
  const region = 'path' in operation ? regions.get(JSON.stringify([...operation.path])) : undefined
  if (!region) return []
  const { from, to } = region
  const outside = splices.flatMap(({ at: start, remove }) => {
    const end = start + remove.length
    const after = text.slice(Math.max(start, to), Math.max(end, to))
    const isTaken = wouldBeTaken.test(after) && blockScalar.test(text.slice(0, to))
    return [text.slice(Math.min(start, from), Math.min(end, from)), isTaken ? '' : after]
  })
  return outside.filter((removed) => !madeWay.test(removed))
}

/** Without sharing, nothing at all happens outside of the entry, or of the collection that gains or loses one. */
const strayInsertions = ({ text, regions }: RandomYaml, operation: EditOperation, { splices }: Edited): string[] => {
  if (!('path' in operation) || text.includes('&') || operation.path[0] === 'brand') return []
  const isWithin = operation.kind === 'remove' || operation.kind === 'rename-key'
  const region = regions.get(JSON.stringify(operation.path.slice(0, isWithin ? -1 : undefined)))
  if (!region) return []
  const outside = splices.filter(({ at: start }) => start < region.from || start > region.to)
  return outside.map(({ insert }) => insert)
}

test(`every edit of any document changes only what it names, and can be taken back (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const yaml = randomYaml(draw)
      expect(mistakes(yaml.text), yaml.text).toEqual([])
      const before = read(yaml.text)
      const operation = randomOperation(draw, before)
      const edited = applyEdit(yaml.text, operation)
      const story = `${JSON.stringify(operation)}\n--- before\n${yaml.text}\n--- after\n${edited.text}\n---`
      expect(mistakes(edited.text), story).toEqual([])
      const [is, wanted] = [read(edited.text), expected(before, operation)]
      if (!isDeepStrictEqual(is, wanted)) expect(is, story).toEqual(wanted)
      expect(applyEdit(edited.text, edited.inverse).text === yaml.text, story).toBe(true)
      expect(strayRemovals(yaml, operation, edited), story).toEqual([])
      expect(strayInsertions(yaml, operation, edited), story).toEqual([])
    }),
    { seed, numRuns, plugins: [fc.interruptAfterTimeLimit(timeLimit)] },
  )
})
