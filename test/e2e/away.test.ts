import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen, places } from './screens.ts'
import { openChromium, sizes, startServing, type Serving } from './serving.ts'

/** A loaded machine is no failure. */
const patient = { timeout: 20_000 }

type Away = {
  readonly page: Page
  readonly home: string
  /** What the page has thrown, and what React has caught of it. */
  readonly errors: readonly string[]
  /** The engine dies, and stays away. */
  kill(): Promise<void>
  /** At the same address, as a person would start it again. */
  restart(): Promise<void>
}

/** A browser says itself what it could not load. */
const isOfNetwork = (text: string): boolean => /Failed to load resource|WebSocket connection|ERR_/.test(text)

const gatherErrors = (page: Page): readonly string[] => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !isOfNetwork(message.text())) errors.push(message.text())
  })
  return errors
}

const newHome = (flows: Readonly<Record<string, string>>): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-away-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  mkdirSync(path.join(home, 'flows'))
  for (const [name, text] of Object.entries(flows)) writeFileSync(path.join(home, `flows/${name}.yaml`), text)
  return home
}

const open = async (home: string): Promise<Away> => {
  const browser = await openChromium()
  let serving: Serving = await startServing(home)
  const { address, port } = serving
  onTestFinished(async () => {
    await browser.close()
    await serving.stop()
  })
  const page = await browser.newPage({ viewport: sizes.small })
  const errors = gatherErrors(page)
  await page.goto(address)
  await page.getByRole('heading', { name: 'Flows', level: 1 }).waitFor()
  return {
    page,
    home,
    errors,
    kill: async () => {
      await serving.kill()
      await page.getByText('The engine is away;').waitFor()
    },
    restart: async () => {
      serving = await startServing(home, { port })
      await page.getByText('The engine is away;').waitFor({ state: 'hidden' })
    },
  }
}

const goTo = (page: Page, hash: string): Promise<void> => page.evaluate(`location.hash = '${hash}'`)

const greeting = `millrace: 1
name: greeting
tasks:
  hello: { type: log.message, with: { message: "Hello there" } }
  bye: { type: log.message, after: [hello], with: { message: "Goodbye" } }
`

const node = (page: Page, task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)

const runGreeting = async (page: Page): Promise<string> => {
  await goTo(page, '#/flows/greeting')
  await node(page, 'hello').waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  return (await page.getByRole('link', { name: /^\w+-\w+$/ }).getAttribute('href')) ?? ''
}

/** What each page shows once it has been read, and the page that the navigation marks meanwhile. */
const pagesOf = (page: Page, run: string) => [
  { hash: '#/flows', entry: 'Flows', shown: page.getByRole('link', { name: 'greeting' }).first() },
  { hash: '#/flows/greeting', entry: 'Flows', shown: node(page, 'hello') },
  { hash: '#/flows/100%', entry: 'Flows', shown: page.getByRole('alert').getByText('100%') },
  { hash: '#/runs', entry: 'Runs', shown: page.getByRole('grid', { name: 'Runs' }).getByText('greeting') },
  { hash: run, entry: 'Runs', shown: page.getByRole('tab', { name: 'Tasks' }) },
  { hash: '#/blocks', entry: 'Blocks', shown: page.getByRole('table', { name: 'Blocks' }) },
  { hash: '#/blocks/duckdb/warehouse', entry: 'Blocks', shown: page.getByRole('form', { name: 'Settings' }) },
  { hash: '#/new-block', entry: 'Blocks', shown: page.getByRole('region', { name: 'Storage' }) },
  { hash: '#/new-block/gcp-credentials', entry: 'Blocks', shown: page.getByRole('form', { name: 'New block' }) },
  { hash: '#/concurrency', entry: 'Concurrency', shown: page.getByRole('heading', { name: 'Concurrency', level: 1 }) },
  { hash: '#/settings', entry: 'Settings', shown: page.getByRole('region', { name: 'Engine' }).getByRole('textbox') },
]

test.each(places)('%s: every page comes back when it is loaded anew', async (place) => {
  const { page, errors } = await openScreen(place, { home: newHome({ greeting }) })
  for (const { hash, shown } of pagesOf(page, await runGreeting(page))) {
    await goTo(page, hash)
    await page.reload()
    await shown.first().waitFor(patient)
  }
  expect(errors).toEqual([])
})

test('every page can be gone to while the engine is away, and shows what it should once it is back', async () => {
  const { page, errors, kill, restart } = await open(newHome({ greeting }))
  const pages = pagesOf(page, await runGreeting(page))
  for (const one of pages) {
    await kill()
    // From a page that is none of them, so that each is opened while there is nobody to ask.
    await goTo(page, '#/shortcuts')
    await page.getByRole('heading', { name: /shortcuts/i, level: 1 }).waitFor()
    await goTo(page, one.hash)
    await page
      .locator('a[aria-current="page"]', { has: page.locator('svg') })
      .and(page.getByLabel(one.entry))
      .waitFor()
    await restart()
    await one.shown.first().waitFor(patient)
  }
  expect(errors).toEqual([])
})

