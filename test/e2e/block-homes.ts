import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { openScreen, type ScreenOptions, type ScreenPlace } from './screens.ts'

/** Where no keychain answers: a session whose bus is nowhere. */
export const withoutKeychain = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/millrace-test-bus' }

/** Besides, a vault that is open. */
export const withVault = {
  ...withoutKeychain,
  MILLRACE_SECRETS: 'vault',
  MILLRACE_VAULT_PASSPHRASE: 'a passphrase of this test',
}

const idle = 'millrace: 1\nname: idle\ntasks: {}\n'

/** With a flow, since a home at its first start opens one. */
const newHome = (flows: Readonly<Record<string, string>>): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-blocks-'))
  mkdirSync(path.join(home, 'flows'))
  for (const [name, text] of Object.entries({ idle, ...flows }))
    writeFileSync(path.join(home, `flows/${name}.yaml`), text)
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

/** The screen on a home with these flows. */
export const openHome = async (
  place: ScreenPlace,
  flows: Readonly<Record<string, string>>,
  options: Omit<ScreenOptions, 'home'> = {},
) => {
  const home = newHome(flows)
  const screen = await openScreen(place, { ...options, home })
  return { ...screen, home, read: (name: string) => readFileSync(path.join(home, `flows/${name}.yaml`), 'utf8') }
}

export const goTo = (page: Page, hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`)

/** Answers the bar that asks for a new vault's passphrase. */
const makeVault = async (page: Page): Promise<void> => {
  const bar = page.getByRole('form', { name: 'Unlock secrets' })
  await bar.getByLabel('Passphrase', { exact: true }).fill('a passphrase of this test')
  await bar.getByLabel('The same again').fill('a passphrase of this test')
  await bar.getByRole('button', { name: 'Make the vault' }).click()
  await bar.waitFor({ state: 'detached' })
}

export const token = 'open sesame 4711'

/** In a home whose machine has no keychain: the vault is offered where the first secret is set. */
export const addToken = async (page: Page): Promise<void> => {
  await goTo(page, '#/new-block/secret')
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('textbox', { name: /^Name/ }).fill('token')
  await form.getByLabel(/^Value/).fill(token)
  await form.getByText('No keychain answers on this machine').waitFor()
  await form.getByRole('button', { name: 'Keep secrets in a vault' }).click()
  await makeVault(page)
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'token', level: 1 }).waitFor()
}
