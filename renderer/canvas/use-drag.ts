import { useMemo } from 'react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { markName, moveAll, within } from '#renderer/stores/marks.ts'
import { several } from '#renderer/stores/edits.ts'
import type { Outline, Position } from '#renderer/stores/outline.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import type { CanvasNode } from './graph.ts'
import { settle, showMoved } from './graph-store.ts'
import { makeEdit } from './make-edit.ts'
import { thingOf, type Thing } from './scene.ts'

type Drag = {
  readonly lead: Position
  /** What goes along though nobody holds it: what lies in frames, and what is selected out of view. */
  readonly carried: readonly Thing[]
}

const allThings = (outline: Outline): readonly Thing[] =>
  [...outline.tasks.map(({ id }) => id), ...outline.marks.map(markName)].flatMap((id) => thingOf(outline, id) ?? [])

const carriedBy = (outline: Outline, held: ReadonlySet<string>): readonly Thing[] => {
  const { tasks, marks } = useSelection.getState()
  const selected = [...tasks, ...marks].some((id) => held.has(id)) ? [...tasks, ...marks] : []
  const frames = [...held].flatMap((id) => {
    const mark = thingOf(outline, id)?.mark
    return mark?.kind === 'frame' ? [mark] : []
  })
  const things = frames.length > 0 ? allThings(outline) : []
  const inside = frames.flatMap((frame) => within(frame, things))
  const carried = [...selected.flatMap((id) => thingOf(outline, id) ?? []), ...inside]
  return [...new Map(carried.filter(({ id }) => !held.has(id)).map((thing) => [thing.id, thing])).values()]
}

const shifted = ([x, y]: Position, [dx, dy]: Position): Position => [Math.round(x + dx), Math.round(y + dy)]

/** Makes places of the flow what the canvas shows already; shows them until the flow has them. */
export const keepMoved = async (
  engine: Engine,
  label: string | null,
  places: ReadonlyMap<string, Position>,
): Promise<void> => {
  const { outline } = useFlow.getState()
  const things = [...places].flatMap(([id, to]) => {
    const thing = thingOf(outline, id)
    const stays = thing?.position[0] === to[0] && thing.position[1] === to[1]
    return thing && !stays ? [{ ...thing, to }] : []
  })
  const tasks = new Map(things.filter(({ mark }) => mark === null).map(({ id, to }) => [id, to]))
  const marks = things.flatMap(({ mark, to }) => (mark ? [[mark, to] as const] : []))
  showMoved(places)
  const what = marks.length === 0 ? `Move ${several(tasks.size, things[0]?.id ?? '', 'tasks')}` : 'Move'
  if (things.length > 0) await makeEdit(engine, moveAll(label ?? what, { tasks, marks }))
  settle(places)
}

const createDrag = (engine: Engine) => {
  let drag: Drag | null = null
  const placesOf = (node: CanvasNode, { lead, carried }: Drag) => {
    const by: Position = [node.position.x - lead[0], node.position.y - lead[1]]
    return new Map(carried.map(({ id, position }) => [id, shifted(position, by)]))
  }
  return {
    onNodeDragStart: (_event: unknown, node: CanvasNode, nodes: CanvasNode[]) => {
      const { outline } = useFlow.getState()
      const held = new Set(nodes.map(({ id }) => id))
      drag = { lead: [node.position.x, node.position.y], carried: carriedBy(outline, held) }
    },
    onNodeDrag: (_event: unknown, node: CanvasNode) => {
      if (drag && drag.carried.length > 0) showMoved(placesOf(node, drag))
    },
    onNodeDragStop: (_event: unknown, node: CanvasNode, nodes: CanvasNode[]) => {
      if (!drag) return
      const places = placesOf(node, drag)
      drag = null
      for (const { id, position } of nodes) places.set(id, [Math.round(position.x), Math.round(position.y)])
      void keepMoved(engine, null, places)
    },
  }
}

/** Dragging: what is held moves at once, and the flow learns of it when it is let go. */
export const useDrag = (engine: Engine) => useMemo(() => createDrag(engine), [engine])
