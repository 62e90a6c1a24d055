import type { Viewport } from '@xyflow/react'
import { taskGroups } from '#core/model/task-type-summary.ts'
import { stateType } from '#core/model/state.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import { taskOf, type Outline, type Position } from '#renderer/stores/outline.ts'
import { nodeSize, placeOf, type Rectangle } from './layout.ts'
import type { Scene } from './scene.ts'
import { wiresWithin } from './scene.ts'

/** Colours of the page, since a drawing cannot name variables. */
export type Colours = Readonly<Record<string, string>>

const names = [
  'raised', 'line', 'line-strong', 'accent', 'panel', 'ground', 'state-good', 'state-bad', 'state-late', 'state-scheduled',
  ...taskGroups.map((group) => `group-${group}`),
] // prettier-ignore

export const readColours = (element: Element): Colours => {
  const style = getComputedStyle(element)
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
}

const colourOfRun = (run: TaskRun | undefined): string | null => {
  if (!run) return null
  switch (stateType(run.state)) {
    case 'COMPLETED':
      return 'state-good'
    case 'FAILED':
    case 'CRASHED':
      return 'state-bad'
    case 'RUNNING':
      return 'accent'
    default:
      return null
  }
}

export type Picture = {
  readonly scene: Scene
  readonly selected: readonly string[]
  readonly runs: ReadonlyMap<string, TaskRun>
  readonly colours: Colours
}

export type Frame = {
  readonly viewport: Viewport
  readonly size: Position
  readonly area: Rectangle
  /** Then only what matters is drawn. */
  readonly moving: boolean
}

/** More lines than this only make a grey field, and while the view moves take too long. */
const mostLines = { still: 6000, moving: 1000 } as const

const strokeWires = (
  context: CanvasRenderingContext2D,
  { scene }: Picture,
  { viewport, area, moving }: Frame,
): void => {
  const most = moving ? mostLines.moving : mostLines.still
  if (scene.outline.wires.length > most && scene.tasks.within(area).size > most) return
  const { zoom } = viewport
  context.beginPath()
  for (const wire of wiresWithin(scene, area)) {
    const from = taskOf(scene.outline, wire.from.task)
    const to = taskOf(scene.outline, wire.to.task)
    if (!from || !to) continue
    const [sx, sy] = placeOf(scene.outline, from)
    const [tx, ty] = placeOf(scene.outline, to)
    context.moveTo((sx + nodeSize.width) * zoom + viewport.x, (sy + nodeSize.height / 2) * zoom + viewport.y)
    context.lineTo(tx * zoom + viewport.x, (ty + nodeSize.height / 2) * zoom + viewport.y)
  }
  context.stroke()
}

/** A flow seen from afar: boxes in the colours of their groups, or of their states while a run is shown. */
export const paintFar = (context: CanvasRenderingContext2D, picture: Picture, frame: Frame): void => {
  const { scene, selected, runs, colours } = picture
  const { viewport, size, area } = frame
  const { zoom } = viewport
  context.clearRect(0, 0, size[0], size[1])
  context.strokeStyle = colours['line-strong'] ?? ''
  context.globalAlpha = 0.5
  context.lineWidth = 1
  strokeWires(context, picture, frame)
  context.globalAlpha = 1
  const [width, height] = [Math.max(1, nodeSize.width * zoom), Math.max(1, nodeSize.height * zoom)]
  const byColour = new Map<string, number[]>()
  const chosen = new Set(selected)
  for (const id of scene.tasks.within(area)) {
    const task = taskOf(scene.outline, id)
    if (!task) continue
    const [x, y] = placeOf(scene.outline, task)
    const colour = chosen.has(id)
      ? 'accent'
      : scene.troubles.tasks.has(id)
        ? 'state-bad'
        : (colourOfRun(runs.get(id)) ?? `group-${scene.types.get(task.type)?.group ?? 'control'}`)
    const places = byColour.get(colour)
    const [left, top] = [Math.round(x * zoom + viewport.x), Math.round(y * zoom + viewport.y)]
    if (places) places.push(left, top)
    else byColour.set(colour, [left, top])
  }
  for (const [colour, places] of byColour) {
    context.fillStyle = colours[colour] ?? ''
    for (let at = 0; at < places.length; at += 2) context.fillRect(places[at] ?? 0, places[at + 1] ?? 0, width, height)
  }
}

/** The whole of a flow in a small picture. */
export const paintMap = (
  context: CanvasRenderingContext2D,
  { outline, colours, types }: { outline: Outline; colours: Colours; types: Scene['types'] },
  { bounds, scale, size }: { bounds: Rectangle; scale: number; size: Position },
): void => {
  context.clearRect(0, 0, size[0], size[1])
  const [width, height] = [Math.max(1.5, nodeSize.width * scale), Math.max(1.5, nodeSize.height * scale)]
  let group: string | null = null
  for (const task of outline.tasks) {
    const [x, y] = placeOf(outline, task)
    const next = types.get(task.type)?.group ?? 'control'
    // Each setting of it is parsed.
    if (next !== group) context.fillStyle = colours[`group-${next}`] ?? ''
    group = next
    context.fillRect((x - bounds.x) * scale, (y - bounds.y) * scale, width, height)
  }
}
