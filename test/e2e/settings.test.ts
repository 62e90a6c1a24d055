import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '#test/run/step.ts'
import { openScreen, places, type Screen, type ScreenPlace } from './screens.ts'

const text = `# Rides of one month
millrace: 1
name: rides
parameters:
  color: { type: string, default: green } # of the taxi
tasks:
  # where they come from
  trips:
    type: table.read
    with: { path: "{{ color }}.csv" } # relative to this file
  clean:
    type: table.filter # keeps the rest
    inputs: { table: trips.table }
    with:
      where: fare > 0 # no gifts
      nulls: keep
layout: { trips: [0, 0], clean: [260, 0] }
`

/** A home with one flow, open in the editor. */
const openFlow = async (place: ScreenPlace, flow = text): Promise<Screen & { read(): string; file: string }> => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-settings-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const file = path.join(home, 'flows/rides.yaml')
  mkdirSync(path.dirname(file))
  writeFileSync(file, flow)
  const screen = await openScreen(place, { home })
  await screen.page.evaluate("location.hash = '#/flows/rides'")
  await node(screen.page, 'trips').waitFor()
  return { ...screen, file, read: () => readFileSync(file, 'utf8') }
}

const node = (page: Page, task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)
const settings = (page: Page) => page.getByRole('region', { name: 'Settings', exact: true })
const undo = (page: Page) => page.getByRole('button', { name: 'Undo', exact: true })

const holds = async (read: () => string, wanted: string): Promise<void> => {
  await expect.poll(read, { timeout: 10_000 }).toBe(wanted)
}

/** Puts a text in place of what an editor of code holds. */
const retype = async (page: Page, name: string, written: string) => {
  await page.getByRole('textbox', { name }).click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(written)
}

test.each(places)(
  '%s: what is set in the form is in the YAML beside its comments, and undo takes it back',
  async (place) => {
    const { page, read, errors } = await openFlow(place)
    await node(page, 'clean').click()
    await retype(page, 'Condition', 'fare > 2.5')
    const first = text.replace('where: fare > 0 #', 'where: fare > 2.5 #')
    await holds(read, first)
    await settings(page).getByRole('combobox', { name: 'Unknown rows' }).selectOption({ label: 'drop' })
    const second = first.replace('      nulls: keep\n', '')
    await holds(read, second)
    await page.getByRole('tab', { name: 'Run options' }).click()
    await settings(page).getByLabel('Retries').fill('3')
    await settings(page).getByLabel('Retries').press('Enter')
    const third = second.replace(
      '      where: fare > 2.5 # no gifts\n',
      '      where: fare > 2.5 # no gifts\n    retries: 3\n',
    )
    await holds(read, third)
    for (const before of [second, first, text]) {
      await undo(page).click()
      await holds(read, before)
    }
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a mistake is shown at its field and in Problems, and mending it clears it', async (place) => {
  const broken = text.replace('{{ color }}', '{{ colour }}').replace('nulls: keep', 'nulls: maybe')
  const { page, read } = await openFlow(place, broken)
  await page.getByRole('tab', { name: /^Problems/ }).click()
  await page.getByText('There is no parameter, variable or item “colour”.').click()
  const file = settings(page).getByLabel('File', { exact: true })
  await page.locator('[data-field="tasks.trips.with.path"] input:focus').waitFor()
  await settings(page).getByText('There is no parameter, variable or item “colour”. Did you mean “color”?').waitFor()
  await file.fill('{{ color }}.csv')
  await settings(page).getByText('= green.csv').waitFor()
  await page.getByText('There is no parameter, variable or item “colour”.').waitFor({ state: 'detached' })
  await node(page, 'clean').click()
  await settings(page).getByRole('combobox', { name: 'Unknown rows' }).selectOption({ label: 'keep' })
  await page.getByText('No problems', { exact: true }).waitFor()
  await holds(read, text)
})

/** What mends each of the twelve mistakes of the fixture, in any order. */
const mends = [
  ['default: blue', 'default: green'],
  ['colour', 'color'],
  ['10 minutes', '10m'],
  ['filtre', 'filter'],
  ['trips.tables', 'trips.table'],
  ['type: table.filter # 6', 'type: table.filter\n    inputs: { table: trips.table } # 6'],
  ['parqet', 'parquet'],
  ['files: trips.table', 'files: save.file'],
  ['database: block:local-file-system/lake', 'database: block:duckdb/warehouse'],
  ['after: [third]', 'after: [load]'],
  ['pda: 6', 'pad: 6'],
  ['retrys', 'retries'],
] as const

const corners = { fetch: 2, clean: 1, short: 1, unfed: 1, save: 1, upload: 1, load: 1, first: 1, report: 2 }

