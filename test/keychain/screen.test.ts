import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openScreen } from '#test/e2e/screens.ts'
import { session } from './open-keychain.ts'

const run = promisify(execFile)

const value = 'open sesame 4711'

/** The desktop app in a session with a keyring, and a secret that was set on its screen. */
const openApp = async () => {
  const keyring = await session()
  const screen = await openScreen('desktop', { env: keyring.env })
  const { page } = screen
  await page.locator('.react-flow__node').first().waitFor()
  await page.evaluate("location.hash = '#/new-block/secret'")
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('textbox', { name: /^Name/ }).fill('token')
  await form.getByLabel(/^Value/).fill(value)
  await form.getByRole('button', { name: 'Save and test' }).click()
  await page.getByText(/^Passed /).waitFor()
  return { keyring, ...screen }
}

test('a locked keychain is told on the screen with what to do, and once it is open the screen says no more of it', async () => {
  const { keyring, page, errors } = await openApp()
  await keyring.lock()
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/^Failed /).waitFor()
  const bar = page.getByRole('region', { name: 'Secrets', exact: true })
  await bar.getByText('The keychain is locked.').waitFor()
  await bar.getByRole('button', { name: 'Keep secrets in a vault' }).waitFor()
  await keyring.unlock()
  await bar.getByRole('button', { name: 'Unlock…' }).click()
  await bar.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/^Passed /).waitFor()
  expect(errors).toEqual([])
})

test('a value that was lost from the keychain is found by the check, named, and set again', async () => {
  const { keyring, page, errors } = await openApp()
  for (const account of await keyring.accounts())
    await run('secret-tool', ['clear', 'service', 'Millrace', 'account', account], { env: keyring.env })
  await page.evaluate("location.hash = '#/settings'")
  await page.getByRole('button', { name: 'Check all secrets' }).click()
  await page.getByText(/^Lost, to be set again:/).waitFor()
  await page.getByRole('link', { name: 'secret/token#value' }).click()
  await page.getByText('Secret lost.').waitFor()
  await page.getByRole('button', { name: 'Replace Value' }).click()
  await page.getByLabel(/^Value/).fill(value)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('********', { exact: true }).waitFor()
  await page.getByText('Secret lost.').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/^Passed /).waitFor()
  expect(errors).toEqual([])
})

test('secrets move from the keychain into a vault, and the keychain keeps none', async () => {
  const { keyring, page, errors } = await openApp()
  await page.evaluate("location.hash = '#/settings'")
  const places = page.getByRole('radiogroup', { name: 'Where secrets are kept' })
  await places.getByText('In a vault').click()
  const form = page.getByRole('form', { name: 'Unlock the vault' })
  await form.getByLabel('Passphrase', { exact: true }).fill('a passphrase of this test')
  await form.getByLabel('The same again').fill('a passphrase of this test')
  await form.getByRole('button', { name: 'Make the vault' }).click()
  await page.getByText('Still in the keychain:').waitFor()
  await page.getByRole('button', { name: 'Move them here' }).click()
  await page.getByText('Still in the keychain:').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Check all secrets' }).click()
  await page.getByText('The one there is can be read.').waitFor()
  expect((await keyring.accounts()).filter((account) => !account.includes('/probe/'))).toEqual([])
  expect(errors).toEqual([])
})
