import { useEffect, useRef } from 'react'
import { useView } from './view.ts'

/** On the plane, and the least on the screen; pixels. */
const gap = { plane: 16, screen: 12 } as const

const gapAt = (zoom: number): number => {
  let size = gap.plane * zoom
  while (size < gap.screen) size *= 2
  return size
}

/** How far the picture is stretched before it is drawn anew; the style leaves room for the least. */
const stretch = { least: 0.8, most: 1.25 } as const

/** A zoom is over when it has not gone on for so long. Milliseconds. */
const rest = 120

/** Beyond the canvas to the left and above, as the style says; pixels. */
const beyond = 64

/** Shifts a ground of dots along with the view: to whole pixels, so that a pan neither paints nor blends anything anew. */
const followView = (style: CSSStyleDeclaration): (() => void) => {
  let drawn = 0
  let frame = 0
  let timer = 0
  const draw = (size: number) => {
    drawn = size
    style.backgroundSize = `${size}px ${size}px`
  }
  const move = () => {
    frame = 0
    const { x, y, zoom } = useView.getState().viewport
    const size = gapAt(zoom)
    const scale = size / drawn
    if (scale < stretch.least || scale > stretch.most) draw(size)
    const [left, top] = [(x + beyond) % size, (y + beyond) % size]
    if (size === drawn) {
      style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
      return
    }
    style.transform = `translate(${left}px, ${top}px) scale(${scale})`
    clearTimeout(timer)
    timer = window.setTimeout(settle, rest)
  }
  const settle = () => {
    draw(gapAt(useView.getState().viewport.zoom))
    move()
  }
  settle()
  const stop = useView.subscribe(() => {
    frame ||= requestAnimationFrame(move)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    stop()
  }
}

/** The dotted ground. */
export const Dots = () => {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => (element.current ? followView(element.current.style) : undefined), [])
  return <div ref={element} className="canvas-dots" aria-hidden />
}
