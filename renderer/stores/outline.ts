import type { JsonValue, PortKind } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'

/** A flow as the canvas draws it, read out of its plain data however many mistakes it has. */
export type Outline = {
  readonly name: string
  readonly tasks: readonly TaskOutline[]
  readonly wires: readonly Wire[]
  readonly marks: readonly Mark[]
}

export type Position = readonly [number, number]

export type TaskOutline = {
  readonly id: string
  readonly type: string
  /** As written. */
  readonly raw: Readonly<Record<string, JsonValue>>
  /** Null when the flow says no place. */
  readonly position: Position | null
}

export type Wire = {
  /** Unique in the flow. */
  readonly id: string
  readonly from: { readonly task: string; readonly output: string }
  /** A null port only orders. */
  readonly to: { readonly task: string; readonly port: string | null }
  /** Where it is written; `mention`: in an expression of the task, or as the items it follows. */
  readonly by: 'input' | 'after' | 'mention'
}

/** What stands on the canvas for people only. Kept in the layout, under keys that no task can have. */
export type Mark = {
  readonly kind: 'note' | 'frame'
  /** Unique among those of its kind. */
  readonly id: string
  readonly position: Position
  readonly size: Position
  readonly text: string
}

export const markKeys = { note: '$notes', frame: '$frames' } as const

type Map = Readonly<Record<string, JsonValue>>

const none: Map = {}

export const mapAt = (value: JsonValue | undefined, key?: string): Map => {
  const found = key === undefined ? value : mapAt(value)[key]
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Map) : none
}

export const textAt = (value: JsonValue | undefined, key: string): string | null => {
  const found = mapAt(value)[key]
  return typeof found === 'string' ? found : null
}

export const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : value === undefined || value === null ? [] : [value]

const isNumber = (value: JsonValue | undefined): value is number => typeof value === 'number' && Number.isFinite(value)

const positionOf = (layout: Map, task: string): Position | null => pairOf(layout[task])

const textsOf = (value: JsonValue | undefined): readonly string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string')

const inputWires = (task: string, inputs: Map, found: Wire[]): void => {
  for (const port of Object.keys(inputs)) {
    for (const text of listOf(inputs[port])) {
      const dot = typeof text === 'string' ? text.indexOf('.') : 0
      if (typeof text !== 'string' || dot < 1) continue
      const from = { task: text.slice(0, dot), output: text.slice(dot + 1) }
      found.push({ id: `${text}->${task}.${port}`, from, to: { task, port }, by: 'input' })
    }
  }
}

const orderWire = (other: string, task: string, by: 'after' | 'mention'): Wire => ({
  id: `${other}->${task}`,
  from: { task: other, output: '' },
  to: { task, port: null },
  by,
})

