import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { testWithPython } from '#test/fixtures/python.ts'
import { isLinux, leftOver } from '#test/scenarios/left-over.ts'
import { openScreen, places } from './screens.ts'
import { node } from './walk.ts'

const read = (pid: string, file: 'cmdline' | 'environ'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** What the scripts of a home have started. Its workers, which wait for the next task, are none of it. */
const scriptsOf = (home: string): string[] =>
  leftOver(home).filter((pid) => !/MILLRACE_TASK_RUN=[^\0/]*\/worker\0/.test(read(pid, 'environ')))

const grandchildOf = (home: string): string | undefined =>
  scriptsOf(home).find((pid) => read(pid, 'cmdline') === ['sleep', '999', ''].join('\0'))

const startScripts = async (page: Page): Promise<void> => {
  // The flow that opens by itself.
  await node(page, 'clean').waitFor()
  await page.getByRole('link', { name: 'Flows', exact: true }).click()
  await page
    .getByRole('region', { name: 'Starter flows' })
    .getByRole('button', { name: /^scripts/ })
    .click()
  await node(page, 'make').waitFor()
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Run with parameters…' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('pause').fill('999')
  await form.getByRole('button', { name: 'Run' }).click()
}

testWithPython.each(places)(
  '%s: cancelled while a process that a script started lives, nothing of it is left',
  async (place) => {
    const { page, home, errors, close } = await openScreen(place)
    await startScripts(page)
    await page.getByRole('log').getByText('making 500 rides').waitFor()
    if (isLinux) await expect.poll(() => grandchildOf(home), { timeout: 10_000 }).toBeDefined()
    const asked = Date.now()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('status').getByText('Cancelled', { exact: true }).waitFor()
    expect(Date.now() - asked).toBeLessThan(5000)
    if (isLinux) expect(scriptsOf(home)).toEqual([])
    await node(page, 'make').locator('[data-state="Cancelled"]').waitFor()
    expect(errors).toEqual([])
    await close()
    if (isLinux) expect(leftOver(home)).toEqual([])
  },
)
