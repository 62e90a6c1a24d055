import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { addToken, goTo, openHome, token, withoutKeychain, withVault } from './block-homes.ts'
import { places, type Screen } from './screens.ts'
import { dropFile, heldByPage } from './window.ts'

const upload = `# Keeps what it is given.
millrace: 1
name: keep
parameters:
  lake: { type: block, types: [local-file-system], default: block:local-file-system/lake } # the usual one
tasks:
  note:
    type: script.shell
    with: { script: 'echo one > "$MILLRACE_OUTPUTS/one.txt"' }
  save:
    type: storage.upload
    inputs: { files: note.file }
    with:
      storage: "block:local-file-system/lake"   # by name
      to: notes/
layout: { note: [0, 0], save: [240, 0] }
`

const scripted = `millrace: 1
name: scripted
tasks:
  ask:
    type: script.shell
    with:
      script: test "$TOKEN" = "open sesame 4711" && echo it fits
      secrets: { TOKEN: block:secret/token }
layout: { ask: [0, 0] }
`

/** What a press of the button writes into a file of the person's. */
const saved = async ({ app, page, home }: Screen, press: () => Promise<void>): Promise<string> => {
  if (!app) {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return readFileSync(await download.path(), 'utf8')
  }
  const file = path.join(home, 'saved.yaml')
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, file)
  await press()
  await expect.poll(() => readdirSync(home)).toContain('saved.yaml')
  return readFileSync(file, 'utf8')
}

test.each(places)(
  '%s: the list says what uses a block, so it is not deleted, and a rename changes the references and nothing else',
  async (place) => {
    const { page, read, errors } = await openHome(place, { keep: upload })
    await goTo(page, '#/blocks')
    const row = page.getByRole('row', { name: /lake/ })
    await row.getByText('1 flow', { exact: true }).waitFor()
    await row.getByRole('link', { name: 'lake' }).click()
    await page.getByRole('heading', { name: 'lake', level: 1 }).waitFor()

    await page.getByRole('button', { name: 'More for lake' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const refused = page.getByRole('alert', { name: 'Not deleted' })
    await refused.getByRole('link', { name: 'keep', exact: true }).waitFor()
    await refused.getByRole('button', { name: 'Keep it' }).click()

    await page.keyboard.press('F2')
    await page.getByRole('textbox', { name: 'New name' }).fill('pond')
    await page.getByText('Follows in: keep.').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'pond', level: 1 }).waitFor()
    expect(read('keep')).toBe(upload.replaceAll('block:local-file-system/lake', 'block:local-file-system/pond'))
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('heading', { name: 'lake', level: 1 }).waitFor()
    expect(read('keep')).toBe(upload)

    await page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Task save of keep' }).click()
    await page.locator('.react-flow__node.selected[data-id="save"]').waitFor()
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a block is added, tested, changed, duplicated, deleted and brought back', async (place) => {
  const { page, home, errors } = await openHome(place, {})
  await goTo(page, '#/new-block')
  await page.getByRole('textbox', { name: 'Search types' }).fill('folder')
  await page.getByRole('link', { name: /^Local folder/ }).click()
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('textbox', { name: /^Name/ }).fill('attic')
  await form.getByRole('button', { name: 'Save and test' }).click()
  await form.getByText('Folder is needed.').waitFor()
  await form.getByLabel(/^Folder/).fill('attic')
  await form.getByRole('button', { name: 'Save and test' }).click()
  await page.getByRole('heading', { name: 'attic', level: 1 }).waitFor()
  const stages = page.getByRole('list', { name: 'Stages of the test' })
  await stages.getByText('is not there yet; the first upload makes it.', { exact: false }).waitFor()
  await page.getByText('Works', { exact: true }).waitFor()

  await page
    .getByRole('form', { name: 'Settings' })
    .getByLabel(/^Folder/)
    .fill(path.join(home, 'flows'))
  await page.keyboard.press('ControlOrMeta+s')
  await page.getByRole('button', { name: 'Save', exact: true }).and(page.locator(':disabled')).waitFor()
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/^Passed /).waitFor()

  await page.getByRole('button', { name: 'More for attic' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await page.getByRole('heading', { name: 'attic-copy', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'More for attic-copy' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const table = page.getByRole('table', { name: 'Blocks' })
  await table.getByRole('link', { name: 'attic', exact: true }).waitFor()
  expect(await table.getByRole('link', { name: 'attic-copy' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await table.getByRole('link', { name: 'attic-copy' }).waitFor()

  await page.getByRole('button', { name: 'More for attic-copy' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await table.getByRole('link', { name: 'attic-copy' }).waitFor({ state: 'detached' })
  await table.getByRole('link', { name: 'attic', exact: true }).click()
  await page.getByRole('heading', { name: 'attic', level: 1 }).waitFor()
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'New name' }).fill('attic-copy')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'attic-copy', level: 1 }).waitFor()
  expect(errors).toEqual([])
})

test.each(places)(
  '%s: with the keyboard alone a block is found in the catalogue, made, renamed and deleted',
  async (place) => {
    const { page, errors } = await openHome(place, {})
    const { keyboard } = page
    await page.getByRole('link', { name: 'idle' }).waitFor()
    await keyboard.press('ControlOrMeta+Shift+B')
    await page.locator('input[aria-label="Search types"]:focus').waitFor()
    await keyboard.type('string')
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await page
      .getByRole('form', { name: 'New block' })
      .getByRole('textbox', { name: /^Name/ })
      .and(page.locator(':focus'))
      .waitFor()
    await keyboard.type('greeting')
    await keyboard.press('Tab')
    await keyboard.type('hello')
    await keyboard.press('ControlOrMeta+s')
    await page.getByText('A text of 5 characters.').waitFor()
    await page.getByRole('button', { name: 'More for greeting' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Rename…' }).press('Enter')
    await page.getByRole('textbox', { name: 'New name' }).and(page.locator(':focus')).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('button', { name: 'More for greeting' }).and(page.locator(':focus')).waitFor()
    await keyboard.press('F2')
    await keyboard.type('welcome')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'welcome', level: 1 }).waitFor()
    await keyboard.press('ControlOrMeta+k')
    await page.locator('input[aria-label="Search commands"]:focus').waitFor()
    await keyboard.type('delete the block')
    await keyboard.press('Enter')
    const table = page.getByRole('table', { name: 'Blocks' })
    await table.getByRole('link', { name: 'lake' }).waitFor()
    expect(await table.getByRole('link', { name: 'welcome' }).count()).toBe(0)
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: the block that a block needs is made in place', async (place) => {
  const { page, errors } = await openHome(place, {})
  await goTo(page, '#/new-block/gcs-bucket')
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('button', { name: 'New block…' }).click()
  const inner = form.getByRole('group', { name: 'New block' })
  await inner.getByRole('textbox', { name: /^Name/ }).fill('mine')
  await inner.getByRole('combobox', { name: 'Source' }).selectOption('application-default')
  await inner.getByRole('button', { name: 'Make the block' }).click()
  await expect.poll(() => form.getByRole('combobox', { name: 'Credentials' }).inputValue()).toMatch(/^mine/)
  await form.getByRole('textbox', { name: /^Name/ }).fill('lake')
  await form.getByRole('textbox', { name: /^Bucket/ }).fill('ny-rides-lake')
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'lake', level: 1 }).waitFor()
  await goTo(page, '#/blocks/gcp-credentials/mine')
  await page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'gcs-bucket/lake' }).waitFor()
  expect(errors).toEqual([])
})

