import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
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