const mention = /\btasks(?:\.|\[\s*["'])([a-z][a-z0-9_-]*)/g

const addMentions = (value: JsonValue | undefined, found: string[]): void => {
  if (typeof value === 'string') {
    if (value.includes('tasks')) for (const [, task = ''] of value.matchAll(mention)) found.push(task)
  } else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) addMentions(inner, found)
}

const withExpressions = ['with', 'when', 'for_each', 'cache'] as const

/** The tasks whose outputs the expressions of a task read, and the one whose items it follows. */
const mentionsIn = (raw: Map): readonly string[] => {
  const found: string[] = []
  const follows = raw['for_each']
  if (typeof follows === 'string' && !follows.includes('{')) found.push(follows)
  for (const key of withExpressions) addMentions(raw[key], found)
  return found
}

/** Each once; an order that data gives already is not drawn again. In loops: a large flow has thousands. */
const wiresOf = (task: string, raw: Map): readonly Wire[] => {
  const wires: Wire[] = []
  inputWires(task, mapAt(raw, 'inputs'), wires)
  for (const other of textsOf(raw['after'])) wires.push(orderWire(other, task, 'after'))
  const waited = wires.length
  for (const other of mentionsIn(raw))
    if (other !== task && !wires.slice(0, waited).some(({ from }) => from.task === other))
      wires.push(orderWire(other, task, 'mention'))
  return wires.length < 2 ? wires : [...new Map(wires.map((wire) => [wire.id, wire])).values()]
}

/** The parts of the outline of one task, kept while the task stays the same object. */
const known = new WeakMap<object, { readonly task: TaskOutline; readonly wires: readonly Wire[] }>()

const partsOf = (id: string, raw: Map, position: Position | null) => {
  const before = known.get(raw)
  const sameId = before?.task.id === id
  if (sameId && before.task.position?.[0] === position?.[0] && before.task.position?.[1] === position?.[1])
    return before
  const task: TaskOutline = { id, type: textAt(raw, 'type') ?? '', raw, position }
  const parts = { task, wires: sameId ? before.wires : wiresOf(id, raw) }
  if (raw !== none) known.set(raw, parts)
  return parts
}

const pairOf = (value: JsonValue | undefined): Position | null => {
  const [x, y] = listOf(value)
  return isNumber(x) && isNumber(y) ? [x, y] : null
}

const marksOf = (layout: Map, kind: Mark['kind']): readonly Mark[] =>
  Object.entries(mapAt(layout, markKeys[kind])).flatMap(([id, raw]) => {
    const position = pairOf(mapAt(raw)['at'])
    const size = pairOf(mapAt(raw)['size'])
    if (!position || !size) return []
    return [{ kind, id, position, size, text: textAt(raw, 'text') ?? '' }]
  })

/** Wires to tasks that do not exist are left out: they are problems, shown where they are written. */
export const outlineOf = (value: JsonValue): Outline => {
  const layout = mapAt(value, 'layout')
  const tasks = mapAt(value, 'tasks')
  const outline = { tasks: [] as TaskOutline[], wires: [] as Wire[] }
  for (const [id, raw] of Object.entries(tasks)) {
    const parts = partsOf(id, mapAt(raw), positionOf(layout, id))
    outline.tasks.push(parts.task)
    for (const wire of parts.wires) if (Object.hasOwn(tasks, wire.from.task)) outline.wires.push(wire)
  }
  return {
    name: textAt(value, 'name') ?? '',
    ...outline,
    marks: [...marksOf(layout, 'frame'), ...marksOf(layout, 'note')],
  }
}

/** What is looked up often, worked out once for each outline. */
type Lookups = {
  readonly tasks: ReadonlyMap<string, TaskOutline>
  readonly into: ReadonlyMap<string, readonly Wire[]>
  readonly outOf: ReadonlyMap<string, readonly Wire[]>
}

const lookups = new WeakMap<Outline, Lookups>()

const lookupsOf = (outline: Outline): Lookups => {
  const before = lookups.get(outline)
  if (before) return before
  const found = {
    tasks: new Map(outline.tasks.map((task) => [task.id, task])),
    into: Map.groupBy(outline.wires, ({ to }) => to.task),
    outOf: Map.groupBy(outline.wires, ({ from }) => from.task),
  }
  lookups.set(outline, found)
  return found
}

export const taskOf = (outline: Outline, id: string): TaskOutline | undefined => lookupsOf(outline).tasks.get(id)

const noWires: readonly Wire[] = []

export const wiresInto = (outline: Outline, task: string): readonly Wire[] =>
  lookupsOf(outline).into.get(task) ?? noWires

export const wiresOutOf = (outline: Outline, task: string): readonly Wire[] =>
  lookupsOf(outline).outOf.get(task) ?? noWires

/** The kind of a task's output, or null when its type is not known or has no such output. */
export const outputKind = (
  types: ReadonlyMap<string, TaskTypeSummary>,
  type: string,
  output: string,
): PortKind | null => types.get(type)?.outputs[output]?.kind ?? null
