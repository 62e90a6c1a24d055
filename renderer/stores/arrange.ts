import type { Position } from './outline.ts'

/** Something with a place on the canvas. */
export type Placed = { readonly id: string; readonly position: Position; readonly size: Position }

export const sides = ['left', 'center', 'right', 'top', 'middle', 'bottom'] as const
export type Side = (typeof sides)[number]

const axisOf = (side: Side): 0 | 1 => (side === 'left' || side === 'center' || side === 'right' ? 0 : 1)

/** What part of the size lies before the line that is aligned. */
const partOf = (side: Side): number => {
  if (side === 'left' || side === 'top') return 0
  return side === 'center' || side === 'middle' ? 0.5 : 1
}

const withAxis = ([x, y]: Position, axis: 0 | 1, value: number): Position =>
  axis === 0 ? [Math.round(value), y] : [x, Math.round(value)]

/** On the line that their common bounds have on that side. */
export const align = (things: readonly Placed[], side: Side): ReadonlyMap<string, Position> => {
  const axis = axisOf(side)
  const part = partOf(side)
  const low = Math.min(...things.map(({ position }) => position[axis]))
  const high = Math.max(...things.map(({ position, size }) => position[axis] + size[axis]))
  const line = low + (high - low) * part
  return new Map(things.map(({ id, position, size }) => [id, withAxis(position, axis, line - size[axis] * part)]))
}

/** With gaps of one width between them; the first and the last stay. */
export const distribute = (things: readonly Placed[], direction: 'across' | 'down'): ReadonlyMap<string, Position> => {
  const axis = direction === 'across' ? 0 : 1
  const sorted = things.toSorted((a, b) => a.position[axis] - b.position[axis])
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return new Map()
  const sizes = sorted.reduce((sum, { size }) => sum + size[axis], 0)
  const span = last.position[axis] + last.size[axis] - first.position[axis]
  const gap = (span - sizes) / Math.max(1, sorted.length - 1)
  let at = first.position[axis]
  return new Map(
    sorted.map(({ id, position, size }): [string, Position] => {
      const place = withAxis(position, axis, at)
      at += size[axis] + gap
      return [id, place]
    }),
  )
}
