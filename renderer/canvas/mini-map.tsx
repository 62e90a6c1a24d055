import { Panel } from '@xyflow/react'
import { useEffect, useMemo, useRef, type PointerEvent } from 'react'
import { useFlow } from '#renderer/stores/flow.ts'
import { useSession } from '#renderer/stores/session.ts'
import { boundsOf, type Rectangle } from './layout.ts'
import { paintMap, readColours } from './paint.ts'
import { panTo, seenArea, useView } from './view.ts'

/** Pixels. */
const size = [160, 100] as const

/** Room around the flow, in the shape of the map. */
const roomAround = (flow: Rectangle): Rectangle => {
  const border = 200
  const [width, height] = [flow.width + 2 * border, flow.height + 2 * border]
  const wide = Math.max(width, (height * size[0]) / size[1])
  const high = Math.max(height, (width * size[1]) / size[0])
  return { x: flow.x + flow.width / 2 - wide / 2, y: flow.y + flow.height / 2 - high / 2, width: wide, height: high }
}

/** The part that is seen, over the picture of the whole. Moved without drawing anything again. */
const Seen = ({ bounds, scale }: { bounds: Rectangle; scale: number }) => {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let frame = 0
    const move = () => {
      frame = 0
      const { x, y, width, height } = seenArea()
      const [left, top] = [Math.max(0, (x - bounds.x) * scale), Math.max(0, (y - bounds.y) * scale)]
      const right = Math.min(size[0], (x + width - bounds.x) * scale)
      const bottom = Math.min(size[1], (y + height - bounds.y) * scale)
      const style = element.current?.style
      if (!style) return
      style.transform = `translate(${left}px, ${top}px)`
      style.width = `${Math.max(4, right - left)}px`
      style.height = `${Math.max(4, bottom - top)}px`
    }
    move()
    const stop = useView.subscribe(() => {
      frame ||= requestAnimationFrame(move)
    })
    return () => {
      cancelAnimationFrame(frame)
      stop()
    }
  }, [bounds, scale])
  return <div ref={element} className="mini-map-seen" />
}

/** All of the flow, and what of it is seen. A press or drag goes there. */
export const MiniMap = ({ scheme }: { scheme: string }) => {
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const canvas = useRef<HTMLCanvasElement>(null)
  const map = useMemo(() => {
    const found = boundsOf(outline)
    if (!found) return null
    const bounds = roomAround(found)
    return { bounds, scale: Math.min(size[0] / bounds.width, size[1] / bounds.height) }
  }, [outline])
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || !map) return undefined
    // After the canvas itself: the map can wait.
    const turn = requestIdleCallback(
      () => {
        if (!canvas.current) return
        const ratio = window.devicePixelRatio
        canvas.current.width = size[0] * ratio
        canvas.current.height = size[1] * ratio
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        paintMap(context, { outline, types, colours: readColours(canvas.current) }, { ...map, size })
      },
      { timeout: 300 },
    )
    return () => cancelIdleCallback(turn)
  }, [outline, types, map, scheme])
  if (!map || outline.tasks.length < 2) return null
  const go = (event: PointerEvent<HTMLDivElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    panTo([(event.clientX - left) / map.scale + map.bounds.x, (event.clientY - top) / map.scale + map.bounds.y])
  }
  return (
    <Panel position="bottom-right">
      <div
        className="mini-map"
        style={{ width: size[0], height: size[1] }}
        role="img"
        aria-label="Map of the flow"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          go(event)
        }}
        onPointerMove={(event) => event.buttons === 1 && go(event)}
      >
        <canvas ref={canvas} style={{ width: size[0], height: size[1] }} aria-hidden />
        <Seen {...map} />
      </div>
    </Panel>
  )
}
