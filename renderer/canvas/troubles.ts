import type { Problem } from '#core/model/problem.ts'
import { listOf, mapAt, taskOf, type Outline } from '#renderer/stores/outline.ts'
import type { Trouble } from './graph.ts'

/** What is wrong, by task and by wire. */
export type Troubles = {
  readonly tasks: ReadonlyMap<string, Trouble>
  readonly wires: ReadonlyMap<string, string>
}

/** The wires that stand at the place of a problem: `tasks.x.inputs.port`, or one of a list there. */
const wiresAt = (outline: Outline, [, id, field, port, index]: Problem['path']): readonly string[] => {
  if (field !== 'inputs' || typeof id !== 'string' || typeof port !== 'string') return []
  const written = listOf(mapAt(taskOf(outline, id)?.raw['inputs'])[port])
  const meant = typeof index === 'number' ? [written[index]] : written
  return meant.filter((one) => typeof one === 'string').map((one) => `${one}->${id}.${port}`)
}

export const troublesOf = (outline: Outline, problems: readonly Problem[]): Troubles => {
  const tasks = new Map<string, Trouble>()
  const wires = new Map<string, string>()
  for (const { path, message, remedy } of problems) {
    const [section, id] = path
    if (section !== 'tasks' || typeof id !== 'string') continue
    const before = tasks.get(id)
    tasks.set(id, { count: (before?.count ?? 0) + 1, text: before ? `${before.text}\n${message}` : message })
    for (const wire of wiresAt(outline, path)) wires.set(wire, `${message} ${remedy}`)
  }
  return { tasks, wires }
}
