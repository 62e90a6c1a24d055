import { taskIdPattern } from '#core/flow/names.ts'
import { plainValue } from '#core/flow/plain-value.ts'
import { readYaml } from '#core/flow/yaml-source.ts'
import { Refused } from '#core/model/failure.ts'
import type { EditOperation, Edited } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { insertEntries } from './actions.ts'
import { applyEdit } from './apply-edit.ts'
import { collectionText, everyExtent } from './collection-text.ts'
import { contentOf, entryOf, type ContentEntry } from './content.ts'
import { copyTasks, indentLines, linesOfTasks, meansTheSame } from './copy-tasks.ts'
import { changesOf, together } from './plan.ts'
import { planRenameTask } from './rename-task.ts'
import { reach } from './reach.ts'
import { openFlowText } from './sharing.ts'
import { edited, difference } from './splices.ts'
import { isMapNode } from './syntax.ts'
import { valueAt } from './value-at.ts'
import { isJsonList, isJsonMap, type JsonMap } from './values.ts'

export type Paste = {
  readonly text: string
  /** Where the first of them is put; the others keep their places relative to it. */
  readonly position: readonly [number, number]
}

/** What may be pasted at once. */
const most = { characters: 1_000_000, tasks: 2_000 } as const

/** Adds tasks that were copied as text, here or elsewhere: under ids of their own, wired among themselves as they were. */
export const pasteTasks = (text: string, { text: pasted, position }: Paste): Edited => {
  const copied = readCopied(pasted)
  const taken = new Set(Object.keys(mapIn(text, 'tasks')))
  const names = freshNames(Object.keys(copied), taken)
  const fragment = rewired(copyTasks(pasted, Object.keys(copied)), names, taken)
  const tasks = mapIn(fragment, 'tasks')
  const places = movedTo(mapIn(fragment, 'layout'), Object.keys(tasks), position)
  const plain = inserted(text, tasks, places)
  return edited(text, difference(text, withOwnLines(plain, fragment, Object.keys(tasks))))
}

const refuse = (reason: string): never => {
  throw new Refused({
    code: 'invalid',
    message: `What was pasted holds no tasks: ${reason} Copy tasks on a canvas, or their YAML with “tasks:” above them.`,
  })
}

/** A hostile text is measured before it is read, like any flow. */
const readCopied = (text: string): JsonMap => {
  if (text.length > most.characters) return refuse('it is too long.')
  const source = readYaml(text)
  if (!source.ok) return refuse(source.finding.message)
  const [document, second] = source.documents
  if (!document || second) return refuse('it is not one YAML document.')
  const mistake = document.errors[0]
  if (mistake) return refuse(`${mistake.message}.`)
  const findings: string[] = []
  const { value } = plainValue(
    document,
    ({ message }) => void findings.push(message),
    () => 1,
  )
  const [finding] = findings
  if (finding !== undefined) return refuse(finding)
  const tasks = isJsonMap(value) ? value['tasks'] : undefined
  if (!isJsonMap(tasks) || Object.keys(tasks).length === 0) return refuse('there is no “tasks” in it.')
  if (Object.keys(tasks).length > most.tasks) return refuse(`more than ${most.tasks} tasks are too many at once.`)
  for (const [id, task] of Object.entries(tasks)) {
    if (!taskIdPattern.test(id)) return refuse(`“${id}” is no id of a task.`)
    if (!isJsonMap(task) || typeof task['type'] !== 'string') return refuse(`the task “${id}” has no type.`)
  }
  return tasks
}

const mapIn = (text: string, key: string): JsonMap => {
  const value = valueAt(openFlowText(text), [key])
  return isJsonMap(value) ? value : {}
}

/** Ids that neither flow has; those that are free stay. */
const freshNames = (ids: readonly string[], taken: ReadonlySet<string>): ReadonlyMap<string, string> => {
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

/** The tasks under their new ids. Wires from tasks that are in neither flow are left out. */
const rewired = (fragment: string, names: ReadonlyMap<string, string>, taken: ReadonlySet<string>): string => {
  const flow = openFlowText(fragment)
  const renamed = edited(
    fragment,
    changesOf(flow, together([...names].map(([task, to]) => planRenameTask(flow, { kind: 'rename-task', task, to })))),
  ).text
  const here = new Set([...taken, ...names.values()])
  const operations = Object.entries(mapIn(renamed, 'tasks')).flatMap(([task, definition]) =>
    isJsonMap(definition) ? looseEnds(task, definition, here) : [],
  )
  return operations.length === 0 ? renamed : applyEdit(renamed, { kind: 'batch', operations }).text
}

const textsOf = (value: JsonValue | undefined): readonly string[] =>
  (isJsonList(value) ? value : [value]).filter((one): one is string => typeof one === 'string')

const looseEnds = (task: string, definition: JsonMap, here: ReadonlySet<string>): readonly EditOperation[] => {
  const inputs = isJsonMap(definition['inputs']) ? Object.entries(definition['inputs']) : []
  const wires = inputs.flatMap(([port, value]) =>
    textsOf(value).flatMap((wire): EditOperation[] => {
      const dot = wire.indexOf('.')
      if (dot < 1 || here.has(wire.slice(0, dot))) return []
      return [{ kind: 'disconnect', task, port, from: { task: wire.slice(0, dot), output: wire.slice(dot + 1) } }]
    }),
  )
  const after = textsOf(definition['after'])
  const known = after.filter((other) => here.has(other))
  if (known.length === after.length) return wires
  const path = ['tasks', task, 'after']
  return [...wires, known.length === 0 ? { kind: 'remove', path } : { kind: 'set', path, value: known }]
}

type Places = ReadonlyMap<string, readonly [number, number]>

const numbersIn = (value: JsonValue | undefined): readonly [number, number] | null => {
  const [x, y] = isJsonList(value) ? value : []
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null
}

/** Those without a place stand below one another. */
const movedTo = (layout: JsonMap, ids: readonly string[], [left, top]: Paste['position']): Places => {
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