test.each(places)(
  '%s: blocks imported on a second home ask for exactly the secrets that are missing, then the flow runs',
  async (place) => {
    const first = await openHome(place, {}, { env: withoutKeychain })
    await addToken(first.page)
    await goTo(first.page, '#/blocks')
    const text = await saved(first, () => first.page.getByRole('button', { name: 'Export all…' }).click())
    expect(text).toContain('name: token')
    expect(text).not.toContain(token)
    await first.close()

    const { page, errors } = await openHome(place, { scripted }, { env: withVault })
    await page.getByRole('link', { name: 'Blocks' }).waitFor()
    await dropFile(page, { name: 'blocks.yaml', text })
    const imported = page.getByRole('region', { name: 'Imported blocks' })
    await imported.getByText('Imported 3 blocks from blocks.yaml').waitFor()
    const missing = imported.getByRole('list', { name: 'What is missing' })
    await expect.poll(() => missing.getByRole('listitem').count()).toBe(1)
    await missing.getByRole('textbox', { name: /^Value/ }).fill(token)
    await missing.getByRole('button', { name: 'Set it' }).click()
    await missing.getByLabel('Set', { exact: true }).waitFor()
    expect(await heldByPage(page)).not.toContain(token)

    await goTo(page, '#/flows/scripted')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
    await page.getByRole('log').getByText('it fits', { exact: true }).waitFor()
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a short secret of an imported block is taken once somebody says so', async (place) => {
  const { page, errors } = await openHome(place, {}, { env: withVault })
  await page.getByRole('link', { name: 'Blocks' }).waitFor()
  const block = '{ type: postgres, name: pg, settings: { host: localhost, user: root }, secrets: [password] }'
  await dropFile(page, { name: 'blocks.yaml', text: `millrace_blocks: 1\nblocks:\n  - ${block}\n` })
  const missing = page.getByRole('list', { name: 'What is missing' })
  await missing.getByRole('textbox', { name: /^Password/ }).fill('root')
  const set = missing.getByRole('button', { name: 'Set it' })
  expect(await set.isDisabled()).toBe(true)
  await missing.getByRole('checkbox', { name: /^Take the short one all the same/ }).click()
  await set.click()
  await missing.getByLabel('Set', { exact: true }).waitFor()
  expect(errors).toEqual([])
})

test('desktop: the file or the folder of a block is chosen, and written with its whole path', async () => {
  const { page, app, home, errors } = await openHome('desktop', {})
  await app?.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = (...given: unknown[]) => {
      const { properties } = given.at(-1) as { properties: string[] }
      const name = properties.includes('openDirectory') ? '' : '/flows/idle.yaml'
      return Promise.resolve({ canceled: false, filePaths: [`${chosen}${name}`] })
    }
  }, home)
  for (const [type, field, written] of [
    ['duckdb', 'File', `${home}/flows/idle.yaml`],
    ['local-file-system', 'Folder', home],
  ] as const) {
    await goTo(page, `#/new-block/${type}`)
    const form = page.getByRole('form', { name: 'New block' })
    await form.getByRole('button', { name: `Browse for ${field.toLowerCase()}` }).click()
    await expect.poll(() => form.getByLabel(new RegExp(`^${field}`)).inputValue()).toBe(written)
  }
  expect(errors).toEqual([])
})

test('browser: where files come as copies, a block is not given one', async () => {
  const { page } = await openHome('browser', {})
  await goTo(page, '#/new-block/duckdb')
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByLabel(/^File/).waitFor()
  expect(await form.getByRole('button', { name: /^Browse/ }).count()).toBe(0)
})
