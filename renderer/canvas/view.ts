import type { ReactFlowInstance, Viewport } from '@xyflow/react'
import { create } from 'zustand'
import type { Outline, Position } from '#renderer/stores/outline.ts'
import { boundsOf, nodeSize, type Rectangle } from './layout.ts'
import type { CanvasNode, WireEdge } from './graph.ts'

/** What part of the plane is seen. Changes with every frame of a pan: nothing that is large follows it. */
export const useView = create<{ readonly viewport: Viewport; readonly size: Position }>(() => ({
  viewport: { x: 0, y: 0, zoom: 1 },
  size: [0, 0],
}))

export type Canvas = ReactFlowInstance<CanvasNode, WireEdge>

let canvas: { readonly instance: Canvas; readonly element: HTMLElement } | null = null

export const setCanvas = (opened: typeof canvas): void => {
  canvas = opened
}

/** The part of the plane that is seen, with so many screen pixels around it. */
export const seenArea = (margin = 0): Rectangle => {
  const { viewport, size } = useView.getState()
  const { x, y, zoom } = viewport
  return {
    x: (-x - margin) / zoom,
    y: (-y - margin) / zoom,
    width: (size[0] + 2 * margin) / zoom,
    height: (size[1] + 2 * margin) / zoom,
  }
}

export const centre = (): Position => {
  const { x, y, width, height } = seenArea()
  return [x + width / 2, y + height / 2]
}

/** The place on the plane of a point of the page. */
export const placeAt = (point: { readonly clientX: number; readonly clientY: number }): Position => {
  const rectangle = canvas?.element.getBoundingClientRect()
  const { viewport } = useView.getState()
  return [
    (point.clientX - (rectangle?.left ?? 0) - viewport.x) / viewport.zoom,
    (point.clientY - (rectangle?.top ?? 0) - viewport.y) / viewport.zoom,
  ]
}

/** Where on the canvas, in its own pixels, a place of the plane is seen. */
export const screenPlace = ([x, y]: Position): Position => {
  const { viewport } = useView.getState()
  return [x * viewport.zoom + viewport.x, y * viewport.zoom + viewport.y]
}

const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches

/** On whole pixels what is drawn is sharp. */
const onPixels = ({ x, y, zoom }: Viewport): Viewport => ({ x: Math.round(x), y: Math.round(y), zoom })

const show = (viewport: Viewport, moving: boolean): void =>
  void canvas?.instance.setViewport(onPixels(viewport), { duration: moving && !calm() ? 200 : 0 })

export const zoomRange = { least: 0.02, most: 2 } as const

const padding = 32

/** Smallest zoom at which a node can be read. */
const readable = 0.75

/** A view of an area: whole where it can be read, else from its left end on. */
const viewOf = (area: Rectangle, size: Position, least: number): Viewport => {
  const [width, height] = size
  const zoom = Math.min(
    1,
    Math.max(least, Math.min((width - 2 * padding) / area.width, (height - 2 * padding) / area.height)),
  )
  const x = area.width * zoom <= width - padding ? (width - area.width * zoom) / 2 : padding
  const y = area.height * zoom <= height - padding ? (height - area.height * zoom) / 2 : padding
  return { x: x - area.x * zoom, y: y - area.y * zoom, zoom }
}

export const firstView = (outline: Outline, size: Position): Viewport => onPixels(viewOfStart(outline, size))

const viewOfStart = (outline: Outline, size: Position): Viewport => {
  const bounds = boundsOf(outline)
  if (!bounds) return { x: 0, y: 0, zoom: 1 }
  const view = viewOf(bounds, size, readable)
  const [first] = outline.tasks
  // A tall flow is opened where it begins.
  if (!first || bounds.height * view.zoom <= size[1] - padding) return view
  return { ...view, y: size[1] / 2 - ((first.position?.[1] ?? bounds.y) + nodeSize.height / 2) * view.zoom }
}

export const fit = (outline: Outline, only?: ReadonlySet<string>): void => {
  const bounds = boundsOf(outline, only)
  if (bounds) show(viewOf(bounds, useView.getState().size, zoomRange.least), true)
}

/** Brings a place to the middle, near enough to be read; does nothing when it is seen already and `always` is false. */
export const reveal = ([x, y]: Position, always = false): void => {
  const seen = seenArea(-16)
  const inside =
    x >= seen.x &&
    y >= seen.y &&
    x + nodeSize.width <= seen.x + seen.width &&
    y + nodeSize.height <= seen.y + seen.height
  const { viewport, size } = useView.getState()
  if (inside && viewport.zoom >= 0.35 && !always) return
  const zoom = Math.min(1, Math.max(readable, viewport.zoom))
  show(
    {
      x: size[0] / 2 - (x + nodeSize.width / 2) * zoom,
      y: size[1] / 2 - (y + nodeSize.height / 2) * zoom,
      zoom,
    },
    true,
  )
}

export const zoomBy = (factor: number): void => {
  const { viewport, size } = useView.getState()
  const zoom = Math.min(zoomRange.most, Math.max(zoomRange.least, viewport.zoom * factor))
  const [cx, cy] = [size[0] / 2, size[1] / 2]
  const scale = zoom / viewport.zoom
  show({ x: cx - (cx - viewport.x) * scale, y: cy - (cy - viewport.y) * scale, zoom }, true)
}

export const panTo = ([x, y]: Position): void => {
  const { viewport, size } = useView.getState()
  show({ ...viewport, x: size[0] / 2 - x * viewport.zoom, y: size[1] / 2 - y * viewport.zoom }, false)
}

export const focusCanvas = (): void => canvas?.element.focus({ preventScroll: true })
