import { useEffect, useRef, useState, type PointerEvent } from 'react'
import { panned, zoomed, type Span } from './segments.ts'

/** The fewest pixels of a drag that is meant as one. */
const leastDrag = 6

/** The moment at a place on the screen. */
const timeAt = (track: HTMLElement | null, { from, to }: Span, x: number): number => {
  const box = track?.getBoundingClientRect()
  if (!box || box.width === 0) return from
  return from + Math.max(0, Math.min(1, (x - box.left) / box.width)) * (to - from)
}

/** The part of the timeline that is seen. Null is all of it, also as it grows. */
export const useZoom = (whole: Span) => {
  const [part, setPart] = useState<Span | null>(null)
  const [drag, setDrag] = useState<Span | null>(null)
  const track = useRef<HTMLDivElement>(null)
  const span = part ?? whole
  const seen = useRef({ span, whole })
  useEffect(() => {
    seen.current = { span, whole }
  })
  const zoom = (factor: number, at = (span.from + span.to) / 2) => setPart(zoomed(span, whole, at, factor))

  useEffect(() => {
    const element = track.current
    // The wheel scrolls the rows; with Ctrl, or a pinch, it zooms.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { span: now, whole: all } = seen.current
      setPart(zoomed(now, all, timeAt(element, now, event.clientX), event.deltaY > 0 ? 1.25 : 0.8))
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [])

  const start = useRef<{ x: number; at: number } | null>(null)
  const dragging = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) start.current = { x: event.clientX, at: timeAt(track.current, span, event.clientX) }
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = start.current
      if (!from || Math.abs(event.clientX - from.x) < leastDrag) return
      if (!event.currentTarget.hasPointerCapture(event.pointerId))
        event.currentTarget.setPointerCapture(event.pointerId)
      const at = timeAt(track.current, span, event.clientX)
      setDrag({ from: Math.min(from.at, at), to: Math.max(from.at, at) })
    },
    onPointerUp: () => {
      if (drag && drag.to - drag.from > 1) setPart(drag)
      setDrag(null)
      start.current = null
    },
  }
  return {
    span,
    drag,
    track,
    dragging,
    isWhole: part === null,
    zoom,
    pan: (share: number) => part && setPart(panned(part, whole, share)),
    fit: () => setPart(null),
  }
}
