import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen, places } from './screens.ts'

const text = `millrace: 1
name: whole
parameters:
  who: { type: string, default: you }
tasks:
  begin: { type: log.message, with: { message: begin } }
  # to everybody
  greet: { type: log.message, after: [begin], with: { message: "hello {{ who }}" } }
  wave: { type: log.message, after: [greet], with: { message: bye } }
  end: { type: log.message, after: [wave], with: { message: end } }
layout: { begin: [0, 0], greet: [240, 0], wave: [480, 0], end: [720, 0] }
`

test.each(places)('%s: tasks become a subflow, run there, and come back; each is one step', async (place) => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-subflows-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const file = path.join(home, 'flows/whole.yaml')
  mkdirSync(path.dirname(file))
  writeFileSync(file, text)
  const read = () => readFileSync(file, 'utf8')
  const { page, errors } = await openScreen(place, { home })
  await page.evaluate("location.hash = '#/flows/whole'")
  const node = (task: string) => page.locator(`.react-flow__node[data-id="${task}"]`)
  const extract = async (tasks: readonly string[]) => {
    await page.locator('[data-canvas]').focus()
    await page.keyboard.press('Escape')
    for (const [index, task] of tasks.entries()) await node(task).click({ modifiers: index === 0 ? [] : ['Shift'] })
    await page.getByRole('button', { name: 'Extract to subflow…' }).click()
    await page.getByRole('combobox', { name: 'Name of the subflow' }).fill('greeting')
    await page.keyboard.press('Enter')
  }
  await extract(['greet', 'end'])
  await page.getByText(/wave lies between them/).waitFor()
  expect(read()).toBe(text)

  await extract(['greet', 'wave'])
  await node('greeting').waitFor()
  const extracted = read()
  expect(extracted).toContain('after: [greeting]')
  expect(readFileSync(path.join(home, 'flows/greeting.yaml'), 'utf8')).toContain('  # to everybody\n  greet:')
  await page.getByRole('button', { name: 'Run', exact: true }).first().click()
  await node('end').locator('[data-state="Completed"]').waitFor()

  await node('greeting').click()
  await page.getByRole('button', { name: 'Bring it back in' }).click()
  await node('wave').waitFor()
  expect(read()).toContain('  # to everybody\n  greet: { type: log.message, after: [begin]')
  const undo = page.getByRole('button', { name: 'Undo', exact: true })
  await undo.click()
  await expect.poll(read).toBe(extracted)
  await undo.click()
  await expect.poll(read).toBe(text)
  expect(errors).toEqual([])
})
