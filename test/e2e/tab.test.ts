import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openChromium, sizes, startServing } from './serving.ts'

const serve = async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-tab-'))
  const serving = await startServing(home)
  const browser = await openChromium()
  onTestFinished(async () => {
    await browser.close()
    await serving.stop()
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  })
  return { serving, newPage: (): Promise<Page> => browser.newPage({ viewport: sizes.small }) }
}

test('a tab without the token says which address to open, and goes on when it is given', async () => {
  const { serving, newPage } = await serve()
  const page = await newPage()
  const asked: string[] = []
  page.on('websocket', (socket) => asked.push(socket.url()))
  await page.goto(`http://127.0.0.1:${serving.port}/#/runs`)
  await page.getByText('The server does not let this page in').waitFor()
  await page.getByText(/Open the address that millrace serve printed/).waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('The server does not let this page in').waitFor()
  expect(asked.length).toBe(2)
  // As if pasted into the same tab: only what comes after the # is another.
  await page.evaluate(`location.href = '${serving.address}'`)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  expect(page.url()).not.toContain('token')
})

test('a page that answers slowly says that it waits', async () => {
  const { serving, newPage } = await serve()
  const page = await newPage()
  await page.routeWebSocket(/\/engine/, () => undefined)
  await page.addInitScript('window.WebSocket = class extends EventTarget {}')
  await page.goto(serving.address)
  const word = page.getByText('Waiting for the engine to answer')
  await word.waitFor()
  expect(await word.isVisible()).toBe(true)
})

/** What a browser keeps from pages that come over plain HTTP from another machine. */
const insecure = `
  delete Crypto.prototype.randomUUID
  Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })`

test('the screen works, and copies, where the page came over plain HTTP from another machine', async () => {
  const { serving, newPage } = await serve()
  const page = await newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.addInitScript(insecure)
  await page.goto(serving.address)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  await page.locator('.react-flow__node[data-id="clean"]').click()
  await page.keyboard.press('ControlOrMeta+c')
  await page.getByText('Copied clean.').waitFor()
  await page.keyboard.press('ControlOrMeta+v')
  await page.locator('.react-flow__node[data-id="clean_2"]').waitFor()
  await page.evaluate("location.hash = '#/blocks/duckdb/warehouse'")
  await page.getByRole('tab', { name: 'Query' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.locator('input[aria-label="Search commands"]:focus').waitFor()
  await page.keyboard.type('Copy the reference')
  await page.getByRole('option', { name: /Copy the reference/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('Copied block:duckdb/warehouse.').waitFor()
  await page.evaluate("location.hash = '#/blocks'")
  const search = page.getByRole('textbox', { name: /^Search/ }).first()
  await search.click()
  await page.keyboard.press('ControlOrMeta+v')
  expect(await search.inputValue()).toBe('block:duckdb/warehouse')
  expect(errors).toEqual([])
})
