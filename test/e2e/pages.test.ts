import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { savesTo } from './saving.ts'
import { openScreen, places, type ScreenPlace } from './screens.ts'
import { dropFile } from './window.ts'

const hello = `# Says hello.
millrace: 1
name: hello
tasks:
  say:
    type: script.shell # in words
    with: { script: "echo one" }
layout: { say: [0, 0] }
`

const newHome = (flows: Readonly<Record<string, string>>): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-pages-'))
  mkdirSync(path.join(home, 'flows'))
  for (const [name, text] of Object.entries(flows)) writeFileSync(path.join(home, `flows/${name}.yaml`), text)
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

const openHome = async (place: ScreenPlace, flows: Readonly<Record<string, string>>) => {
  const home = newHome(flows)
  const screen = await openScreen(place, { home })
  return { ...screen, home, read: (name: string) => readFileSync(path.join(home, `flows/${name}.yaml`), 'utf8') }
}

const goTo = (page: Page, hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`)

const openFlow = async (page: Page, name: string) => {
  await goTo(page, `#/flows/${name}`)
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor()
}

const run = async (page: Page) => {
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
}

const choose = async (page: Page, flow: string, what: string) => {
  await page.getByRole('button', { name: `More for ${flow}` }).click()
  await page.getByRole('menuitem', { name: what }).click()
}

test.each(places)(
  '%s: a flow that is copied, deleted and imported is the same, and runs once it was looked at',
  async (place) => {
    const { page, read, errors } = await openHome(place, { hello })
    await goTo(page, '#/flows')
    await page.evaluate('void (navigator.clipboard.writeText = (text) => Promise.resolve(void (window.copied = text)))')
    await choose(page, 'hello', 'Copy YAML')
    await expect.poll(() => page.evaluate('window.copied')).toBe(hello)

    await choose(page, 'hello', 'Delete')
    await page.getByText('No flows yet').waitFor()
    await dropFile(page, { name: 'hello.yaml', text: hello })
    await page.getByRole('region', { name: 'Imported flow' }).getByText('echo one').waitFor()
    expect(read('hello')).toBe(hello)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('button', { name: 'Looks right, run it' }).click()
    await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
    await page.getByRole('log').getByText('one', { exact: true }).waitFor()
    expect(errors).toEqual([])
  },
)

/** Loads what it filtered into the lake. */
const filtered = `millrace: 1
name: filtered
tasks:
  make: { type: script.shell, with: { script: 'printf "fare,zone\\n1,a\\n5,b\\n7,\\n" > $MILLRACE_OUTPUTS/rides.csv' } }
  rides: { type: table.read, inputs: { files: make.file } }
  kept: { type: table.filter, inputs: { table: rides.table }, with: { where: fare > 2 } } # not the cheap ones
  save: { type: table.write, inputs: { table: kept.table }, with: { format: csv, name: rides.csv } }
  upload: { type: storage.upload, inputs: { files: save.file }, with: { storage: block:local-file-system/lake, to: rides/ } }
`

test.each(places)('%s: a flow that is saved as a file, deleted and imported gives the same result', async (place) => {
  const screen = await openHome(place, { filtered })
  const { page, home, errors } = screen
  const result = path.join(home, 'lake/rides/rides.csv')
  await openFlow(page, 'filtered')
  await run(page)
  const first = readFileSync(result, 'utf8')
  expect(first.trim().split('\n').length).toBe(3)
  rmSync(result)

  await goTo(page, '#/flows')
  const saved = await savesTo(screen, path.join(home, 'saved.yaml'))
  await choose(page, 'filtered', 'Export YAML…')
  await page.getByText('Saved filtered.yaml.').waitFor()
  const text = await saved()
  expect(text).toBe(filtered)
  await choose(page, 'filtered', 'Delete')
  await page.getByText('No flows yet').waitFor()
  await dropFile(page, { name: 'filtered.yaml', text })
  await page.getByRole('region', { name: 'Imported flow' }).waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('button', { name: 'Looks right, run it' }).click()
  await expect.poll(() => existsSync(result) && readFileSync(result, 'utf8'), { timeout: 20_000 }).toBe(first)
  expect(errors).toEqual([])
})

test('browser: a run is not run again while its flow was imported anew and nobody has looked at it', async () => {
  const { page, errors } = await openHome('browser', { hello })
  await openFlow(page, 'hello')
  await run(page)
  await goTo(page, '#/flows')
  await choose(page, 'hello', 'Delete')
  await page.getByText('No flows yet').waitFor()
  await dropFile(page, { name: 'hello.yaml', text: hello })
  const imported = page.getByRole('region', { name: 'Imported flow' })
  await imported.waitFor()
  await goTo(page, '#/runs')
  await page.locator('a[href^="#/runs/"]').first().click()
  await page.getByRole('button', { name: 'Run again' }).click()
  await imported.waitFor()
  await imported.getByRole('button', { name: 'Looks right' }).click()
  await page.goBack()
  await page.getByRole('button', { name: 'Run again' }).waitFor()
  const former = await page.evaluate('location.hash')
  await page.getByRole('button', { name: 'Run again' }).click()
  await expect.poll(() => page.evaluate('location.hash')).not.toBe(former)
  expect(await page.evaluate('location.hash')).toMatch(/^#\/runs\/./)
  expect(errors).toEqual([])
})

test.each(places)('%s: a deleted flow comes back with one press, byte for byte', async (place) => {
  const { page, read } = await openHome(place, { hello })
  await goTo(page, '#/flows')
  await choose(page, 'hello', 'Delete')
  await page.getByText('No flows yet').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: 'hello' }).waitFor()
  expect(read('hello')).toBe(hello)
})

