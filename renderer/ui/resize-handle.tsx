import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import classes from './resize-handle.module.css'

type Props = {
  readonly label: string
  /** The edge of the panel it moves. */
  readonly edge: 'left' | 'right' | 'top'
  readonly size: number
  resize(size: number): void
}

const step = 16

/** A border that can be dragged, or moved with the arrow keys. */
export const ResizeHandle = ({ label, edge, size, resize }: Props) => {
  const start = useRef({ at: 0, size: 0 })
  const along = (event: PointerEvent) => (edge === 'top' ? event.clientY : event.clientX)
  const sign = edge === 'right' ? 1 : -1
  const onKeyDown = (event: KeyboardEvent) => {
    const grow = edge === 'top' ? 'ArrowUp' : edge === 'right' ? 'ArrowRight' : 'ArrowLeft'
    const shrink = edge === 'top' ? 'ArrowDown' : edge === 'right' ? 'ArrowLeft' : 'ArrowRight'
    if (event.key === grow) resize(size + step)
    else if (event.key === shrink) resize(size - step)
    else return
    event.preventDefault()
  }
  return (
    <div
      className={classes['handle']}
      data-edge={edge}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={edge === 'top' ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { at: along(event), size }
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        resize(start.current.size + sign * (along(event) - start.current.at))
      }}
    />
  )
}
