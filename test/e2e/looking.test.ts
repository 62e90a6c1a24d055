import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen, places, type ScreenPlace } from './screens.ts'

const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-looking-'))
  mkdirSync(path.join(home, 'flows'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

const sql = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'SQL' }).click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(text)
  await page.keyboard.press('ControlOrMeta+Enter')
}

test.each(places)('%s: a database is asked, changed and asked again; what was asked is kept', async (place) => {
  const { page, errors } = await openScreen(place, { home: newHome() })
  await page.evaluate("location.hash = '#/blocks/duckdb/warehouse'")
  await page.getByRole('tab', { name: 'Query' }).click()
  await sql(page, 'create table rides as select range as fare from range(1200)')
  await page.getByRole('list', { name: 'Statements' }).getByText('CREATE').waitFor()
  await sql(page, 'select count(*) as rides from rides')
  await page.getByRole('grid', { name: 'Rows' }).getByRole('gridcell', { name: '1200' }).waitFor()
  await sql(page, 'from rides order by fare')
  await page.getByText(/^The first 500 rows, .*; there are more$/).waitFor()
  await sql(page, 'select * frm rides')
  await page
    .getByRole('alert')
    .getByText(/syntax error/)
    .waitFor()
  await sql(page, 'select count(*) from range(1000000) a, range(1000000) b')
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText(/^Stopped\./).waitFor()
  await sql(page, 'drop table rides')
  await page.getByRole('list', { name: 'Statements' }).getByText('DROP').waitFor()
  await page.getByRole('tab', { name: 'Settings' }).click()
  await page.getByRole('tab', { name: 'Query' }).click()
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('menuitem', { name: /^select count\(\*\) as rides/ }).click()
  await page.getByRole('textbox', { name: 'SQL' }).getByText('as rides from rides').waitFor()
  expect(errors).toEqual([])
})

test.each(places)('%s: a storage is looked through down to the rows of a file', async (place) => {
  const home = newHome()
  const folder = path.join(home, 'lake/data/green')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'zones.csv'), 'id,name\n1,Newark\n2,Jamaica Bay\n')
  writeFileSync(path.join(folder, 'notes.txt'), 'nothing to see')
  const { page, errors } = await openScreen(place, { home })
  await page.evaluate("location.hash = '#/blocks/local-file-system/lake'")
  await page.getByRole('tab', { name: 'Files' }).click()
  const content = page.getByRole('list', { name: 'Content of the folder' })
  await content.getByRole('button', { name: /^data 2 objects/ }).click()
  await content.getByRole('button', { name: /^green 2 objects/ }).click()
  await content.getByRole('button', { name: /^notes\.txt/ }).click()
  await page.getByText('A preview is there for CSV, JSON and Parquet.').waitFor()
  await content.getByRole('button', { name: /^zones\.csv/ }).click()
  await page.getByRole('gridcell', { name: 'Jamaica Bay' }).waitFor()
  await page.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'lake' }).click()
  await content.getByRole('button', { name: /^data/ }).waitFor()
  expect(errors).toEqual([])
})

const openFlow = async (place: ScreenPlace, home: string, name: string) => {
  const screen = await openScreen(place, { home })
  await screen.page.evaluate(`location.hash = '#/flows/${name}'`)
  await screen.page.locator('.react-flow__node').first().waitFor()
  return screen
}

const node = (page: Page, task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)

test.each(places)('%s: what a filter dropped and what was filled is told, and what came in is shown', async (place) => {
  const home = newHome()
  writeFileSync(path.join(home, 'flows/rides.csv'), 'fare,zone\n1,Newark\n5,\n7,Bronx\n9,\n')
  writeFileSync(
    path.join(home, 'flows/mended.yaml'),
    `millrace: 1
name: mended
tasks:
  rides: { type: table.read, with: { path: rides.csv } }
  kept: { type: table.filter, inputs: { table: rides.table }, with: { where: fare > 2 } }
  whole: { type: table.fill, inputs: { table: kept.table }, with: { columns: { zone: nowhere, fare: 0 } } }
  save: { type: table.write, inputs: { table: whole.table } }
`,
  )
  const { page, errors } = await openFlow(place, home, 'mended')
  await page.getByRole('button', { name: 'Run', exact: true }).first().click()
  await node(page, 'save').locator('[data-state="Completed"]').waitFor()
  await page.getByRole('tab', { name: 'Data' }).click()
  const rows = (task: string) => page.getByRole('grid', { name: `Rows of ${task}` })
  const side = (name: string) => page.getByRole('radiogroup', { name: 'Before or after' }).getByText(name).click()

  await node(page, 'kept').click()
  await page.getByText('4 rows in · 3 out · 1 dropped, 25.0 %').waitFor()
  await rows('kept').getByRole('gridcell', { name: 'Bronx' }).waitFor()
  expect(await rows('kept').getByRole('gridcell', { name: 'Newark' }).count()).toBe(0)
  await side('Before')
  await rows('rides').getByRole('gridcell', { name: 'Newark' }).waitFor()

  await node(page, 'whole').click()
  await page.getByText('Filled 2 missing values of zone. Filled 0 missing values of fare.').waitFor()
  await rows('whole').getByRole('gridcell', { name: 'nowhere' }).first().waitFor()
  await side('Before')
  await rows('kept').getByRole('gridcell', { name: 'Bronx' }).waitFor()
  expect(await rows('kept').getByRole('gridcell', { name: 'nowhere' }).count()).toBe(0)
  expect(errors).toEqual([])
})

