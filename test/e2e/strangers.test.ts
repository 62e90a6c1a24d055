import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen } from './screens.ts'
import { dropFile } from './window.ts'

const newHome = (flows: Readonly<Record<string, string>> = {}): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-strangers-'))
  mkdirSync(path.join(home, 'flows'))
  for (const [name, text] of Object.entries(flows)) writeFileSync(path.join(home, `flows/${name}.yaml`), text)
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

const goTo = (page: Page, hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
const hashOf = (page: Page) => page.evaluate('location.hash')
const runButton = (page: Page) => page.getByRole('button', { name: 'Run', exact: true })
const completed = (page: Page) => page.getByRole('status').getByText('Completed', { exact: true }).waitFor()

/** Of the menu by its name: the one before may still be fading. */
const deleteFlow = async (page: Page, name: string) => {
  await page.getByRole('button', { name: `More for ${name}` }).click()
  await page
    .getByRole('menu', { name: `More for ${name}` })
    .getByRole('menuitem', { name: 'Delete' })
    .click()
}

const say = (name: string, message = 'hi') => `millrace: 1
name: ${name}
tasks:
  say: { type: log.message, with: { message: ${message} } }
`

test('before an imported flow runs, what its subflow would do is shown under the name of that subflow', async () => {
  const { page, errors } = await openScreen('browser', { home: newHome({ own: say('own') }) })
  await page.getByRole('link', { name: 'own' }).waitFor()
  await dropFile(page, {
    name: 'stream.yaml',
    text: `millrace: 1
name: outer
tasks:
  go: { type: flow.run, with: { flow: inner } }
---
millrace: 1
name: inner
tasks:
  evil: { type: script.shell, with: { script: echo evil } }
`,
  })
  const panel = page.getByRole('region', { name: 'Imported flow' })
  await panel.getByRole('region', { name: 'In inner' }).getByText('echo evil').waitFor()
  await panel.getByText('evil', { exact: true }).waitFor()
  await runButton(page).click()
  await panel.getByRole('button', { name: 'Looks right, run it' }).click()
  await completed(page)
  expect(errors).toEqual([])
})

test('desktop: a flow file from elsewhere that the app is opened with is looked at before it runs', async () => {
  const home = newHome()
  const [file, ran] = [path.join(home, 'stranger.millrace'), path.join(home, 'ran')]
  writeFileSync(
    file,
    `millrace: 1\nname: stranger\ntasks:\n  write: { type: script.shell, with: { script: "echo x > '${ran}'" } }\n`,
  )
  const { page, errors } = await openScreen('desktop', { home, args: [file] })
  const panel = page.getByRole('region', { name: 'Imported flow' })
  await panel.getByText(`echo x > '${ran}'`).waitFor()
  await runButton(page).click()
  await panel.getByRole('button', { name: 'Looks right, run it' }).waitFor()
  expect(() => readFileSync(ran)).toThrow('ENOENT')
  await panel.getByRole('button', { name: 'Looks right, run it' }).click()
  await completed(page)
  expect(readFileSync(ran, 'utf8')).toBe('x\n')
  expect(errors).toEqual([])
})

test.each([
  ['#/file/%2Ftmp%2Fnowhere%2Fx.yaml', 'This flow cannot be opened', 'Go to the flows', '#/flows'],
  ['#/flows/nope', 'This flow cannot be opened', 'Go to the flows', '#/flows'],
  ['#/runs/no-such', 'This run cannot be shown', 'Go to the runs', '#/runs'],
])('%s says what is wrong and leads on, in words of the screen', async (hash, title, button, next) => {
  const { page, errors } = await openScreen('browser', { home: newHome({ own: say('own') }) })
  await page.getByRole('link', { name: 'own' }).waitFor()
  await goTo(page, hash)
  const alert = page.getByRole('main').getByRole('alert')
  await alert.getByRole('heading', { name: title }).waitFor()
  expect(await alert.innerText()).not.toMatch(/millrace|flow-run|“.* ls”/)
  await alert.getByRole('button', { name: button }).click()
  await expect.poll(() => hashOf(page)).toBe(next)
  expect(errors).toEqual([])
})

test('a dropped flow whose name is taken may take the place of the other', async () => {
  const home = newHome({ own: say('own') })
  const { page, errors } = await openScreen('browser', { home })
  await page.getByRole('link', { name: 'own' }).waitFor()
  await goTo(page, '#/runs')
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  const text = say('own', 'other')
  await dropFile(page, { name: 'own.yaml', text })
  const alert = page.getByRole('alert').filter({ hasText: 'The library has a flow “own” already.' })
  expect(await alert.innerText()).not.toContain('--overwrite')
  await alert.getByRole('button', { name: 'Replace it; its versions stay' }).click()
  await page.getByRole('region', { name: 'Imported flow' }).waitFor()
  expect(readFileSync(path.join(home, 'flows/own.yaml'), 'utf8')).toBe(text)
  await goTo(page, '#/flows')
  await page.getByRole('link', { name: 'own' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(errors).toEqual([])
})

test('what could not be deleted is said, and no undo is offered', async () => {
  const home = newHome({ own: say('own'), other: say('other') })
  const { page } = await openScreen('browser', { home })
  await page.getByRole('link', { name: 'own' }).waitFor()
  rmSync(path.join(home, 'flows/own.yaml'))
  await deleteFlow(page, 'own')
  await page.getByRole('alert').getByText('The library has no flow “own”.').waitFor()
  await deleteFlow(page, 'other')
  await page.getByText('Deleted other.').waitFor()
  expect(await page.getByText('Deleted own.').count()).toBe(0)
})

test('a rename says which flows that run it follow', async () => {
  const parent = 'millrace: 1\nname: parent\ntasks:\n  go: { type: flow.run, with: { flow: child } }\n'
  const home = newHome({ child: say('child'), parent })
  const { page, errors } = await openScreen('browser', { home })
  await page.getByRole('button', { name: 'More for child' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'New name of child' }).fill('kid')
  await page.keyboard.press('Enter')
  await page.getByText('1 flow that runs it now names kid: parent.').waitFor()
  expect(readFileSync(path.join(home, 'flows/parent.yaml'), 'utf8')).toBe(parent.replace('child', 'kid'))
  expect(errors).toEqual([])
})

test('in a browser the first press of Run asks once whether it may notify', async () => {
  const { page, errors } = await openScreen('browser', { home: newHome({ own: say('own') }) })
  await page.getByRole('link', { name: 'own' }).waitFor()
  await page.evaluate(`
    window.asked = 0
    Object.defineProperty(Notification, 'permission', { get: () => 'default' })
    Notification.requestPermission = () => Promise.resolve((window.asked += 1, 'default'))`)
  await goTo(page, '#/flows/own')
  await runButton(page).click()
  await completed(page)
  expect(await page.evaluate('window.asked')).toBe(1)
  await runButton(page).click()
  await completed(page)
  expect(await page.evaluate('window.asked')).toBe(1)
  expect(errors).toEqual([])
})
