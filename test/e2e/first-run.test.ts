import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '#test/run/step.ts'
import { openScreen, places } from './screens.ts'

const pictures = path.join(root, '.cache/tests')

test.each(places)('%s: the first start shows a flow, and one key completes it', async (place) => {
  const { page, errors } = await openScreen(place)
  await page.getByRole('button', { name: 'Run', exact: true }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()

  const afterFilter = page.getByTitle(/^What clean gave/).first()
  await afterFilter.and(page.getByText('88,605 rows')).waitFor()
  await page
    .getByRole('log')
    .getByText(/^Loaded 88,605 rows/)
    .waitFor()

  await afterFilter.click()
  await page.getByRole('tab', { name: 'Data', selected: true }).waitFor()
  const rows = page.getByRole('grid', { name: /Rows of/ })
  await rows.getByRole('gridcell').first().waitFor()
  expect(await rows.getAttribute('aria-rowcount')).toBe('88606')

  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: path.join(pictures, `first-run-${place}.png`) })
  expect(errors).toEqual([])
})

test('browser: every starter opens whole at 1280 × 800, and large enough to be read', async () => {
  const { page } = await openScreen('browser')
  const canvas = page.getByRole('region', { name: 'Canvas' })
  const nodes = page.locator('.react-flow__node')
  await nodes.first().waitFor()
  const starters = readdirSync(path.join(root, 'resources/flows')).map((file) => path.basename(file, '.yaml'))
  for (const starter of starters) {
    const { tasks } = parse(readFileSync(path.join(root, `resources/flows/${starter}.yaml`), 'utf8')) as {
      tasks: object
    }
    const ids = Object.keys(tasks)
    await page.evaluate("location.hash = '#/flows'")
    await page.getByRole('button', { name: new RegExp(`^${starter}`) }).click()
    for (const id of ids) await page.locator(`.react-flow__node[data-id="${id}"]`).waitFor()
    const around = await canvas.boundingBox()
    for (const box of await Promise.all((await nodes.all()).map((one) => one.boundingBox()))) {
      expect(box?.width, starter).toBeGreaterThanOrEqual(220 * 0.75)
      expect(isWithin(box, around), starter).toBe(true)
    }
  }
})

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null

const isWithin = (box: Box, around: Box): boolean =>
  box !== null &&
  around !== null &&
  box.x >= around.x &&
  box.y >= around.y &&
  box.x + box.width <= around.x + around.width &&
  box.y + box.height <= around.y + around.height