test.each(places)(
  '%s: a version and the flow of a run are looked at on the canvas, and brought back',
  async (place) => {
    const home = newHome()
    const file = path.join(home, 'flows/kept.yaml')
    const text = (task: string) =>
      `millrace: 1\nname: kept\ntasks:\n  ${task}: { type: log.message, with: { message: hello } }\n`
    writeFileSync(file, text('before'))
    const { page, errors } = await openFlow(place, home, 'kept')
    await page.getByRole('button', { name: 'Run', exact: true }).first().click()
    await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
    writeFileSync(file, text('after'))
    await node(page, 'after').waitFor()

    await page.getByRole('tab', { name: 'Versions' }).click()
    await page.getByRole('button', { name: 'Show on the canvas' }).click()
    await node(page, 'before').click()
    await page.getByText('As it was in version 1.').waitFor()
    await page.locator('[data-canvas]').focus()
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Back to now' }).first().click()
    await node(page, 'after').waitFor()
    expect(readFileSync(file, 'utf8')).toBe(text('after'))

    await page
      .getByRole('link', { name: /^[a-z]+-[a-z]+$/ })
      .first()
      .click()
    await page.getByRole('link', { name: 'kept', exact: true }).click()
    await page.getByRole('heading', { name: /^The flow as [a-z]+-[a-z]+ ran it$/ }).waitFor()
    await node(page, 'before').locator('[data-state="Completed"]:not([data-stale])').waitFor()
    await page.getByRole('button', { name: 'Restore' }).first().click()
    await expect.poll(() => readFileSync(file, 'utf8')).toBe(text('before'))
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await expect.poll(() => readFileSync(file, 'utf8')).toBe(text('after'))
    expect(errors).toEqual([])
  },
)

test.each(places)(
  '%s: a task on hold is seen as such, also after a new start of the page, until released',
  async (place) => {
    const home = newHome()
    const go = path.join(home, 'go')
    const text = `millrace: 1
name: holding
tasks:
  slow: { type: script.shell, with: { script: "while [ ! -e ${go} ]; do sleep 0.1; done" } }
  next: { type: log.message, after: [slow], with: { message: next } }
layout: { slow: [0, 0], next: [260, 0] }
`
    writeFileSync(path.join(home, 'flows/holding.yaml'), text)
    const { page, errors } = await openFlow(place, home, 'holding')
    const command = async (title: string) => {
      await node(page, 'next').click()
      await page.keyboard.press('ControlOrMeta+k')
      await page.getByRole('combobox', { name: 'Search commands' }).fill(title)
      await page.getByRole('option', { name: title }).first().click()
    }
    await page.getByRole('button', { name: 'Run', exact: true }).first().click()
    await node(page, 'slow').locator('[data-state="Running"]').waitFor()
    await command('Hold this task')
    const held = node(page, 'next').locator('[data-state="Held"]')
    await held.waitFor()
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await page.getByRole('option', { name: /^next .*Held$/ }).waitFor()
    await page.reload()
    await held.waitFor()
    await page
      .getByRole('link', { name: /^[a-z]+-[a-z]+$/ })
      .first()
      .click()
    const tasks = page.getByRole('list', { name: 'Task runs' })
    await tasks.getByText('Held').waitFor()
    await tasks.getByRole('button', { name: 'Release next' }).click()
    await tasks.getByText('Held').waitFor({ state: 'detached' })
    await tasks.getByRole('button', { name: 'Hold next' }).click()
    await tasks.getByText('Held').waitFor()
    await page.goBack()
    await held.waitFor()
    await command('Release this task')
    await held.waitFor({ state: 'detached' })
    writeFileSync(go, '')
    await node(page, 'next').locator('[data-state="Completed"]').waitFor()
    expect(errors).toEqual([])
  },
)

test('browser: a file that a task gave is saved where the person is', async () => {
  const home = newHome()
  writeFileSync(
    path.join(home, 'flows/giving.yaml'),
    'millrace: 1\nname: giving\ntasks:\n  make: { type: script.shell, with: { script: "echo given > $MILLRACE_OUTPUTS/word.txt" } }\n',
  )
  const { page, errors } = await openFlow('browser', home, 'giving')
  await page.getByRole('button', { name: 'Run', exact: true }).first().click()
  await node(page, 'make').locator('[data-state="Completed"]').waitFor()
  await node(page, 'make').click()
  await page.getByRole('tab', { name: 'Data' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save a copy of word.txt' }).click()
  expect(readFileSync(await (await saved).path(), 'utf8')).toBe('given\n')
  expect(errors).toEqual([])
})

test('browser: rows of a file that was changed since the run read it are told apart', async () => {
  const home = newHome()
  const file = path.join(home, 'flows/rides.csv')
  writeFileSync(file, 'id\n1\n2\n3\n')
  writeFileSync(
    path.join(home, 'flows/reading.yaml'),
    'millrace: 1\nname: reading\ntasks:\n  rides: { type: table.read, with: { path: rides.csv } }\n',
  )
  const { page, errors } = await openFlow('browser', home, 'reading')
  await page.getByRole('button', { name: 'Run', exact: true }).first().click()
  await node(page, 'rides').locator('[data-state="Completed"]').waitFor()
  writeFileSync(file, 'id\n7\n8\n9\n')
  await node(page, 'rides').click()
  await page.getByRole('tab', { name: 'Data' }).click()
  await page.getByText('3 rows × 1 columns · not stored').waitFor()
  await page.getByText('Files that it reads were changed since the run').waitFor()
  await page.getByRole('grid', { name: 'Rows of rides' }).getByText('8', { exact: true }).waitFor()
  expect(errors).toEqual([])
})
