import type { Problem } from '#core/model/problem.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { markName } from '#renderer/stores/marks.ts'
import { taskOf, wiresInto, wiresOutOf, type Mark, type Outline, type Position, type TaskOutline, type Wire } from '#renderer/stores/outline.ts' // prettier-ignore
import type { SelectionState } from '#renderer/stores/selection.ts'
import { markNode, taskNode, wireEdge, type CanvasNode, type WireEdge } from './graph.ts'
import { nodeSize, overlaps, placeOf, type Rectangle } from './layout.ts'
import { createSpatialIndex, type SpatialIndex } from './spatial-index.ts'
import { troublesOf, type Troubles } from './troubles.ts'

/** Everything that is shown, however much of it is in view. */
export type Scene = {
  readonly outline: Outline
  readonly types: ReadonlyMap<string, TaskTypeSummary>
  readonly troubles: Troubles
  readonly tasks: SpatialIndex
  /** Only long ones: a short one is found by the tasks near its ends. */
  readonly wires: SpatialIndex
}

/** Pixels, across and down. */
const longest = 600

export const emptyScene = (outline: Outline): Scene => ({
  outline: { ...outline, tasks: [], wires: [], marks: [] },
  types: new Map(),
  troubles: { tasks: new Map(), wires: new Map() },
  tasks: createSpatialIndex(),
  wires: createSpatialIndex(),
})

const noProblems: readonly Problem[] = []
const knownTroubles = new WeakMap<Outline, { readonly problems: readonly Problem[]; readonly troubles: Troubles }>()

const troublesIn = (outline: Outline, problems: readonly Problem[]): Troubles => {
  const before = knownTroubles.get(outline)
  if (before?.problems === problems) return before.troubles
  const troubles = troublesOf(outline, problems)
  knownTroubles.set(outline, { problems, troubles })
  return troubles
}

export const boundsOfTask = (outline: Outline, task: TaskOutline): Rectangle => {
  const [x, y] = placeOf(outline, task)
  return { x, y, width: nodeSize.width, height: nodeSize.height }
}

/** Where the line of a wire runs, roughly. */
const boundsOfWire = (outline: Outline, { from, to }: Wire): Rectangle | null => {
  const [source, target] = [taskOf(outline, from.task), taskOf(outline, to.task)]
  if (!source || !target) return null
  const [[sx, sy], [tx, ty]] = [placeOf(outline, source), placeOf(outline, target)]
  const [left, right] = [Math.min(sx + nodeSize.width, tx), Math.max(sx + nodeSize.width, tx)]
  const [top, bottom] = [Math.min(sy, ty), Math.max(sy, ty) + nodeSize.height]
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Takes over what has changed. The indexes are kept and corrected. */
export const nextScene = (
  scene: Scene,
  next: Pick<Scene, 'outline' | 'types'> & { readonly problems?: readonly Problem[] | undefined },
): Scene => {
  const { outline, types } = next
  const { tasks, wires } = scene
  if (outline !== scene.outline) {
    for (const task of outline.tasks) tasks.put(task.id, boundsOfTask(outline, task))
    for (const { id } of scene.outline.tasks) if (!taskOf(outline, id)) tasks.remove(id)
    const long = new Set<string>()
    for (const wire of outline.wires) {
      const bounds = boundsOfWire(outline, wire)
      if (!bounds || (bounds.width <= longest && bounds.height <= longest)) continue
      wires.put(wire.id, bounds)
      long.add(wire.id)
    }
    for (const id of wires.ids()) if (!long.has(id)) wires.remove(id)
  }
  return { outline, types, troubles: troublesIn(outline, next.problems ?? noProblems), tasks, wires }
}

/** The wires that pass through an area, and perhaps some beside it. */
export const wiresWithin = ({ outline, tasks, wires }: Scene, area: Rectangle): ReadonlySet<Wire> => {
  const { x, y, width, height } = area
  const around = { x: x - longest, y: y - longest, width: width + 2 * longest, height: height + 2 * longest }
  const found = new Set<Wire>()
  for (const id of tasks.within(around)) {
    for (const wire of wiresInto(outline, id)) {
      const bounds = boundsOfWire(outline, wire)
      if (bounds && overlaps(grown(bounds), area)) found.add(wire)
    }
  }
  for (const id of wires.within(area)) {
    const wire = wireOf(outline, id)
    if (wire) found.add(wire)
  }
  return found
}

/** A line has no area of its own. */
const grown = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: x - 8,
  y: y - 8,
  width: width + 16,
  height: height + 16,
})

