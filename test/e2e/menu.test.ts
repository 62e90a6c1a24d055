import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen } from './screens.ts'
import { node } from './walk.ts'

/** A loaded machine is no failure. */
const patient = { timeout: 20_000 }

const openFlow = async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-menu-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  mkdirSync(path.join(home, 'flows'))
  writeFileSync(
    path.join(home, 'flows/own.yaml'),
    'millrace: 1\nname: own\ntasks:\n  say: { type: log.message, with: { message: hi } }\nlayout: { say: [0, 0] }\n',
  )
  const screen = await openScreen('desktop', { home })
  await screen.page.getByRole('link', { name: 'own' }).waitFor()
  await screen.page.evaluate("location.hash = '#/flows/own'")
  await node(screen.page, 'say').waitFor()
  const menu = () =>
    screen.app?.evaluate(({ Menu }) => {
      const edit = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Edit')?.submenu?.items ?? []
      return edit.map(({ id, label, role, enabled }) => ({ id, label, role: role?.toLowerCase(), enabled }))
    })
  const item = async (id: string) => (await menu())?.find((one) => one.id === id)
  return { ...screen, menu, item }
}

test('the menu names what undo takes back, and offers only what can be done now', async () => {
  const { page, item, errors } = await openFlow()
  await expect.poll(() => item('edit.undo'), patient).toMatchObject({ label: 'Undo', enabled: false })
  await expect.poll(() => item('task.duplicate'), patient).toMatchObject({ enabled: false })
  await node(page, 'say').click()
  await expect.poll(() => item('task.duplicate'), patient).toMatchObject({ enabled: true })
  await page.keyboard.press('Control+d')
  await expect.poll(() => item('edit.undo'), patient).toMatchObject({ label: 'Undo duplicate say', enabled: true })
  await page.keyboard.press('Control+z')
  await expect.poll(() => item('edit.redo'), patient).toMatchObject({ label: 'Redo duplicate say', enabled: true })
  expect(errors).toEqual([])
})

test('Cut, Copy and Paste stand in the menu once, and act on what has the focus: a task or a text', async () => {
  const { page, app, menu, errors } = await openFlow()
  await expect.poll(async () => (await menu())?.map(({ role }) => role ?? '').filter(Boolean).toSorted(), patient).toEqual(['copy', 'cut', 'paste']) // prettier-ignore
  const labels = (await menu())?.map(({ label }) => label.toLowerCase()) ?? []
  for (const word of ['cut', 'copy', 'paste']) expect(labels.filter((label) => label === word)).toHaveLength(1)
  const clipboard = () => app?.evaluate(({ clipboard: system }) => system.readText())
  const choose = (what: 'copy' | 'paste') =>
    app?.evaluate(({ BrowserWindow }, method) => BrowserWindow.getAllWindows()[0]?.webContents[method](), what)
  await node(page, 'say').click()
  await choose('copy')
  await expect.poll(clipboard, patient).toContain('type: log.message')
  const field = page.getByRole('textbox', { name: 'Search tasks' })
  await field.fill('words')
  await field.selectText()
  await choose('copy')
  await expect.poll(clipboard, patient).toBe('words')
  await field.fill('')
  await choose('paste')
  await expect.poll(() => field.inputValue(), patient).toBe('words')
  await field.selectText()
  await page.keyboard.press('Control+x')
  await page.keyboard.press('Control+v')
  await expect.poll(() => field.inputValue(), patient).toBe('words')
  expect(errors).toEqual([])
})
