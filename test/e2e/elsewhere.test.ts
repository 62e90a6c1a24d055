import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen } from './screens.ts'
import { node } from './walk.ts'

/** A loaded machine is no failure. */
const patient = { timeout: 20_000 }

const greeting = `millrace: 1
name: greeting
tasks:
  hello: { type: log.message, with: { message: "Hello there" } }
  bye: { type: log.message, after: [hello], with: { message: "Goodbye" } }
`

const openGreeting = async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-elsewhere-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  mkdirSync(path.join(home, 'flows'))
  const file = path.join(home, 'flows/greeting.yaml')
  writeFileSync(file, greeting)
  const { page, errors } = await openScreen('browser', { home })
  await page.evaluate("location.hash = '#/flows/greeting'")
  await node(page, 'hello').click()
  const message = page.getByRole('textbox', { name: 'Message' })
  const holds = async (text: string): Promise<void> => {
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8'), patient).toBe(text)
  }
  return { page, errors, file, message, holds }
}

test('a change from elsewhere is told and shown, and is taken back like the steps before it', async () => {
  const { page, errors, file, message, holds } = await openGreeting()
  await message.fill('Mine')
  await message.press('Tab')
  const mine = greeting.replace('Hello there', 'Mine')
  await holds(mine)
  writeFileSync(file, mine.replace('Goodbye', 'Theirs'))
  await page.getByText('Changed elsewhere').waitFor()
  await page.getByRole('button', { name: 'What changed' }).click()
  const changes = page.getByRole('list', { name: 'Changes' })
  await changes.getByText('Task bye: message').waitFor()
  await changes.getByText('Theirs').waitFor()
  await page.keyboard.press('Escape')
  await changes.waitFor({ state: 'detached' })
  const undo = page.getByRole('button', { name: 'Undo', exact: true })
  await undo.click()
  await holds(mine)
  await undo.click()
  await holds(greeting)
  const redo = page.getByRole('button', { name: 'Redo', exact: true })
  await redo.click()
  await redo.click()
  await holds(mine.replace('Goodbye', 'Theirs'))
  await page.getByRole('button', { name: 'Dismiss' }).first().click()
  await page.getByText('Changed elsewhere').waitFor({ state: 'detached' })
  expect(errors).toEqual([])
})

test('a flow whose file is deleted while it is open says so, and is written back', async () => {
  const { page, errors, file, message, holds } = await openGreeting()
  await message.waitFor()
  rmSync(file)
  await page.getByText('The file of this flow is gone').waitFor()
  await page.getByRole('button', { name: 'Write it back' }).click()
  await holds(greeting)
  await page.getByText('The file of this flow is gone').waitFor({ state: 'detached' })
  await message.fill('Still here')
  await message.press('Tab')
  await holds(greeting.replace('Hello there', 'Still here'))
  expect(errors).toEqual([])
})
