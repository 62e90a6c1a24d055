import type { JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { applyEdit } from './apply-edit.ts'
import { collectionText } from './collection-text.ts'
import { reach } from './reach.ts'
import { openFlowText, type FlowText } from './sharing.ts'
import { isMapNode, keyOf } from './syntax.ts'
import { valueAt } from './value-at.ts'
import { isJsonMap, sameValue } from './values.ts'

/**
 * Tasks as a text of their own: a flow of nothing but `tasks` and their `layout`. Their lines are cut as they stand,
 * comments and all, where that means the same; what is shared with others by anchors is written out.
 */
export const copyTasks = (text: string, ids: readonly string[]): string => {
  const flow = openFlowText(text)
  const definitions = new Map(ids.map((id) => [id, definitionOf(flow, id)]))
  const written = writeOut(definitions, placesOf(flow, ids))
  const lines = linesOfTasks(text, ids)
  if (lines === null) return written
  const cut = written.replace(/^tasks:\n(?:[ ].*\n|\n)*/, () => `tasks:\n${lines.map(indented).join('')}`)
  return meansTheSame(cut, written) ? cut : written
}

const definitionOf = (flow: FlowText, id: string): Readonly<Record<string, JsonValue>> => {
  const definition = valueAt(flow, ['tasks', id])
  if (isJsonMap(definition)) return definition
  throw new Refused({ code: 'not-found', message: `The flow has no task “${id}” that could be copied.` })
}

const placesOf = (flow: FlowText, ids: readonly string[]): ReadonlyMap<string, readonly [number, number]> =>
  new Map(
    ids.flatMap((id) => {
      const place = valueAt(flow, ['layout', id])
      const [x, y] = Array.isArray(place) ? (place as readonly JsonValue[]) : []
      return typeof x === 'number' && typeof y === 'number' ? [[id, [x, y] as const]] : []
    }),
  )

const writeOut = (
  definitions: ReadonlyMap<string, Readonly<Record<string, JsonValue>>>,
  places: ReadonlyMap<string, readonly [number, number]>,
): string =>
  applyEdit('tasks: {}\n', {
    kind: 'batch',
    operations: [
      { kind: 'set', path: ['tasks'], value: Object.fromEntries(definitions) },
      {
        kind: 'set-positions',
        positions: Object.fromEntries([...places].map(([id, [x, y]]): [string, [number, number]] => [id, [x, y]])),
      },
    ],
  }).text

/** The text of each task with the comments that belong to it, its key in the first column. Null where it cannot be cut out. */
export const linesOfTasks = (text: string, ids: readonly string[]): readonly string[] | null =>
  linesOf(text, 'tasks', ids)

/** A part of a section with the lines it has, or written anew where these would mean something else alone. */
export const copySection = (text: string, section: string, names: readonly string[]): string => {
  const value = valueAt(openFlowText(text), [section])
  const part = Object.fromEntries(
    Object.entries(isJsonMap(value) ? value : {}).filter(([name]) => names.includes(name)),
  )
  if (Object.keys(part).length === 0) return ''
  const written = `${applyEdit('', { kind: 'set', path: [section], value: part }).text.trimEnd()}\n`
  const lines = linesOf(text, section, Object.keys(part))
  if (lines === null) return written
  const cut = `${section}:\n${lines.map(indented).join('')}`
  return meansTheSame(cut, written) ? cut : written
}

const linesOf = (text: string, section: string, ids: readonly string[]): readonly string[] | null => {
  const flow = openFlowText(text)
  const { kind, last } = reach(flow, [section])
  if (kind !== 'own' || !isMapNode(last.node)) return null
  const { node } = last
  const tasks = collectionText(flow, last, node)
  if (tasks.flow) return null
  const indexes = new Map(node.items.map((entry, index) => [keyOf(entry.key), index]))
  const lines = ids.map((id) => {
    const extent = tasks.extent(indexes.get(id) ?? -1)
    if (!extent?.startsLine) return null
    return withoutIndent(text.slice(extent.lead, extent.lineEnd), tasks.column)
  })
  return lines.every((each) => each !== null) ? lines : null
}

const withoutIndent = (text: string, column: number): string =>
  text
    .split(/\r?\n/)
    .map((line) => (/^ *$/.test(line.slice(0, column)) ? line.slice(column) : line))
    .join('\n')

const indented = (text: string): string => `${indentLines(text, '  ')}\n`

/** Blank lines stay blank. */
export const indentLines = (text: string, indent: string): string => text.replaceAll(/^(?=.)/gm, indent)

/** Whether two texts hold the same tasks in the same order. */
export const meansTheSame = (text: string, other: string): boolean => {
  try {
    const [one, two] = [text, other].map((each) => valueAt(openFlowText(each), []))
    return sameValue(one, two) && JSON.stringify(tasksIn(one)) === JSON.stringify(tasksIn(two))
  } catch {
    return false
  }
}

const tasksIn = (value: JsonValue | undefined): readonly string[] => {
  const tasks = isJsonMap(value) ? value['tasks'] : undefined
  return isJsonMap(tasks) ? Object.keys(tasks) : []
}