test('the panels of the editor outlast the engine', async () => {
  const { page, errors, kill, restart } = await open(newHome({ greeting }))
  await runGreeting(page)
  await node(page, 'hello').click()
  for (const tab of ['Data', 'Timeline', 'Logs', 'Versions', 'Problems']) {
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    await kill()
    await node(page, 'bye').click()
    await node(page, 'hello').click()
    await page.getByRole('tab', { name: 'Problems' }).click()
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    await restart()
  }
  await page.getByRole('tab', { name: /^Logs/ }).click()
  await page.getByRole('log').getByText('Hello there').waitFor()
  expect(errors).toEqual([])
})

const message = (page: Page) => page.getByRole('textbox', { name: 'Message' })

test('what is typed while the engine is away is not called saved, and is in the file once it is back', async () => {
  const { page, home, kill, restart } = await open(newHome({ greeting }))
  const file = path.join(home, 'flows/greeting.yaml')
  await goTo(page, '#/flows/greeting')
  await node(page, 'hello').click()
  await page.getByText(/^Saved · /).waitFor()
  await kill()
  await message(page).fill('Typed into the void')
  await message(page).press('Tab')
  await page.getByText('Not saved', { exact: true }).waitFor()
  expect(readFileSync(file, 'utf8')).toBe(greeting)
  // A second change, and the flow is left before either could be made.
  await node(page, 'bye').click()
  await message(page).fill('Left behind')
  await message(page).press('Tab')
  await goTo(page, '#/runs')
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
  await goTo(page, '#/flows/greeting')
  await restart()
  await expect
    .poll(() => readFileSync(file, 'utf8'), patient)
    .toBe(greeting.replace('Hello there', 'Typed into the void').replace('Goodbye', 'Left behind'))
  await node(page, 'bye').click()
  await expect.poll(() => message(page).inputValue(), patient).toBe('Left behind')
  await page.getByText(/^Saved · /).waitFor()
})

test('a change that waits for the engine does not overwrite what somebody else wrote meanwhile', async () => {
  const { page, home, kill, restart } = await open(newHome({ greeting }))
  const file = path.join(home, 'flows/greeting.yaml')
  const theirs = greeting.replace('Hello there', 'From elsewhere')
  await goTo(page, '#/flows/greeting')
  await node(page, 'hello').click()
  await message(page).waitFor()
  await kill()
  await message(page).fill('Mine')
  await message(page).press('Tab')
  await page.getByText('Not saved', { exact: true }).waitFor()
  writeFileSync(file, theirs)
  await restart()
  await page.getByText('This change was not made').waitFor()
  expect(readFileSync(file, 'utf8')).toBe(theirs)
})

test('Runs, a run and Settings tell what is so when the engine is back, without being left', async () => {
  const home = newHome({})
  const begun = path.join(home, 'begun')
  writeFileSync(
    path.join(home, 'flows/slow.yaml'),
    `millrace: 1\nname: slow\ntasks:\n  wait: { type: script.shell, with: { script: "touch '${begun}'; sleep 600" } }\n`,
  )
  const { page, kill, restart, errors } = await open(home)
  await goTo(page, '#/flows/slow')
  await node(page, 'wait').waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect.poll(() => existsSync(begun), patient).toBe(true)
  await goTo(page, '#/runs')
  const row = page.getByRole('grid', { name: 'Runs' }).locator('[data-row="0"]')
  await row.getByText('Running').waitFor()
  await kill()
  const shown = await row.textContent()
  await page.waitForFunction('new Promise((resolve) => setTimeout(() => resolve(true), 2500))')
  expect(await row.textContent()).toBe(shown)
  await restart()
  await row.getByText('Crashed').waitFor(patient)
  await row.getByRole('link').click()
  const state = page.locator('main header').getByRole('status')
  await state.getByText('Crashed').waitFor()
  await kill()
  expect(await state.textContent()).toBe('Crashed')
  await restart()
  await state.getByText('Crashed').waitFor()
  await goTo(page, '#/settings')
  const settings = page.getByRole('region', { name: 'Engine' }).getByRole('textbox').first()
  await settings.waitFor()
  await kill()
  await restart()
  await settings.waitFor()
  await expect.poll(() => page.getByRole('alert').allTextContents(), patient).toEqual([])
  expect(errors).toEqual([])
})

test('a mistake in a page leaves the rest of the screen as it is', async () => {
  const { page } = await open(newHome({ greeting }))
  await runGreeting(page)
  await goTo(page, '#/blocks/local-file-system/lake')
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  await page.evaluate(
    'window.right = Array.prototype.findLast; Array.prototype.findLast = () => { throw new Error("out of order") }',
  )
  await page.getByRole('tab', { name: 'Files' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('This page cannot be shown').waitFor()
  await alert.getByText('out of order').waitFor()
  await page.getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('grid', { name: 'Runs' }).waitFor()
  await page.goBack()
  await page.getByRole('tab', { name: 'Files' }).click()
  await alert.getByText('This page cannot be shown').waitFor()
  await page.evaluate('Array.prototype.findLast = window.right')
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  expect(await alert.count()).toBe(0)
})
