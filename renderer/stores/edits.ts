import type { EditOperation } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import {
  listOf, mapAt, taskOf, wiresOutOf, type Outline, type Position, type TaskOutline, type Wire,
} from './outline.ts' // prettier-ignore

/** An edit with the name the menu shows for undoing it. */
export type Edit = { readonly label: string; readonly operation: EditOperation; readonly added: readonly string[] }

export const batch = (operations: readonly EditOperation[]): EditOperation => {
  const [only, second] = operations
  return only !== undefined && second === undefined ? only : { kind: 'batch', operations }
}

/** An id like `base` that no task has yet. */
export const freshId = (taken: ReadonlySet<string>, base: string): string => {
  const plain =
    base
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, '_')
      .replace(/^[^a-z]+/, '') || 'task'
  let id = plain
  for (let number = 2; taken.has(id); number += 1) id = `${plain}_${number}`
  return id
}

const idsOf = ({ tasks }: Outline): Set<string> => new Set(tasks.map(({ id }) => id))

/** `table.read` begins as `read`. */
const baseOf = (type: string): string => type.split('.').at(-1) ?? type

/** Fits the first free input of `type`, by kind; null when none does. */
export const fittingInput = (type: TaskTypeSummary, kind: string): { port: string; many: boolean } | null => {
  const found = Object.entries(type.inputs).find(([, port]) => port.kind === kind)
  return found ? { port: found[0], many: found[1].many ?? false } : null
}

export type NewTask = {
  readonly type: TaskTypeSummary
  readonly position: Position
  /** An output it takes at once. */
  readonly from?: { readonly task: string; readonly output: string; readonly kind: string }
}

export const addTask = (outline: Outline, { type, position, from }: NewTask): Edit => {
  const task = freshId(idsOf(outline), baseOf(type.type))
  const input = from ? fittingInput(type, from.kind) : null
  const add: EditOperation = { kind: 'add-task', task, definition: { type: type.type }, position: [...position] }
  const wire: readonly EditOperation[] =
    from && input
      ? [{ kind: 'connect', task, port: input.port, from: { task: from.task, output: from.output }, many: input.many }]
      : []
  return { label: `Add ${type.title.toLowerCase()}`, operation: batch([add, ...wire]), added: [task] }
}

export const several = (count: number, one: string, many: string): string => (count === 1 ? one : `${count} ${many}`)

export const removeTasks = (outline: Outline, tasks: readonly string[], wires: readonly Wire[]): Edit => {
  const gone = new Set(tasks)
  const loose = wires.filter(({ from, to, by }) => by !== 'mention' && !gone.has(from.task) && !gone.has(to.task))
  const label =
    tasks.length > 0
      ? `Delete ${several(tasks.length, tasks[0] ?? '', 'tasks')}`
      : `Delete ${several(loose.length, 'wire', 'wires')}`
  return {
    label,
    operation: batch([
      ...disconnections(outline, loose),
      ...tasks.map((task): EditOperation => ({ kind: 'remove-task', task })),
    ]),
    added: [],
  }
}

/** A wire that only orders is an entry of `after`; the other entries stay. */
const disconnections = (outline: Outline, wires: readonly Wire[]): readonly EditOperation[] => {
  const data = wires.flatMap(({ from, to }): EditOperation[] =>
    to.port === null ? [] : [{ kind: 'disconnect', task: to.task, port: to.port, from }],
  )
  const waits = Map.groupBy(
    wires.filter(({ to }) => to.port === null),
    ({ to }) => to.task,
  )
  const orders = [...waits].map(([task, gone]): EditOperation => {
    const path = ['tasks', task, 'after']
    const others = new Set<JsonValue>(gone.map(({ from }) => from.task))
    const left = listOf(taskOf(outline, task)?.raw['after']).filter((other) => !others.has(other))
    return left.length === 0 ? { kind: 'remove', path } : { kind: 'set', path, value: [...left] }
  })
  return [...data, ...orders]
}

/** Waits for a task without taking data of it. */
export const addOrder = (outline: Outline, { from, to }: { from: string; to: string }): Edit => ({
  label: `Run ${to} after ${from}`,
  operation: {
    kind: 'set',
    path: ['tasks', to, 'after'],
    value: [...listOf(taskOf(outline, to)?.raw['after']), from],
  },
  added: [],
})

const offset = 40

