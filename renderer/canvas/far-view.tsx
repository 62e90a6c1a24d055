import { useEffect, useRef } from 'react'
import { useFlow } from '#renderer/stores/flow.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { currentScene, useGraph } from './graph-store.ts'
import { paintFar, readColours, type Colours } from './paint.ts'
import { seenArea, useView } from './view.ts'

type Drawing = { readonly canvas: HTMLCanvasElement; readonly colours: Colours; readonly moving: boolean }

const paint = ({ canvas, colours, moving }: Drawing): void => {
  const context = canvas.getContext('2d')
  if (!context) return
  const { viewport, size } = useView.getState()
  const scale = window.devicePixelRatio
  const [width, height] = [Math.round(size[0] * scale), Math.round(size[1] * scale)]
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  context.setTransform(scale, 0, 0, scale, 0, 0)
  const picture = {
    scene: currentScene(),
    selected: useSelection.getState().tasks,
    runs: useRun.getState().taskRuns,
    colours,
  }
  paintFar(context, picture, { viewport, size, area: seenArea(), moving })
}

/** The view rests when it has not moved for so long. Milliseconds. */
const rest = 120

/** A large flow seen from afar, drawn as one picture: once a frame, and only when something changed. */
const FarPicture = ({ scheme }: { scheme: string }) => {
  const element = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = element.current
    if (!canvas) return undefined
    const colours = readColours(canvas)
    let frame = 0
    let timer = 0
    let moving = false
    const draw = () => {
      frame = 0
      paint({ canvas, colours, moving })
    }
    const ask = () => {
      frame ||= requestAnimationFrame(draw)
    }
    const stay = () => {
      moving = false
      ask()
    }
    const move = () => {
      moving = true
      clearTimeout(timer)
      timer = window.setTimeout(stay, rest)
      ask()
    }
    draw()
    const stops = [useView.subscribe(move), ...[useFlow, useSelection, useRun].map((store) => store.subscribe(ask))]
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [scheme])
  return <canvas ref={element} className="far-view" aria-hidden />
}

export const FarView = ({ scheme }: { scheme: string }) => {
  const far = useGraph((state) => state.far)
  return far ? <FarPicture scheme={scheme} /> : null
}
