import type { Page } from 'playwright'
import type { Scale } from './benchmark.ts'
import { openCanvasBrowser, type CanvasBrowser, type CanvasPage } from './canvas-browser.ts'
import { figure, inPairs, median, type Figure } from './figure.ts'

type Act = 'pan' | 'zoom' | 'drag' | 'states' | 'rest'

/** What canvas-page/page.tsx offers. */
type Offered = {
  open(count: number): Promise<number>
  act(what: Act, frames: number): Promise<readonly number[]>
  fit(): void
}

const open = (page: Page, count: number): Promise<number> =>
  page.evaluate((tasks) => (globalThis as unknown as { canvasPage: Offered }).canvasPage.open(tasks), count)

/** Milliseconds of processor that the page's main thread has used so far: what else runs here does not count. */
const worked = async (page: Page): Promise<() => Promise<number>> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
  }
}

/** Does something in each frame; milliseconds from frame to frame. */
const act = (page: Page, what: Act, frames: number): Promise<readonly number[]> =>
  page.evaluate(([kind, count]) => (globalThis as unknown as { canvasPage: Offered }).canvasPage.act(kind, count), [
    what,
    frames,
  ] as const)

const acts: readonly Act[] = ['pan', 'zoom', 'drag', 'states']

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0

type Work = { readonly main: number; readonly frame: number }

/** All that people do at working zoom, one after the other. */
const workOn = async (browser: CanvasBrowser, kind: CanvasPage, count: number, frames: number): Promise<Work> => {
  const page = await browser.page(kind)
  await open(page, count)
  await act(page, 'rest', 20)
  const clock = await worked(page)
  const before = await clock()
  const times: number[] = []
  for (const one of acts) times.push(...(await act(page, one, frames)))
  const main = (await clock()) - before
  await page.close()
  return { main, frame: percentile(times, 0.95) }
}

export const canvasWork = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const browser = await openCanvasBrowser()
  const figures: Figure[] = []
  const frames = short ? 60 : 120
  try {
    for (const count of short ? [1000, 5000] : [1000, 5000, 10_000]) {
      const slowest: number[] = []
      const measured = await inPairs(
        pairs,
        async () => (await workOn(browser, 'bare', count, frames)).main,
        async () => {
          const { main, frame } = await workOn(browser, 'ours', count, frames)
          slowest.push(frame)
          return main
        },
      )
      figures.push(figure(`canvas.work.${count}`, 'ms', measured, { at: 'most', times: 1.5 }))
      const frame = { value: median(slowest), floor: 1000 / 60 }
      figures.push(figure(`canvas.work.${count}.frame`, 'ms', frame, { at: 'most', times: 0, plus: 17 }))
    }
  } finally {
    await browser.close()
  }
  return figures
}

export const canvasOpen = async ({ pairs }: Scale): Promise<Figure[]> => {
  const browser = await openCanvasBrowser()
  try {
    const page = await browser.page('ours')
    await open(page, 100)
    const measured = await inPairs(
      pairs * 2,
      () => open(page, 100),
      () => open(page, 10_000),
    )
    return [figure('canvas.open', 'ms', measured, { at: 'most', times: 2.2 })]
  } finally {
    await browser.close()
  }
}

const rateAtFit = async (browser: CanvasBrowser, kind: CanvasPage, frames: number): Promise<number> => {
  const page = await browser.page(kind)
  await open(page, 5000)
  await page.evaluate(() => (globalThis as unknown as { canvasPage: Offered }).canvasPage.fit())
  await act(page, 'rest', 40)
  const times = await act(page, 'pan', frames)
  await page.close()
  return 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length)
}

export const canvasFit = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const browser = await openCanvasBrowser()
  const frames = short ? 60 : 120
  try {
    const measured = await inPairs(
      pairs,
      () => rateAtFit(browser, 'bare', frames),
      () => rateAtFit(browser, 'ours', frames),
    )
    return [figure('canvas.fit', 'frames/s', measured, { at: 'least', times: 0, plus: 45 })]
  } finally {
    await browser.close()
  }
}
