import type { Locator, Page } from 'playwright'

/** Called at each place with its name, when what belongs there is shown. */
export type Look = (place: string) => Promise<void>

export const node = (page: Page, task: string): Locator => page.locator(`.react-flow__node[data-id="${task}"]`)

const go = async (page: Page, hash: string, shown: Locator): Promise<void> => {
  await page.evaluate(`location.hash = '${hash}'`)
  await shown.first().waitFor()
}

const tab = async (page: Page, name: string, shown: Locator): Promise<void> => {
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
  await shown.first().waitFor()
}

/** Runs the flow that is open to its end. */
const runIt = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  await page.getByRole('button', { name: '88,605 rows' }).first().waitFor()
}

/** From the first start, and what a flow is before its run, to the end of that run. */
const walkToRun = async (page: Page, look: Look): Promise<void> => {
  await node(page, 'clean').waitFor()
  await look('editor')
  await node(page, 'clean').click()
  await page.getByRole('textbox', { name: 'Condition' }).waitFor()
  await look('task')
  await page.getByRole('tab', { name: 'Run options' }).click()
  await look('task-run-options')
  await page.getByRole('tab', { name: 'Inputs and outputs' }).click()
  await look('task-ports')
  await page.getByRole('tab', { name: 'Settings' }).click()
  await runIt(page)
}

const walkBottom = async (page: Page, look: Look): Promise<void> => {
  await tab(page, 'Logs', page.getByRole('log'))
  await look('run-logs')
  await tab(page, 'Timeline', page.getByRole('option', { name: /^clean .*Completed$/ }))
  await look('run-timeline')
  await page
    .getByTitle(/^What clean gave/)
    .first()
    .click()
  await page
    .getByRole('grid', { name: /Rows of/ })
    .getByRole('gridcell')
    .first()
    .waitFor()
  await page.mouse.move(1, 1)
  await look('run-data')
  await tab(page, 'YAML', page.getByRole('textbox', { name: 'YAML of the flow' }))
  await look('run-yaml')
  await tab(page, 'Problems', page.getByText('No problems', { exact: true }))
  await look('run-problems')
  await tab(page, 'Versions', page.getByRole('tabpanel', { name: 'Versions' }))
  await look('run-versions')
}

const walkFloating = async (page: Page, look: Look): Promise<void> => {
  await page.getByRole('radiogroup', { name: 'Left panel' }).getByText('Outline').click()
  await page.getByRole('tree').waitFor()
  await look('outline')
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Run with parameters…' }).waitFor()
  await look('ways-to-run')
  await page.getByRole('menuitem', { name: 'Run with parameters…' }).click()
  await page.getByRole('dialog').getByLabel('source').waitFor()
  await look('parameters')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('listbox', { name: 'Commands' }).waitFor()
  await look('commands')
  await page.keyboard.press('Escape')
  await page.getByRole('listbox', { name: 'Commands' }).waitFor({ state: 'detached' })
}

const walkPages = async (page: Page, look: Look): Promise<void> => {
  await go(page, '#/flows', page.getByRole('link', { name: /^Completed/ }))
  await look('flows')
  await go(page, '#/runs', page.getByText('green-taxi'))
  await look('runs')
  const run = await page.locator('a[href^="#/runs/"]').first().getAttribute('href')
  await go(page, run ?? '#/runs', page.getByRole('list', { name: 'Parameters' }))
  await look('run')
  await go(page, '#/blocks', page.getByRole('table', { name: 'Blocks' }))
  await look('blocks')
  await go(page, '#/blocks/local-file-system/lake', page.getByRole('form', { name: 'Settings' }))
  await look('block')
  await tab(page, 'Files', page.getByRole('list', { name: 'Content of the folder' }))
  await look('block-files')
  await go(page, '#/blocks/duckdb/warehouse', page.getByRole('form', { name: 'Settings' }))
  await tab(page, 'Query', page.getByRole('textbox', { name: 'SQL' }))
  await page.getByRole('textbox', { name: 'SQL' }).click()
  await page.keyboard.insertText('select 42 as answer')
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.getByRole('gridcell', { name: '42' }).waitFor()
  await look('block-query')
  await go(page, '#/new-block', page.getByRole('region', { name: 'Storage' }))
  await look('block-types')
  await go(page, '#/new-block/gcp-credentials', page.getByRole('form', { name: 'New block' }))
  await look('new-block')
  await go(page, '#/concurrency', page.getByRole('heading', { name: 'Concurrency', level: 1 }))
  await look('concurrency')
  await go(page, '#/settings', page.getByRole('heading', { name: 'Settings', level: 1 }))
  await look('settings')
  await go(page, '#/shortcuts', page.getByRole('heading', { level: 1 }))
  await look('shortcuts')
}

/** Through every page, and the states of the editor that differ most, of a home at its first start. */
export const walk = async (page: Page, look: Look): Promise<void> => {
  await walkToRun(page, look)
  await walkBottom(page, look)
  await walkFloating(page, look)
  await walkPages(page, look)
}
