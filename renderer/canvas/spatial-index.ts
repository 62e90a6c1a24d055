import type { Rectangle } from './layout.ts'

/** Finds what lies in a part of a large plane without looking at the rest. */
export type SpatialIndex = {
  put(id: string, bounds: Rectangle): void
  remove(id: string): void
  ids(): Iterable<string>
  /** What lies within, wholly or in part. */
  within(area: Rectangle): Set<string>
}

const cell = { width: 512, height: 384 } as const

/** What covers more cells than this is looked at every time instead. */
const mostCells = 64

const rangeOf = ({ x, y, width, height }: Rectangle) => ({
  left: Math.floor(x / cell.width),
  right: Math.floor((x + width) / cell.width),
  top: Math.floor(y / cell.height),
  bottom: Math.floor((y + height) / cell.height),
})

type Range = ReturnType<typeof rangeOf>

const countOf = ({ left, right, top, bottom }: Range): number => (right - left + 1) * (bottom - top + 1)

/** One number for each cell, however far out. */
const keyOf = (x: number, y: number): number => x * 67_108_864 + y

const eachCell = ({ left, right, top, bottom }: Range, visit: (key: number) => void): void => {
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) visit(keyOf(x, y))
}

const sameBounds = (a: Rectangle, b: Rectangle): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height

const touches = (a: Rectangle, b: Rectangle): boolean =>
  a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height

export const createSpatialIndex = (): SpatialIndex => {
  const entries = new Map<string, Rectangle>()
  const cells = new Map<number, Set<string>>()
  const large = new Set<string>()

  const remove = (id: string): void => {
    const bounds = entries.get(id)
    if (!bounds) return
    entries.delete(id)
    const range = rangeOf(bounds)
    if (!large.delete(id)) eachCell(range, (key) => cells.get(key)?.delete(id))
  }

  const put = (id: string, bounds: Rectangle): void => {
    const before = entries.get(id)
    if (before && sameBounds(before, bounds)) return
    if (before) remove(id)
    entries.set(id, bounds)
    const range = rangeOf(bounds)
    if (countOf(range) > mostCells) {
      large.add(id)
      return
    }
    eachCell(range, (key) => {
      const members = cells.get(key)
      if (members) members.add(id)
      else cells.set(key, new Set([id]))
    })
  }

  /** Those of the cells there; seen from afar there are more cells than things. */
  const near = (area: Rectangle): Iterable<string> => {
    const range = rangeOf(area)
    if (countOf(range) > entries.size) return entries.keys()
    const members: string[] = [...large]
    eachCell(range, (key) => {
      for (const id of cells.get(key) ?? []) members.push(id)
    })
    return members
  }

  const within = (area: Rectangle): Set<string> => {
    const found = new Set<string>()
    for (const id of near(area)) {
      const bounds = entries.get(id)
      if (bounds && touches(bounds, area)) found.add(id)
    }
    return found
  }

  return { put, remove, ids: () => [...entries.keys()], within }
}
