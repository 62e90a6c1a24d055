import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'

export type RowWindow = {
  readonly box: RefObject<HTMLDivElement | null>
  readonly from: number
  readonly to: number
  /** Scrolls as little as is needed to show a row. */
  reveal(row: number): void
  readonly onScroll: () => void
}

/** Rows drawn beyond what is seen. */
const spare = 6

/** Which of many rows of one height are drawn: those that are seen and a few around them. */
export const useRowWindow = (
  count: number,
  { rowHeight, head = 0 }: { rowHeight: number; head?: number },
): RowWindow => {
  const box = useRef<HTMLDivElement>(null)
  const [height, setHeight] = useState(0)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const { current } = box
    if (!current) return undefined
    const observer = new ResizeObserver(() => setHeight(current.clientHeight))
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const from = Math.max(0, Math.floor(top / rowHeight) - spare)
  const to = Math.min(count, Math.ceil((top + height) / rowHeight) + spare)
  const reveal = useCallback(
    (row: number) => {
      const { current } = box
      if (!current) return
      const at = row * rowHeight
      const room = current.clientHeight - head
      if (at < current.scrollTop) current.scrollTop = at
      else if (at + rowHeight > current.scrollTop + room) current.scrollTop = at + rowHeight - room
    },
    [rowHeight, head],
  )
  const onScroll = useCallback(() => setTop(box.current?.scrollTop ?? 0), [])
  return { box, from: Math.min(from, to), to, reveal, onScroll }
}
