export type WindowPlace = {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
  readonly maximized: boolean
}

export type Area = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

export const usualPlace: WindowPlace = { width: 1280, height: 800, maximized: false }

/** Pixels of the title bar that must be on a display, so that the window can be taken hold of. */
const hold = { width: 80, height: 40 } as const

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** Where the window stood, as far as a display of today shows it. */
export const placeOn = (areas: readonly Area[], kept: unknown): WindowPlace => {
  if (typeof kept !== 'object' || kept === null) return usualPlace
  const { x, y, width, height, maximized } = kept as Record<string, unknown>
  if (!isNumber(width) || !isNumber(height)) return usualPlace
  const size = { width, height, maximized: maximized === true }
  if (!isNumber(x) || !isNumber(y)) return size
  const isSeen = areas.some(
    (area) =>
      x + hold.width <= area.x + area.width &&
      x + width >= area.x + hold.width &&
      y >= area.y &&
      y + hold.height <= area.y + area.height,
  )
  return isSeen ? { ...size, x, y } : size
}
