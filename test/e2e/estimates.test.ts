import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBigQuery } from '#test/fakes/bigquery/server.ts'
import { millrace } from '#test/scenarios/millrace.ts'
import { openScreen } from './screens.ts'
import { node } from './walk.ts'

const text = `millrace: 1
name: ask
parameters:
  least: { type: integer, default: 10 }
tasks:
  ask:
    type: database.query
    with: { database: block:bigquery/trips, sql: "SELECT n FROM green WHERE n > {{ least }}" }
  local:
    type: database.query
    with: { database: block:duckdb/warehouse, sql: SELECT 1 }
layout: { ask: [0, 0], local: [0, 120] }
`

/** A home with a flow that asks a BigQuery of a million rows, which allows 10 MB for one query. */
const openPlace = async () => {
  const server = await startBigQuery()
  await server.warehouse.createDataset({ projectId: 'rides', datasetId: 'trips', location: 'EU' })
  const connection = await server.warehouse.connect({ projectId: 'rides', datasetId: 'trips' })
  await connection.run("CREATE TABLE green AS SELECT range AS n, 'x' AS color FROM range(1000000)")
  connection.closeSync()
  await server.warehouse.refresh()
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-estimates-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  })
  const made = await millrace(
    [
      'block',
      'create',
      'bigquery',
      'trips',
      ...['project=rides', 'dataset=trips', 'maximum_bytes_billed=10 MB'].flatMap((one) => ['--set', one]),
    ],
    { home },
  )
  expect(made.exitCode, made.stderr).toBe(0)
  mkdirSync(path.join(home, 'flows'), { recursive: true })
  writeFileSync(path.join(home, 'flows/ask.yaml'), text)
  const screen = await openScreen('browser', { home, env: { BIGQUERY_EMULATOR_HOST: server.url } })
  await screen.page.evaluate("location.hash = '#/flows/ask'")
  return { ...screen, server }
}

test('a task on BigQuery shows what it would read before it runs, and what that costs', async () => {
  const { page, errors } = await openPlace()
  const badge = (task: string, words: RegExp) => node(page, task).getByRole('img', { name: words })
  await badge('ask', /^Reads 8\.0 MB, less than \$0\.01 at \$6\.25 a TiB/).waitFor()
  expect(await node(page, 'local').getByText('Reads').count()).toBe(0)
  await node(page, 'ask').click()
  const line = page.getByRole('status').filter({ hasText: 'Reads 8.0 MB' })
  await line.waitFor()
  expect(await line.textContent()).toContain('The block allows 10.0 MB.')

  const retype = async (sql: string) => {
    await page.getByRole('textbox', { name: 'Query' }).click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(sql)
    await node(page, 'ask').click()
  }
  await retype('SELECT n, color FROM green')
  await badge('ask', /^Reads 11\.0 MB.*The block allows 10\.0 MB, so this will be refused/).waitFor()
  await retype('SELECT n FROM missing')
  await page
    .getByText('What it would read is not known before it runs: There is no table rides.trips.missing')
    .waitFor()
  expect(await node(page, 'ask').getByText('MB').count()).toBe(0)
  expect(errors).toEqual([])
})
