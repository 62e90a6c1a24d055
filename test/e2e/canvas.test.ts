import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Locator, Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { openScreen, places, type Screen, type ScreenPlace } from './screens.ts'

const empty = 'millrace: 1\nname: drawn\ntasks: {}\n'

type Drawing = Screen & { read(): string }

/** A home with one flow, open in the editor. */
const openFlow = async (place: ScreenPlace, text = empty): Promise<Drawing> => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-canvas-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const file = path.join(home, 'flows/drawn.yaml')
  mkdirSync(path.dirname(file))
  writeFileSync(file, text)
  const screen = await openScreen(place, { home })
  await screen.page.evaluate("location.hash = '#/flows/drawn'")
  await screen.page.locator('.react-flow__pane').waitFor()
  return { ...screen, read: () => readFileSync(file, 'utf8') }
}

const canvas = (page: Page) => page.locator('[data-canvas]')
const node = (page: Page, task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)
const selected = (page: Page) => page.locator('.react-flow__node.selected')
const port = (page: Page, task: string, side: 'source' | 'target', name: string) =>
  node(page, task).locator(`.${side}[data-handleid="${name}"]`)
const settings = (page: Page) => page.getByRole('region', { name: 'Settings', exact: true })

const holds = async (read: () => string, wanted: RegExp | string): Promise<void> => {
  if (typeof wanted === 'string') await expect.poll(read, { timeout: 10_000 }).toBe(wanted)
  else await expect.poll(read, { timeout: 10_000 }).toMatch(wanted)
}

const isFocused = async (element: Locator): Promise<boolean> =>
  (await element
    .page()
    .locator('*:focus')
    .and(element.or(element.locator('*')))
    .count()) > 0

/** With the Tab key alone. */
const tabTo = async (page: Page, element: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
  await element.waitFor()
  for (let presses = 0; presses < 150; presses += 1) {
    if (await isFocused(element)) return
    await page.keyboard.press(key)
  }
  throw new Error('The Tab key does not reach it.')
}

/** The same but for ids and layout, and for how long a line of it may be. */
const withoutLayout = (text: string): unknown => {
  const { layout: _, ...flow } = parse(text) as Record<string, unknown>
  return flow
}

const wired = {
  millrace: 1,
  name: 'drawn',
  tasks: {
    read: { type: 'table.read', with: { path: 'rides.csv' } },
    filter: { type: 'table.filter', inputs: { table: 'read.table' }, with: { where: 'fare > 0' } },
    write: { type: 'table.write', inputs: { table: 'filter.table' } },
    upload: {
      type: 'storage.upload',
      inputs: { files: 'write.file' },
      with: { storage: 'block:local-file-system/lake', to: 'rides/' },
    },
  },
}

const addByMouse = async (page: Page, title: string, at: { x: number; y: number }) =>
  page.getByRole('button', { name: title, exact: true }).dragTo(canvas(page), { targetPosition: at })

const wireByMouse = async (page: Page, from: Locator, to: Locator) => {
  await from.hover()
  await page.mouse.down()
  await to.hover()
  await page.mouse.up()
}

const drawWithMouse = async ({ page, read }: Drawing) => {
  await addByMouse(page, 'Read a table', { x: 140, y: 60 })
  await node(page, 'read').waitFor()
  await settings(page).getByLabel('File', { exact: true }).click()
  await page.keyboard.insertText('rides.csv')
  await addByMouse(page, 'Filter rows', { x: 460, y: 60 })
  await node(page, 'filter').waitFor()
  await settings(page).getByRole('textbox', { name: 'Condition' }).click()
  await page.keyboard.insertText('fare > 0')
  await addByMouse(page, 'Write a file', { x: 140, y: 200 })
  await node(page, 'write').waitFor()
  await addByMouse(page, 'Upload files', { x: 460, y: 200 })
  await node(page, 'upload').waitFor()
  await settings(page).getByRole('combobox', { name: 'Storage' }).click()
  await page.getByRole('option', { name: /^lake/ }).click()
  await settings(page).getByRole('textbox', { name: 'Folder' }).click()
  await page.keyboard.insertText('rides/')
  await wireByMouse(page, port(page, 'read', 'source', 'table'), port(page, 'filter', 'target', 'table'))
  await holds(read, /table: read\.table/)
  await wireByMouse(page, port(page, 'filter', 'source', 'table'), port(page, 'write', 'target', 'table'))
  await holds(read, /table: filter\.table/)
  await wireByMouse(page, port(page, 'write', 'source', 'file'), port(page, 'upload', 'target', 'files'))
  await holds(read, /files: write\.file/)
}