test.each(places)('%s: each of twelve mistakes is shown at its task and field, and goes once mended', async (place) => {
  let flow = readFileSync(path.join(root, 'test/fixtures/twelve-mistakes.yaml'), 'utf8')
  const { page, file, errors } = await openFlow(place, flow)
  const corner = (task: string) => node(page, task).getByRole('img', { name: /^\d+ problems?$/ })
  for (const [task, count] of Object.entries(corners))
    await corner(task)
      .and(page.getByText(String(count), { exact: true }))
      .waitFor()
  await page.getByRole('tab', { name: /^Problems/ }).click()
  const problems = page.getByRole('button', { name: /^error/ })
  await expect.poll(() => problems.count(), { timeout: 10_000 }).toBe(mends.length)
  for (const problem of await problems.all()) {
    await problem.click()
    const message = (await problem.locator('span > span').first().textContent()) ?? ''
    // Of a type that is not known the panel says more, and begins alike.
    await settings(page).getByText(message.replace(/\.$/, '')).first().waitFor()
  }
  for (const [index, [wrong, right]] of mends.entries()) {
    flow = flow.replace(wrong, right)
    writeFileSync(file, flow)
    await expect.poll(() => problems.count(), { timeout: 10_000 }).toBe(mends.length - index - 1)
  }
  await page.getByText('No problems', { exact: true }).waitFor()
  for (const task of Object.keys(corners)) expect(await corner(task).count()).toBe(0)
  expect(errors).toEqual([])
})

test.each(places)(
  '%s: the YAML and the canvas are the same flow, and broken YAML leaves the canvas as it was',
  async (place) => {
    const { page, read, file } = await openFlow(place)
    await page.getByRole('tab', { name: 'YAML' }).click()
    const yaml = page.getByRole('textbox', { name: 'YAML of the flow' })
    await yaml.getByText('# no gifts').click()
    await page.keyboard.press('End')
    await page.keyboard.type(' [')
    await holds(read, text.replace('# no gifts', '# no gifts ['))
    await retype(page, 'YAML of the flow', text.replace('type: table.filter', 'type: [table.filter'))
    await page.getByRole('status').getByText('The YAML cannot be read as it stands.').waitFor()
    expect(await node(page, 'clean').isVisible()).toBe(true)
    await retype(page, 'YAML of the flow', text.replaceAll('clean:', 'kept:'))
    await node(page, 'kept').click()
    await settings(page).getByRole('button', { name: 'Rename kept' }).click()
    await page.getByRole('textbox', { name: 'Name of the task' }).fill('clean')
    await page.keyboard.press('Enter')
    await holds(read, text)
    await yaml.getByText('# no gifts').waitFor()
    writeFileSync(file, text.replace('# no gifts', '# paid ones'))
    await yaml.getByText('# paid ones').waitFor()
  },
)

test.each(places)('%s: a new block is made in the form that needs it', async (place) => {
  const flow = `millrace: 1
name: rides
tasks:
  trips: { type: table.read, with: { path: a.csv } }
  save: { type: database.load, inputs: { table: trips.table }, with: { into: rides } }
layout: { trips: [0, 0], save: [260, 0] }
`
  const { page, read } = await openFlow(place, flow)
  await node(page, 'save').click()
  await settings(page).getByRole('button', { name: 'New block…' }).click()
  const form = page.getByRole('group', { name: 'New block' })
  await form.getByLabel('Type').selectOption({ label: 'DuckDB file' })
  await form.getByRole('textbox', { name: 'Name' }).fill('rides')
  await form.getByLabel(/^File/).fill('rides.duckdb')
  await form.getByRole('button', { name: 'Make the block' }).click()
  await holds(read, flow.replace('{ into: rides }', '{ into: rides, database: block:duckdb/rides }'))
})

test.each(places)('%s: a word is found in the YAML with the key for it', async (place) => {
  const { page, errors } = await openFlow(place)
  await page.getByRole('tab', { name: 'YAML' }).click()
  await page.getByRole('textbox', { name: 'YAML of the flow' }).waitFor()
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByRole('textbox', { name: 'Find' }).waitFor()
  await page.keyboard.type('nulls')
  await page.locator('.cm-searchMatch-selected').getByText('nulls').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Find' }).waitFor({ state: 'detached' })
  expect(errors).toEqual([])
})

test('browser: a file that is chosen or dropped for a field is where the engine can read it', async () => {
  const { page, read, errors } = await openFlow('browser')
  await node(page, 'trips').click()
  const field = settings(page).locator('[data-field="tasks.trips.with.path"]')
  const chooser = page.waitForEvent('filechooser')
  await field.getByRole('button', { name: 'Browse for file' }).click()
  await (await chooser).setFiles({ name: 'month.csv', mimeType: 'text/csv', buffer: Buffer.from('fare\n1\n') })
  await expect.poll(read, { timeout: 10_000 }).toMatch(/path: "\.\.\/uploads\/\w+\/month\.csv/)
  const files = await page.evaluateHandle(`(() => {
    const carried = new DataTransfer()
    carried.items.add(new File(['fare\\n2\\n'], 'other.csv'))
    return carried
  })()`)
  await field.locator('input').dispatchEvent('drop', { dataTransfer: files })
  await expect.poll(read, { timeout: 10_000 }).toMatch(/uploads\/\w+\/other\.csv/)
  expect(errors).toEqual([])
})
