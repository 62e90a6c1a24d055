/** Of a row, pixels. Lines are not wrapped, so that a row is found by its number alone. */
export const rowHeight = 20

/** Browsers stop at about 33 million pixels; beyond this a pixel of the scroll bar stands for several rows. */
const tallest = 30_000_000

export const spacerHeight = (total: number): number => Math.min(total * rowHeight, tallest)

/** The first row that is seen when the view is scrolled to `top`, with a fraction. */
export const rowAt = (top: number, total: number, height: number): number => {
  const spacer = spacerHeight(total)
  if (spacer === total * rowHeight) return top / rowHeight
  const seen = height / rowHeight
  return (top / Math.max(1, spacer - height)) * Math.max(0, total - seen)
}

/** Where to scroll to so that this row is the first. */
export const topOf = (row: number, total: number, height: number): number => {
  const spacer = spacerHeight(total)
  if (spacer === total * rowHeight) return row * rowHeight
  const seen = height / rowHeight
  return (row / Math.max(1, total - seen)) * (spacer - height)
}

export type Span = { readonly first: number; readonly count: number }

/** Rows to draw: those that are seen and a few around them. */
export const drawnRows = (firstSeen: number, total: number, height: number): Span => {
  const first = Math.max(0, Math.floor(firstSeen) - 5)
  return { first, count: Math.max(0, Math.min(total - first, Math.ceil(height / rowHeight) + 10)) }
}

/** Lines are asked for in blocks of this many. */
export const blockSize = 200
