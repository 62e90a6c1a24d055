import type { JsonValue } from '#core/model/handle.ts'
import { insertEntries } from './actions.ts'
import { collectionText, everyExtent } from './collection-text.ts'
import { contentOf, entryOf, type ContentEntry } from './content.ts'
import { indentLines, linesOfTasks, meansTheSame } from './copy-tasks.ts'
import { changesOf } from './plan.ts'
import { reach } from './reach.ts'
import { openFlowText } from './sharing.ts'
import { edited } from './splices.ts'
import { isMapNode } from './syntax.ts'
import { valueAt } from './value-at.ts'
import { isJsonList, isJsonMap, type JsonMap } from './values.ts'

/** A section of a flow as plain data, empty when it is not there. */
export const mapIn = (text: string, key: string): JsonMap => {
  const value = valueAt(openFlowText(text), [key])
  return isJsonMap(value) ? value : {}
}

/** What stands under a key of the flow, as plain data; null when it is not there. */
export const sectionIn = (text: string, key: string): JsonValue => valueAt(openFlowText(text), [key]) ?? null

/** Ids that neither flow has; those that are free stay. */
export const freshNames = (ids: readonly string[], taken: ReadonlySet<string>): ReadonlyMap<string, string> => {
  const used = new Set([...taken, ...ids])
  return new Map(
    ids.map((id) => {
      if (!taken.has(id)) return [id, id]
      const base = id.replace(/_\d+$/, '')
      let name = base
      for (let number = 2; used.has(name); number += 1) name = `${base}_${number}`
      used.add(name)
      return [id, name]
    }),
  )
}

/** The texts of a list, or the only one. */
export const textsOf = (value: JsonValue | undefined): readonly string[] =>
  (isJsonList(value) ? value : [value]).filter((one): one is string => typeof one === 'string')

type Place = readonly [number, number]

/** Where tasks stand on the canvas, together; null where none of them has a place. */
export const placesOf = (
  text: string,
  tasks: readonly string[],
): { readonly corner: Place; readonly middle: Place } | null => {
  const layout = mapIn(text, 'layout')
  const places = tasks.map((id) => numbersIn(layout[id])).filter((place) => place !== null)
  if (places.length === 0) return null
  const [left, right] = extent(places.map(([x]) => x))
  const [top, bottom] = extent(places.map(([, y]) => y))
  return { corner: [left, top], middle: [Math.round((left + right) / 2), Math.round((top + bottom) / 2)] }
}

const extent = (numbers: readonly number[]): Place => [Math.min(...numbers), Math.max(...numbers)]

/** Adds the tasks of a fragment, the first of them at `position`; the others keep their places relative to it. */
export const addFragment = (text: string, fragment: string, position: readonly [number, number]): string => {
  const tasks = mapIn(fragment, 'tasks')
  const places = movedTo(mapIn(fragment, 'layout'), Object.keys(tasks), position)
  return withOwnLines(inserted(text, tasks, places), fragment, Object.keys(tasks))
}

type Places = ReadonlyMap<string, readonly [number, number]>

const numbersIn = (value: JsonValue | undefined): readonly [number, number] | null => {
  const [x, y] = isJsonList(value) ? value : []
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null
}

/** Those without a place stand below one another. */
const movedTo = (layout: JsonMap, ids: readonly string[], [left, top]: readonly [number, number]): Places => {
  const places = ids.map((id, index) => numbersIn(layout[id]) ?? ([0, index * 96] as const))
  const x = Math.min(...places.map(([each]) => each))
  const y = Math.min(...places.map(([, each]) => each))
  return new Map(places.map((place, index) => [ids[index] ?? '', [left + place[0] - x, top + place[1] - y]]))
}

const inserted = (text: string, tasks: JsonMap, places: Places): string => {
  const flow = openFlowText(text)
  const added = Object.entries(tasks).map(([id, definition]) => entryOf(id, definition))
  const laid = [...places].map(([id, [x, y]]): ContentEntry => ({
    key: contentOf(id),
    value: { kind: 'list', items: [contentOf(x), contentOf(y)], flow: true },
  }))
  const withTasks = edited(text, changesOf(flow, insertEntries(flow, ['tasks'], added))).text
  const next = openFlowText(withTasks)
  return edited(withTasks, changesOf(next, insertEntries(next, ['layout'], laid))).text
}

/** The new tasks with the very lines they had where they come from, when these mean the same here. */
const withOwnLines = (text: string, fragment: string, ids: readonly string[]): string => {
  const lines = linesOfTasks(fragment, ids)
  const flow = openFlowText(text)
  const { kind, last } = reach(flow, ['tasks'])
  if (lines === null || kind !== 'own' || !isMapNode(last.node)) return text
  const tasks = collectionText(flow, last, last.node)
  const [first, end] = [everyExtent(tasks).at(-ids.length), everyExtent(tasks).at(-1)]
  if (tasks.flow || !first?.startsLine || !end) return text
  const own = lines.map((each) => indentLines(each, ' '.repeat(tasks.column))).join('\n')
  const whole = text.slice(0, first.lead) + own + text.slice(end.lineEnd)
  return meansTheSame(whole, text) ? whole : text
}
