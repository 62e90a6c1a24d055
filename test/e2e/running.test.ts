import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '#test/run/step.ts'
import { openScreen, places, type ScreenPlace } from './screens.ts'

const sample = path.join(root, 'resources/samples/green_tripdata_2020-11.csv.gz')

/** A server that is broken until it is mended. */
const openServer = async () => {
  const asked = { count: 0, isMended: false }
  const server = createServer((_request, response) => {
    asked.count += 1
    if (!asked.isMended) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'application/gzip' })
    return void createReadStream(sample).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { asked, address: `http://127.0.0.1:${port}/green.csv.gz` }
}

const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-running-'))
  mkdirSync(path.join(home, 'flows'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

const openFlow = async (place: ScreenPlace, home: string, name: string) => {
  const screen = await openScreen(place, { home })
  await screen.page.getByRole('link', { name }).first().click()
  await screen.page.locator('.react-flow__node').first().waitFor()
  return screen
}

const node = (page: Page, task: string): Locator => page.locator(`.react-flow__node[data-id="${task}"]`)
const inState = (page: Page, task: string, state: string): Locator =>
  node(page, task).locator(`[data-state="${state}"]`)
const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).first().click()
const status = (page: Page, state: string) => page.getByRole('status').getByText(state, { exact: true }).waitFor()

/** Gathers each countdown to another try as the page shows it: the seconds left, by the try that comes next. */
const watchCountdowns = (task: string) => `
  window.countdowns = []
  new MutationObserver(() => {
    const shown = document.querySelector('.react-flow__node[data-id="${task}"] [data-state="AwaitingRetry"]')
    const left = Number(/in (\\d+)/.exec(shown?.textContent ?? '')?.[1] ?? NaN)
    const last = window.countdowns.at(-1)
    if (Number.isNaN(left) || last?.at(-1) === left) return
    // A try that fails at once may not be seen between two of them.
    if (last && left < last.at(-1)) last.push(left)
    else window.countdowns.push([left])
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
`

const linesOf = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0)

test.each(places)(
  '%s: a broken address is tried again, fails, says why, and Resume runs only the rest',
  async (place) => {
    const home = newHome()
    const { asked, address } = await openServer()
    const counted = path.join(home, 'counted')
    const starter = readFileSync(path.join(root, 'resources/flows/green-taxi.yaml'), 'utf8')
    const flow = starter
      .replace('"{{ source }}"', address)
      .replace('[2s, 10s, 1m]', '3s')
      .replace('tasks:\n', `tasks:\n  once: { type: script.shell, with: { script: "echo ran >> ${counted}" } }\n`)
    writeFileSync(path.join(home, 'flows/green-taxi.yaml'), flow)
    const { page, errors } = await openFlow(place, home, 'green-taxi')

    await page.evaluate(watchCountdowns('extract'))
    await run(page)
    await inState(page, 'extract', 'Failed').waitFor()
    expect(asked.count).toBe(4)
    const countdowns = await page.evaluate<number[][]>('window.countdowns')
    expect(countdowns).toHaveLength(3)
    for (const seconds of countdowns) expect(seconds.length).toBeGreaterThan(1)
    await status(page, 'Failed')
    expect(await inState(page, 'trips', 'Skipped').getAttribute('aria-label')).toContain('extract')
    expect(await inState(page, 'extract', 'Failed').getAttribute('aria-label')).toContain('404')

    asked.isMended = true
    await page.getByRole('button', { name: 'Resume' }).click()
    await status(page, 'Completed')
    expect([asked.count, linesOf(counted)]).toEqual([5, 1])

    await page.getByRole('button', { name: '88,605 rows' }).first().click()
    await page
      .getByRole('grid', { name: /Rows of/ })
      .getByRole('gridcell')
      .first()
      .waitFor()
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await page.getByRole('option', { name: /^extract .*Completed$/ }).waitFor()
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a mended flow goes on where it failed, and a part of it runs alone', async (place) => {
  const home = newHome()
  const counted = path.join(home, 'counted')
  const file = path.join(home, 'flows/row.yaml')
  const flow = (second: string) => `millrace: 1
name: row
parameters:
  word: { type: string, default: corn }
tasks:
  first: { type: script.shell, with: { script: "echo first >> ${counted}; echo {{ word }} > $MILLRACE_OUTPUTS/word.txt" } }
  second: { type: script.shell, inputs: { files: first.file }, with: { script: "${second}" } }
`
  writeFileSync(file, flow('exit 3'))
  const { page, errors } = await openFlow(place, home, 'row')
  await run(page)
  await inState(page, 'second', 'Failed').waitFor()

  writeFileSync(file, flow('true'))
  await page.getByText('before your changes').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  const panel = page.getByRole('dialog')
  await panel.getByText('Runs 1').waitFor()
  await panel.getByText('Reused 1').waitFor()
  await panel.getByRole('button', { name: 'Run' }).click()
  await status(page, 'Completed')
  await inState(page, 'first', 'Cached').waitFor()
  expect(linesOf(counted)).toBe(1)

  await node(page, 'first').click()
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Run from here' }).click()
  await panel.getByText('Runs 2').waitFor()
  await panel.getByLabel('word').fill('rye')
  await panel.getByRole('button', { name: 'Run' }).click()
  await expect.poll(() => linesOf(counted)).toBe(2)
  await status(page, 'Completed')

  await page
    .getByRole('link', { name: /-/ })
    .filter({ hasText: /^[a-z]+-[a-z]+$/ })
    .first()
    .click()
  await page.getByRole('list', { name: 'Parameters' }).getByText('rye').waitFor()
  await page.getByRole('button', { name: /^second/ }).waitFor()
  expect(errors).toEqual([])
})
