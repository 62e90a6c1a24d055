import { taskIdPattern } from '#core/flow/names.ts'
import { plainValue } from '#core/flow/plain-value.ts'
import { readYaml } from '#core/flow/yaml-source.ts'
import { Refused } from '#core/model/failure.ts'
import type { EditOperation, Edited } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'
import { copyTasks } from './copy-tasks.ts'
import { addFragment, freshNames, mapIn, textsOf } from './fragments.ts'
import { changesOf, together } from './plan.ts'
import { planRenameTask } from './rename-task.ts'
import { openFlowText } from './sharing.ts'
import { edited, difference } from './splices.ts'
import { isJsonMap, type JsonMap } from './values.ts'

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
  return edited(text, difference(text, addFragment(text, fragment, position)))
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