/** Copies beside the originals: wires among them are kept, and those that come in from others too. */
export const duplicateTasks = (outline: Outline, ids: readonly string[]): Edit => {
  const taken = idsOf(outline)
  const names = new Map<string, string>()
  for (const id of ids) {
    const copy = freshId(taken, id.replace(/_\d+$/, ''))
    taken.add(copy)
    names.set(id, copy)
  }
  const chosen = outline.tasks.filter(({ id }) => names.has(id))
  const operations = chosen.map((task): EditOperation => {
    const [x, y] = task.position ?? [0, 0]
    return {
      kind: 'add-task',
      task: names.get(task.id) ?? task.id,
      definition: renamed(task, names),
      position: [x + offset, y + offset],
    }
  })
  return {
    label: `Duplicate ${several(ids.length, ids[0] ?? '', 'tasks')}`,
    operation: batch(operations),
    added: [...names.values()],
  }
}

const renamed = ({ raw }: TaskOutline, names: ReadonlyMap<string, string>): Record<string, JsonValue> => {
  const reference = (value: JsonValue): JsonValue => {
    if (typeof value !== 'string') return value
    const dot = value.indexOf('.')
    const task = names.get(dot < 0 ? value : value.slice(0, dot))
    return task === undefined ? value : task + (dot < 0 ? '' : value.slice(dot))
  }
  const inputs = Object.entries(mapAt(raw, 'inputs')).map(([port, value]): [string, JsonValue] => [
    port,
    Array.isArray(value) ? listOf(value).map(reference) : reference(value),
  ])
  return {
    ...raw,
    ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs) }),
    ...(raw['after'] !== undefined && { after: listOf(raw['after']).map(reference) }),
  }
}

export const renameTask = (task: string, to: string): Edit => ({
  label: `Rename ${task}`,
  operation: { kind: 'rename-task', task, to },
  added: [to],
})

export const setDisabled = (tasks: readonly string[], disabled: boolean): Edit => ({
  label: `${disabled ? 'Disable' : 'Enable'} ${several(tasks.length, tasks[0] ?? '', 'tasks')}`,
  operation: batch(
    tasks.map((task): EditOperation =>
      disabled
        ? { kind: 'set', path: ['tasks', task, 'disabled'], value: true }
        : { kind: 'remove', path: ['tasks', task, 'disabled'] },
    ),
  ),
  added: [],
})

/** Whether a wire from one task to another would close a circle. */
export const wouldCycle = (outline: Outline, from: string, to: string): boolean => {
  const seen = new Set<string>([to])
  const open = [to]
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (task === from) return true
    for (const wire of wiresOutOf(outline, task)) {
      if (seen.has(wire.to.task)) continue
      seen.add(wire.to.task)
      open.push(wire.to.task)
    }
  }
  return false
}

/** What is wrong with an id that a task is to get, or null. */
export const faultOfId = (outline: Outline, task: string, id: string): string | null => {
  if (!/^[a-z][a-z0-9_-]*$/.test(id)) return 'Use lower-case letters, digits, _ and -, and begin with a letter.'
  return id !== task && taskOf(outline, id) ? `There is a task “${id}” already.` : null
}

export type Insertion = {
  readonly type: TaskTypeSummary
  readonly position: Position
  readonly wire: Wire
  readonly kind: string
  /** Whether the port that the wire leads to takes a list. */
  readonly many: boolean
}

/** Puts a task into a wire: it takes what the wire carried, and its output goes where the wire went. */
export const insertIntoWire = (outline: Outline, { type, position, wire, kind, many }: Insertion): Edit | null => {
  const input = fittingInput(type, kind)
  const output = fittingOutput(type, kind)
  const { from, to } = wire
  if (!input || output === null || to.port === null) return null
  const added = addTask(outline, { type, position, from: { ...from, kind } })
  const [task = ''] = added.added
  const swap: readonly EditOperation[] = [
    ...(many ? [{ kind: 'disconnect', task: to.task, port: to.port, from } as const] : []),
    { kind: 'connect', task: to.task, port: to.port, from: { task, output }, many },
  ]
  return { ...added, label: `Insert ${type.title.toLowerCase()}`, operation: batch([added.operation, ...swap]) }
}

export const fittingOutput = (type: TaskTypeSummary, kind: string): string | null =>
  Object.entries(type.outputs).find(([, port]) => port.kind === kind)?.[0] ?? null
