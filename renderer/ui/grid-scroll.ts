import { useEffect, useRef, useState, type UIEvent } from 'react'

/** Pixels, as the styles have them. */
const rowHeight = 24
const headHeight = 40
/** Rows drawn beyond what is seen. */
const spare = 8
/** Browsers draw no taller things than about 33 million pixels. */
const tallest = 30_000_000

export type Cell = { readonly row: number; readonly column: number }

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-20, 0],
  PageDown: [20, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value))

/** Where a key leads; null when it is none that moves. */
export const cellAfter = (key: string, cell: Cell, size: { rows: number; columns: number }): Cell | null => {
  const step = steps[key]
  if (!step) return null
  return { row: clamp(cell.row + step[0], size.rows - 1), column: clamp(cell.column + step[1], size.columns - 1) }
}

const useHeight = () => {
  const box = useRef<HTMLDivElement>(null)
  const [height, setHeight] = useState(300)
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const observer = new ResizeObserver(() => setHeight(Math.max(rowHeight, element.clientHeight - headHeight)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { box, height }
}

/** Where the rows stand while it is scrolled; in a table taller than can be drawn a pixel is more than its row. */
export const useGridScroll = (rowCount: number, onRange: (from: number, to: number) => void) => {
  const { box, height } = useHeight()
  const [top, setTop] = useState(0)
  const full = rowCount * rowHeight
  const drawn = Math.min(full, tallest)
  const scale = drawn > height ? (full - height) / (drawn - height) : 1
  const from = clamp(Math.floor((top * scale) / rowHeight) - spare, Math.max(0, rowCount - 1))
  const to = Math.min(rowCount, from + Math.ceil(height / rowHeight) + 2 * spare)
  useEffect(() => onRange(from, to), [from, to, onRange])
  const reveal = (row: number) => {
    const at = row * rowHeight
    const seen = top * scale
    const wanted = at < seen ? at : at + rowHeight > seen + height ? at + rowHeight - height : null
    if (wanted !== null) box.current?.scrollTo({ top: wanted / scale })
  }
  return {
    box,
    from,
    to,
    drawn,
    /** Of a row, from the top of the drawn height. */
    place: (row: number) => row * rowHeight - top * scale + top,
    reveal,
    onScroll: (event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop),
  }
}
