import { useEffect, useRef } from 'react'
import { useView } from './view.ts'

/** On the plane, and the least on the screen; pixels. */
const gap = { plane: 16, screen: 12 } as const

const gapAt = (zoom: number): number => {
  let size = gap.plane * zoom
  while (size < gap.screen) size *= 2
  return size
}

/** The dotted ground. A pan only shifts it by less than one dot, so that nothing is painted anew. */
export const Dots = () => {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let shown = 0
    let frame = 0
    const move = () => {
      frame = 0
      const style = element.current?.style
      if (!style) return
      const { x, y, zoom } = useView.getState().viewport
      const size = gapAt(zoom)
      if (size !== shown) style.backgroundSize = `${size}px ${size}px`
      shown = size
      style.transform = `translate(${x % size}px, ${y % size}px)`
    }
    move()
    const stop = useView.subscribe(() => {
      frame ||= requestAnimationFrame(move)
    })
    return () => {
      cancelAnimationFrame(frame)
      stop()
    }
  }, [])
  return <div ref={element} className="canvas-dots" aria-hidden />
}
