import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, median, type Figure } from './figure.ts'
import { homeWithRun, timeInPage, typing, withDatabase, withScreen } from './screen.ts'
import { withFolder } from './temporary-folder.ts'

const hello = 'millrace: 1\nname: hello\ntasks:\n  say: { type: log.message, with: { message: hello } }\n'

const rest = 'from Bedford to Bushwick, one passenger, paid in cash, and no tip was given at all'

const addLines = (home: string, count: number): void =>
  withDatabase(home, 'logs.db', (database) => {
    database.exec(`
      insert into sources (flow_run, task_run, first_seq, last_seq, lines, bytes, cut)
        select max(flow_runs.number), 'many', counter.last_seq + 1, counter.last_seq + ${count}, ${count}, 1, 0
        from flow_runs, counter;
      with recursive i (n) as (select 1 union all select n + 1 from i where n < ${count})
        insert into lines select sources.flow_run, first_seq + n - 1, sources.number, 1700000000000 + n, 20,
          'ride ' || n || ' ${rest}' from i, sources where sources.task_run = 'many';
      update counter set last_seq = last_seq + ${count}`)
  })

const shows = (text: string) => `document.querySelector('[role=log]')?.textContent.includes(${JSON.stringify(text)})`

const tab = (name: string) =>
  `[...document.querySelectorAll('[role=tab]')].find((tab) => tab.textContent === '${name}').click()`

/** Opening a log of a million lines at its end, and searching all of it. */
export const logsView = ({ pairs }: Scale): Promise<readonly Figure[]> =>
  withFolder(async (home) => {
    const count = 1_000_000
    const id = await homeWithRun(home, hello)
    addLines(home, count)
    return withScreen(home, async (page) => {
      await page.evaluate(`location.hash = '#/runs/${id}'`)
      await page.getByRole('tab', { name: 'Logs' }).waitFor()
      const times: Record<'open' | 'search', number[]> = { open: [], search: [] }
      for (let pair = 0; pair < pairs; pair += 1) {
        times.open.push(await timeInPage(page, tab('Logs'), shows(`ride ${count} `)))
        const found = `[...document.querySelectorAll('[role=status]')].some((one) => one.textContent === '111 of 111')`
        times.search.push(await timeInPage(page, typing('Search the log', 'RIDE 7777'), found))
        await timeInPage(page, tab('Timeline'), `!document.querySelector('[role=log]')`)
      }
      return [
        figure('logs.view.open', 'ms', { value: median(times.open), floor: 1 }, { at: 'most', times: 0, plus: 300 }),
        figure(
          'logs.view.search',
          'ms',
          { value: median(times.search), floor: 1 },
          { at: 'most', times: 0, plus: 1000 },
        ),
      ]
    })
  })

/** So short that the lines of 30 s are less than what is kept of one log. */
const ending = 'from Bedford to Bushwick, paid in cash'

/** Prints lines at a steady rate, each with the time at which it is printed. */
const scriptOf = (seconds: number, perSecond: number) => `
const begin = Date.now()
let printed = 0
while (printed < ${seconds * perSecond}) {
  const due = Math.min(${seconds * perSecond}, Math.floor((Date.now() - begin) * ${perSecond / 1000}))
  let text = ''
  for (const now = Date.now(); printed < due; printed += 1) text += 'at ' + now + ' ride ' + printed + ' ${ending}\\n'
  if (text !== '' && !process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  await new Promise((resolve) => setTimeout(resolve, 5))
}`

const flowOf = (script: string) =>
  `millrace: 1\nname: live\ntasks:\n  print: { type: script.node, with: { script: ${JSON.stringify(script)} } }\n`

/** At each frame: whether the last line has changed, and how old it is then. */
const observe = `
  window.seen = { frames: [], ages: [] }
  let last = 0
  const look = (time) => {
    window.seen.frames.push(time)
    const texts = [...document.querySelectorAll('[role=log] [data-row]')].map((row) => row.textContent)
    const newest = Math.max(0, ...texts.map((text) => Number(/at (\\d{13}) ride/.exec(text)?.[1] ?? 0)))
    if (newest > last) window.seen.ages.push(Date.now() - newest)
    last = Math.max(last, newest)
    window.looking = requestAnimationFrame(look)
  }
  window.looking = requestAnimationFrame(look)`

type Seen = { readonly frames: readonly number[]; readonly ages: readonly number[] }

const watchLive = async (page: Page, seconds: number): Promise<Seen> => {
  await page.evaluate(`location.hash = '#/flows/live'`)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('log').getByText('ride ').first().waitFor()
  // What it takes to begin is not what is measured.
  await wait(1000)
  await page.evaluate(observe)
  await wait((seconds - 2) * 1000)
  const seen = (await page.evaluate('cancelAnimationFrame(window.looking), window.seen')) as Seen
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  return seen
}

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Infinity

/** A script that prints 100,000 lines a second, through engine and store to the screen. */
export const logsLive = ({ short }: Scale): Promise<readonly Figure[]> =>
  withFolder(async (home) => {
    const seconds = short ? 5 : 30
    const perSecond = 100_000
    await homeWithRun(home, hello)
    mkdirSync(path.join(home, 'flows'), { recursive: true })
    writeFileSync(path.join(home, 'flows/live.yaml'), flowOf(scriptOf(seconds, perSecond)))
    const seen = await withScreen(home, (page) => watchLive(page, seconds))
    const kept = withDatabase(home, 'logs.db', (database) =>
      database.prepare(`select count(*) from lines where message like 'at % ride %'`).pluck().get(),
    )
    expectEqual('the number of lines kept', kept, seconds * perSecond)
    const { frames, ages } = seen
    const span = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1000
    return [
      figure(
        'logs.live.frames',
        'fps',
        { value: (frames.length - 1) / span, floor: 1 },
        { at: 'least', times: 0, plus: 55 },
      ),
      figure(
        'logs.live.delay_p95',
        'ms',
        { value: percentile(ages, 0.95), floor: 1 },
        { at: 'most', times: 0, plus: 150 },
      ),
    ]
  })
