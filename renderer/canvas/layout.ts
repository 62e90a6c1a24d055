import { wiresInto, type Outline, type Position } from '#renderer/stores/outline.ts'

/** Of every node, pixels: given to the canvas so that it measures nothing. */
export const nodeSize = { width: 220, height: 60 } as const

export const gap = { x: 80, y: 36 } as const

/** How many tasks come before each, on the longest way. Cycles are problems shown elsewhere; here they only must end. */
const ranksOf = (outline: Outline): ReadonlyMap<string, number> => {
  const ranks = new Map<string, number>()
  const open = new Set<string>()
  for (const { id } of outline.tasks) {
    const stack = [id]
    for (let task = stack.at(-1); task !== undefined; task = stack.at(-1)) {
      open.add(task)
      const before = wiresInto(outline, task).map(({ from }) => from.task)
      const next = before.find((other) => !ranks.has(other) && !open.has(other))
      if (next !== undefined) {
        stack.push(next)
        continue
      }
      if (!ranks.has(task))
        ranks.set(task, before.reduce((most, other) => Math.max(most, ranks.get(other) ?? -1), -1) + 1)
      open.delete(task)
      stack.pop()
    }
  }
  return ranks
}

const none: ReadonlyMap<string, Position> = new Map()
const known = new WeakMap<Outline, ReadonlyMap<string, Position>>()

/** Places for the tasks that have none: in columns by how far they are from the start, below what is placed. */
const missingPositions = (outline: Outline): ReadonlyMap<string, Position> => {
  const before = known.get(outline)
  if (before) return before
  const places = outline.tasks.some(({ position }) => position === null) ? columns(outline) : none
  known.set(outline, places)
  return places
}

const columns = (outline: Outline): ReadonlyMap<string, Position> => {
  const ranks = ranksOf(outline)
  let lowest = 0
  for (const { position } of outline.tasks)
    if (position) lowest = Math.max(lowest, position[1] + nodeSize.height + gap.y)
  const filled = new Map<number, number>()
  const places = new Map<string, Position>()
  for (const { id, position } of outline.tasks) {
    if (position) continue
    const column = ranks.get(id) ?? 0
    const row = filled.get(column) ?? 0
    filled.set(column, row + 1)
    places.set(id, [column * (nodeSize.width + gap.x), lowest + row * (nodeSize.height + gap.y)])
  }
  return places
}

export const placeOf = (outline: Outline, { id, position }: Outline['tasks'][number]): Position =>
  position ?? missingPositions(outline).get(id) ?? [0, 0]

export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Around all tasks, notes and frames; null when there are none. */
export const boundsOf = (outline: Outline, only?: ReadonlySet<string>): Rectangle | null => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  const add = ([x, y]: Position, width: number, height: number) => {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + height)
  }
  for (const task of outline.tasks)
    if (!only || only.has(task.id)) add(placeOf(outline, task), nodeSize.width, nodeSize.height)
  if (!only) for (const { position, size } of outline.marks) add(position, size[0], size[1])
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top }
}

export const overlaps = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** The place nearest below `wanted` where a node covers no other. */
export const freePlace = (outline: Outline, [x, y]: Position): Position => {
  const around = outline.tasks
    .map((task) => placeOf(outline, task))
    .filter(([left]) => Math.abs(left - x) < nodeSize.width + 16)
  let top = y
  for (let tries = 0; tries < around.length + 1; tries += 1) {
    const lowest = around.filter(([, other]) => Math.abs(other - top) < nodeSize.height + 16)
    if (lowest.length === 0) break
    top = Math.max(...lowest.map(([, other]) => other)) + nodeSize.height + gap.y
  }
  return [Math.round(x), Math.round(top)]
}
