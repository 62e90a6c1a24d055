import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { savesTo } from './saving.ts'
import { openScreen, places, type ScreenPlace } from './screens.ts'

/** A loaded machine is no failure. */
const patient = { timeout: 20_000 }

const text = `# Rides of one month
millrace: 1
name: drawn # for now
tasks:
  read: { type: table.read, with: { path: rides.csv } }
  clean: { type: table.filter, inputs: { table: read.table }, with: { where: fare > 0 } }
  save: { type: table.write, inputs: { table: clean.table } }
layout: { read: [40, 40], clean: [360, 160], save: [400, 300] }
`

const openFlow = async (place: ScreenPlace) => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-editor-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  mkdirSync(path.join(home, 'flows'))
  writeFileSync(path.join(home, 'flows/drawn.yaml'), text)
  const screen = await openScreen(place, { home })
  await screen.page.evaluate("location.hash = '#/flows/drawn'")
  await node(screen.page, 'clean').waitFor()
  const read = (name = 'drawn') => readFileSync(path.join(home, `flows/${name}.yaml`), 'utf8')
  return { ...screen, home, read }
}

const node = (page: Page, task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const hashOf = (page: Page): Promise<string> => page.evaluate('location.hash')

const choose = async (page: Page, flow: string, what: string) => {
  await press(page, flow)
  await page.getByRole('menuitem', { name: what }).click()
}

test.each(places)(
  '%s: the name of a flow is changed in the bar, and steps before that are taken back',
  async (place) => {
    const { page, read, errors } = await openFlow(place)
    await node(page, 'save').click()
    await page.keyboard.press('Delete')
    await expect.poll(() => read(), patient).not.toContain('table.write')
    const without = read()

    const field = page.getByRole('textbox', { name: 'New name of the flow' })
    await choose(page, 'drawn', 'Rename')
    await field.fill('thrown away')
    await field.press('Escape')
    await choose(page, 'drawn', 'Rename')
    await field.fill('rides_of_one_month')
    await field.press('Enter')
    await expect.poll(() => hashOf(page), patient).toBe('#/flows/rides_of_one_month')
    const renamed = (before: string) => before.replace('name: drawn', 'name: rides_of_one_month')
    expect(read('rides_of_one_month')).toBe(renamed(without))

    await press(page, 'Undo')
    await expect.poll(() => read('rides_of_one_month'), patient).toBe(renamed(text))
    await node(page, 'save').waitFor()
    await press(page, 'Redo')
    await expect.poll(() => read('rides_of_one_month'), patient).toBe(renamed(without))
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: the flow that is open is copied and exported from its menu, which is said', async (place) => {
  const screen = await openFlow(place)
  const { page, home, errors } = screen
  await page.evaluate('void (navigator.clipboard.writeText = (text) => Promise.resolve(void (window.copied = text)))')
  await choose(page, 'drawn', 'Copy YAML')
  await page.getByText('Copied the YAML of drawn.').waitFor()
  expect(await page.evaluate('window.copied')).toBe(text)

  const saved = await savesTo(screen, path.join(home, 'exported.yaml'))
  await choose(page, 'drawn', 'Export YAML…')
  await page.getByText('Saved drawn.yaml.').waitFor()
  expect(await saved()).toBe(text)

  await choose(page, 'drawn', 'Duplicate')
  await expect.poll(() => hashOf(page), patient).toBe('#/flows/drawn-copy')
  expect(errors).toEqual([])
})

test.each(places)('%s: a flow in a file comes into the library from its menu', async (place) => {
  const { page, home, read, errors } = await openFlow(place)
  const file = path.join(home, 'elsewhere.yaml')
  const elsewhere = text.replace('name: drawn', 'name: elsewhere')
  writeFileSync(file, elsewhere)
  await page.evaluate(`location.hash = '#/file/' + encodeURIComponent(${JSON.stringify(file)})`)
  await choose(page, 'elsewhere', 'Add to the library')
  await expect.poll(() => hashOf(page), patient).toBe('#/flows/elsewhere')
  expect(read('elsewhere')).toBe(elsewhere)
  expect(errors).toEqual([])
})

test.each(places)('%s: commands are found with the mouse alone', async (place) => {
  const { page, errors } = await openFlow(place)
  await page.getByRole('button', { name: /^Commands/ }).click()
  await page.getByRole('option', { name: /Keyboard shortcuts/ }).click()
  await expect.poll(() => hashOf(page), patient).toBe('#/shortcuts')
  expect(errors).toEqual([])
})

test.each(places)('%s: a flow that is tidy stays where it is', async (place) => {
  const { page, read, errors } = await openFlow(place)
  const layout = () => (parse(read()) as { layout: Record<string, [number, number]> }).layout
  const canvas = page.locator('[data-canvas]')
  await canvas.focus()
  await page.keyboard.press('Shift+Alt+T')
  await expect.poll(() => read(), patient).not.toBe(text)
  const tidy = layout()
  expect(tidy['read']).toEqual([40, 40])

  // One task leaves its place, so that it is seen when all of them were tidied again.
  await node(page, 'save').click()
  await node(page, 'save').and(page.locator('.selected')).waitFor()
  await page.keyboard.press('ArrowDown')
  await expect.poll(layout, patient).not.toEqual(tidy)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+Alt+T')
  await expect.poll(() => layout()['save'], patient).not.toEqual([tidy['save']?.[0], (tidy['save']?.[1] ?? 0) + 8])
  expect(layout()).toEqual(tidy)
  expect(errors).toEqual([])
})