export type Shown = { readonly nodes: CanvasNode[]; readonly edges: WireEdge[] }

export type Look = {
  readonly area: Rectangle
  readonly selection: SelectionState
  /** Places of what is being moved, by node. */
  readonly moved: ReadonlyMap<string, Position>
  readonly before: ReadonlyMap<string, CanvasNode>
  readonly edgesBefore: ReadonlyMap<string, WireEdge>
}

const knownWires = new WeakMap<Outline, ReadonlyMap<string, Wire>>()

export const wireOf = (outline: Outline, id: string): Wire | undefined => {
  const wires = knownWires.get(outline) ?? new Map(outline.wires.map((wire) => [wire.id, wire]))
  knownWires.set(outline, wires)
  return wires.get(id)
}

const isOrdered = ({ outline, types }: Scene, task: TaskOutline): boolean => {
  const type = types.get(task.type)
  return (
    wiresInto(outline, task.id).some(({ to }) => to.port === null || !type?.inputs[to.port]) ||
    wiresOutOf(outline, task.id).some(({ to, from }) => to.port === null || !type?.outputs[from.output])
  )
}

/** The nodes and edges of an area, with the far ends of wires that lead out of it. */
export const shownIn = (scene: Scene, look: Look): Shown => {
  const { outline, types, troubles } = scene
  const { area, selection, moved, before, edgesBefore } = look
  const ids = scene.tasks.within(area)
  for (const id of moved.keys()) if (taskOf(outline, id)) ids.add(id)
  const wires = [...wiresWithin(scene, area)]
  for (const { from, to } of wires) {
    ids.add(from.task)
    ids.add(to.task)
  }
  const chosen = { tasks: new Set(selection.tasks), wires: new Set(selection.wires), marks: new Set(selection.marks) }
  const marks = outline.marks.map((mark): CanvasNode => {
    const id = markName(mark)
    const parts = { mark, position: moved.get(id) ?? mark.position, size: mark.size, selected: chosen.marks.has(id) }
    return markNode(before.get(id), parts)
  })
  const nodes = [...ids].flatMap((id): CanvasNode[] => {
    const task = taskOf(outline, id)
    if (!task) return []
    const parts = {
      task,
      type: types.get(task.type),
      trouble: troubles.tasks.get(id),
      ordered: isOrdered(scene, task),
      position: moved.get(id) ?? placeOf(outline, task),
      selected: chosen.tasks.has(id),
    }
    return [taskNode(before.get(id), parts)]
  })
  const edges = wires.flatMap((wire): WireEdge[] => {
    const [from, to] = [taskOf(outline, wire.from.task), taskOf(outline, wire.to.task)]
    if (!from || !to) return []
    const parts = { wire, from, to, types, fault: troubles.wires.get(wire.id), selected: chosen.wires.has(wire.id) }
    return [wireEdge(edgesBefore.get(wire.id), parts)]
  })
  return { nodes: [...marks, ...nodes], edges }
}

/** Whatever has a place: tasks, notes and frames, by what the canvas calls them. */
export type Thing = {
  readonly id: string
  readonly mark: Mark | null
  readonly position: Position
  readonly size: Position
}

export const thingOf = (outline: Outline, id: string): Thing | null => {
  const task = taskOf(outline, id)
  if (task) return { id, mark: null, position: placeOf(outline, task), size: [nodeSize.width, nodeSize.height] }
  const mark = outline.marks.find((one) => markName(one) === id)
  return mark ? { id, mark, position: mark.position, size: mark.size } : null
}