test.each(places)('%s: a flow gets another name in its row of the library', async (place) => {
  const { page, read } = await openHome(place, { hello })
  await goTo(page, '#/flows')
  await choose(page, 'hello', 'Rename')
  await page.getByRole('textbox', { name: 'New name of hello' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('greeting')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'greeting' }).waitFor()
  expect(read('greeting')).toBe(hello.replace('name: hello', 'name: greeting'))
})

test.each(places)('%s: a flow is built, wired and taken back in the outline with the keyboard alone', async (place) => {
  const { page, read, errors } = await openHome(place, { empty: 'millrace: 1\nname: empty\ntasks: {}\n' })
  const { keyboard } = page
  await openFlow(page, 'empty')
  await keyboard.press('Control+Shift+O')
  const tree = page.getByRole('tree', { name: 'Outline of the flow' })
  const item = (name: string | RegExp) => tree.getByRole('treeitem', { name })
  await tree.waitFor()

  await keyboard.press('a')
  await keyboard.type('Read a table')
  await keyboard.press('Enter')
  await item(/^read, /).waitFor()
  await keyboard.press('a')
  await keyboard.type('Filter rows')
  await keyboard.press('Enter')
  await item(/^In: .*from read\.table$/).waitFor()
  await keyboard.press('F2')
  await keyboard.type('kept')
  await keyboard.press('Enter')
  await item(/^kept, /).waitFor()

  await keyboard.press('ArrowDown')
  await keyboard.press('Delete')
  await item(/^In: .*not connected, needed$/).waitFor()
  await keyboard.press('Enter')
  await keyboard.type('read.table')
  await keyboard.press('Enter')
  await item(/^In: .*from read\.table$/).waitFor()
  expect(read('empty')).toContain('table: read.table')
  expect(errors).toEqual([])
})

test.each(places)('%s: runs are found, chosen, deleted and brought back', async (place) => {
  const { page, errors } = await openHome(place, { hello, other: hello.replace('name: hello', 'name: other') })
  for (const name of ['hello', 'other']) {
    await openFlow(page, name)
    await run(page)
  }
  await goTo(page, '#/runs')
  const grid = page.getByRole('grid', { name: 'Runs' })
  const rows = grid.getByRole('row').filter({ hasNot: page.getByRole('columnheader') })
  await rows.nth(1).waitFor()
  await page.getByRole('textbox', { name: 'Search runs' }).fill('OTHER')
  await rows.nth(1).waitFor({ state: 'detached' })
  await rows.getByText('other', { exact: true }).waitFor()

  await grid.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Delete')
  await page.getByText('No run fits').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await rows.getByText('other', { exact: true }).waitFor()
  await grid.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/runs\/.+/)
  expect(errors).toEqual([])
})

test.each(places)('%s: each run keeps its version, and a former one is restored as one step', async (place) => {
  const { page, home, read, errors } = await openHome(place, { hello })
  await openFlow(page, 'hello')
  await run(page)
  const changed = hello.replace('echo one', 'echo two')
  writeFileSync(path.join(home, 'flows/hello.yaml'), changed)
  await page.getByRole('tab', { name: 'YAML' }).click()
  await page.getByText('echo two').first().waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('tab', { name: 'Logs' }).click()
  await page.getByRole('log').getByText('two', { exact: true }).waitFor()
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: /^Version 2/ }).click()
  await page.getByRole('list', { name: 'Changes' }).getByText('Task say: script').waitFor()
  await page.getByRole('button', { name: /^Version 1/ }).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('button', { name: 'As it is now' }).waitFor()
  expect(read('hello')).toBe(hello)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => read('hello')).toBe(changed)
  expect(errors).toEqual([])
})

test.each(places)('%s: the log is searched whole, and a match is shown among its neighbours', async (place) => {
  const script = 'for i in $(seq 1 30000); do echo ride $i; done'
  const { page, errors } = await openHome(place, { hello: hello.replace('echo one', script) })
  await openFlow(page, 'hello')
  await run(page)
  const lines = page.getByRole('log')
  await lines.getByText('ride 30000', { exact: true }).waitFor()
  await page.getByRole('textbox', { name: 'Search the log' }).fill('RIDE 1234')
  await page.getByText('11 of 11').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('1 of 11', { exact: true }).waitFor()
  await lines.getByText('ride 1233', { exact: true }).waitFor()
  await lines.focus()
  await page.keyboard.press('Home')
  await lines.getByText('ride 1', { exact: true }).waitFor()
  await page.keyboard.press('End')
  await lines.getByText('ride 30000', { exact: true }).waitFor()
  expect(errors).toEqual([])
})
