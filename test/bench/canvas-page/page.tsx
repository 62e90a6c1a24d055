const states = ['Pending', 'Running', 'Completed'] as const
export type RunState = (typeof states)[number]

/** What is measured of a page. */
export type Page = {
  /** Shows so many tasks; milliseconds until they are painted. */
  open(count: number): Promise<number>
  /** So many tasks begin or end. */
  changeStates(tasks: readonly string[], state: RunState): void
  fit(): void
}

export const painted = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))

/** What was there before, and the making of the flow, are no part of opening it. */
export const settled = async (): Promise<void> => {
  await painted()
  const { gc } = globalThis as { gc?: () => void }
  gc?.()
  await painted()
}

type Act = 'pan' | 'zoom' | 'drag' | 'states' | 'rest'
type Place = { readonly x: number; readonly y: number }

const mouse = (type: string, { x, y }: Place) =>
  new MouseEvent(type, { bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, clientX: x, clientY: y })

/** Out and back to where it began, from -1 to 1. */
const wave = (frame: number, frames: number): number => Math.sin((frame / frames) * 2 * Math.PI)

const wheel = (by: number) =>
  new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: 600, clientY: 400, deltaY: by })

/** Pixels. */
const reach = { pan: 500, drag: 120, zoom: 12, states: 0, rest: 0 } as const

/** Ten that are in view. */
const ids = Array.from({ length: 10 }, (_, index) => `task_${(index % 3) + 50 * Math.floor(index / 3)}`)

const placeOfHold = (what: Act, target: Element | null): Place => {
  if (what !== 'drag') return { x: 900, y: 500 }
  const { left = 0, top = 0 } = target?.getBoundingClientRect() ?? {}
  return { x: left + 60, y: top + 20 }
}

/** Does something in each frame; milliseconds from frame to frame. */
const act = async ({ changeStates }: Page, what: Act, frames: number): Promise<readonly number[]> => {
  const target = document.querySelector(what === 'drag' ? '[data-id="task_51"]' : '.react-flow__pane')
  const held = what === 'pan' || what === 'drag'
  const start = placeOfHold(what, target)
  const at = (frame: number) => {
    const by = reach[what] * wave(frame, frames)
    return { x: start.x + by, y: start.y + by / 2 }
  }
  if (held) target?.dispatchEvent(mouse('mousedown', start))
  const times: number[] = []
  let before = await new Promise<number>(requestAnimationFrame)
  for (let frame = 0; frame < frames; frame += 1) {
    if (held) window.dispatchEvent(mouse('mousemove', at(frame)))
    if (what === 'zoom') target?.dispatchEvent(wheel(reach.zoom * Math.cos((frame / frames) * 2 * Math.PI)))
    if (what === 'states') changeStates(ids, states[frame % states.length] ?? 'Pending')
    const now = await new Promise<number>(requestAnimationFrame)
    times.push(now - before)
    before = now
  }
  if (held) window.dispatchEvent(mouse('mouseup', at(frames)))
  return times
}

/** For who measures, from outside. */
export const offer = (page: Page): void => {
  Object.assign(window, {
    canvasPage: { ...page, act: (what: Act, frames: number) => act(page, what, frames) },
  })
}