const addByKey = async (page: Page, words: string, task: string) => {
  await tabTo(page, canvas(page), 'Shift+Tab')
  await page.keyboard.press('a')
  await page.getByRole('combobox', { name: 'Add a task', exact: true }).waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await node(page, task).waitFor()
}

const wireByKey = async (page: Page, from: string, words: string) => {
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByRole('combobox', { name: 'Find a task' }).waitFor()
  await page.keyboard.type(from)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.keyboard.press('c')
  await page.getByRole('combobox', { name: `Connect ${from} to` }).waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

const drawWithKeys = async ({ page, read }: Drawing) => {
  await tabTo(page, canvas(page))
  await addByKey(page, 'read a table', 'read')
  await tabTo(page, settings(page).getByLabel('File', { exact: true }))
  await page.keyboard.type('rides.csv')
  await addByKey(page, 'filter rows', 'filter')
  await tabTo(page, settings(page).getByRole('textbox', { name: 'Condition' }))
  await page.keyboard.type('fare > 0')
  await page.keyboard.press('Escape')
  await addByKey(page, 'write a file', 'write')
  await addByKey(page, 'upload', 'upload')
  await tabTo(page, settings(page).getByRole('combobox', { name: 'Storage' }))
  await page.getByRole('option', { name: /^lake/ }).waitFor()
  // A list that opens forgets, in a timer, which of its options is lit; keys that come before it choose nothing.
  await page.evaluate('new Promise((done) => setTimeout(done))')
  await page.keyboard.type('lake')
  await page.keyboard.press('Enter')
  await tabTo(page, settings(page).getByRole('textbox', { name: 'Folder' }))
  await page.keyboard.type('rides/')
  await tabTo(page, canvas(page), 'Shift+Tab')
  await wireByKey(page, 'read', 'filter: rows')
  await holds(read, /table: read\.table/)
  await wireByKey(page, 'filter', 'write:')
  await holds(read, /table: filter\.table/)
  await wireByKey(page, 'write', 'upload: files file')
  await holds(read, /files: write\.file/)
}

test.each(places)('%s: a flow is drawn from an empty canvas with the mouse alone', async (place) => {
  const drawing = await openFlow(place)
  await drawWithMouse(drawing)
  await expect.poll(() => withoutLayout(drawing.read()), { timeout: 10_000 }).toEqual(wired)
  expect(drawing.errors).toEqual([])
})

test.each(places)('%s: the same flow is drawn with the keyboard alone', async (place) => {
  const drawing = await openFlow(place)
  await drawWithKeys(drawing)
  await expect.poll(() => withoutLayout(drawing.read()), { timeout: 10_000 }).toEqual(wired)
  expect(drawing.errors).toEqual([])
})

test.each(places)('%s: fifty steps are taken back to the empty flow and made again, byte for byte', async (place) => {
  const { page, read, errors } = await openFlow(place)
  await canvas(page).focus()
  const step = async (key: string) => {
    const before = read()
    await page.keyboard.press(key)
    await expect.poll(read, { timeout: 10_000 }).not.toBe(before)
  }
  await page.keyboard.press('a')
  await page.keyboard.type('read a table')
  await page.keyboard.press('Enter')
  await node(page, 'read').waitFor()
  for (let copies = 1; copies < 17; copies += 1) {
    await step('ControlOrMeta+d')
    await step('ControlOrMeta+Shift+d')
    await step(copies % 2 === 0 ? 'ArrowDown' : 'Shift+ArrowRight')
  }
  await step('Delete')
  const drawn = read()
  const undo = page.getByRole('button', { name: 'Undo', exact: true })
  const redo = page.getByRole('button', { name: 'Redo', exact: true })
  await canvas(page).focus()
  for (let presses = 0; presses < 50; presses += 1) await page.keyboard.press('ControlOrMeta+z')
  await holds(read, empty)
  await expect.poll(() => undo.isDisabled()).toBe(true)
  for (let presses = 0; presses < 50; presses += 1) await page.keyboard.press('ControlOrMeta+Shift+z')
  await holds(read, drawn)
  await expect.poll(() => redo.isDisabled()).toBe(true)
  expect(errors).toEqual([])
})

const two = `millrace: 1
name: drawn
tasks:
  read: { type: table.read }
  # The empty ones go.
  clean:
    type: table.filter
    inputs: { table: read.table }
    with: { where: n > 0 }
  save:
    type: table.write
    inputs: { table: clean.table }
    after: [read]
layout: { read: [0, 0], clean: [360, 0], save: [360, 160] }
`

test.each(places)('%s: copied tasks are pasted with their comments, and renamed in place', async (place) => {
  const { page, read, errors } = await openFlow(place, two)
  await node(page, 'clean').click()
  await node(page, 'save').click({ modifiers: ['Shift'] })
  await expect.poll(() => selected(page).count()).toBe(2)
  await page.keyboard.press('ControlOrMeta+c')
  await page.getByText('Copied 2 tasks.').waitFor()
  await page.keyboard.press('ControlOrMeta+v')
  await holds(read, /^ {2}# The empty ones go\.\n {2}clean_2:/m)
  // What was pasted is selected once the screen has heard of it.
  await page.getByText(/^Saved · /).waitFor()
  await selected(page).and(page.locator('[data-id^="clean_"]')).first().waitFor()
  await node(page, 'read').click()
  await page.keyboard.press('F2')
  const name = page.getByRole('textbox', { name: 'New name of read' })
  await name.fill('clean')
  await page.getByText('There is a task “clean” already.').waitFor()
  await name.fill('rides')
  await name.press('Enter')
  await holds(read, / {2}rides: \{ type: table\.read \}[^]*after: \[rides\]/)
  expect(errors).toEqual([])
})

test.each(places)(
  '%s: a wire that does not fit is refused with the reason, and a wire takes a task in',
  async (place) => {
    const { page, read, errors } = await openFlow(place, two)
    await wireByMouse(page, port(page, 'save', 'source', 'file'), port(page, 'clean', 'target', 'table'))
    await page.getByText('file is a file, and table takes a table.').waitFor()
    const wire = await page.locator('.react-flow__edge[data-id="read.table->clean.table"] path').first().boundingBox()
    if (!wire) throw new Error('There is no wire.')
    // Beyond where the wire of `after` turns down.
    await page.mouse.move(wire.x + wire.width * 0.85, wire.y + wire.height)
    await page.getByRole('button', { name: 'Insert a task between read and clean' }).click()
    await page.getByRole('option', { name: /^Choose columns/ }).click()
    await holds(read, /inputs: \{ table: select\.table \}/)
    await holds(read, /select:\n {4}type: table\.select\n {4}inputs: \{ table: read\.table \}/)
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a note and a frame are kept in the layout, and the frame moves its tasks', async (place) => {
  const { page, read, errors } = await openFlow(place, two)
  await node(page, 'clean').click()
  await page.keyboard.press('g')
  await page.getByRole('textbox', { name: 'Title of the frame' }).fill('Cleaning')
  await page.keyboard.press('Enter')
  await holds(read, /\$frames:.*frame_1:.*text: Cleaning/s)
  const box = await page.locator('.react-flow__node-frame').boundingBox()
  if (!box) throw new Error('There is no frame.')
  await page.mouse.move(box.x + box.width - 12, box.y + 8)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 12, box.y + 48, { steps: 4 })
  await page.mouse.up()
  await expect
    .poll(() => (parse(read()) as { layout: { clean: [number, number] } }).layout.clean[1], { timeout: 10_000 })
    .toBeGreaterThan(20)
  expect(errors).toEqual([])
})
