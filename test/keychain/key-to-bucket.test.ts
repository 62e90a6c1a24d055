import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openHome } from '#test/e2e/block-homes.ts'
import { dropFile, heldByPage } from '#test/e2e/window.ts'
import { startGcs } from '#test/fakes/gcs/server.ts'
import { startSignIn } from '#test/fakes/google-sign-in.ts'
import { session } from './open-keychain.ts'

/** A service account, and a cloud with no bucket yet. */
const openCloud = async () => {
  const signIn = await startSignIn()
  const gcs = await startGcs({ signIn })
  onTestFinished(async () => {
    await gcs.close()
    await signIn.close()
  })
  const env = { STORAGE_EMULATOR_HOST: gcs.url, MILLRACE_GOOGLE_TOKEN_URI: signIn.tokenUri }
  return { account: signIn.account('flows', 'ny-rides'), gcs, env }
}

/** Parts of the key long enough to be no accident, none of its lines left out. */
const partsOf = (keyFile: string): readonly string[] => {
  const { private_key: key } = JSON.parse(keyFile) as { private_key: string }
  const letters = key.replaceAll(/-----[^-]+-----|\s/g, '')
  return Array.from({ length: Math.floor(letters.length / 24) }, (_, index) =>
    letters.slice(index * 24, index * 24 + 24),
  )
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** The app still runs: where a file has got its final name between being listed and being read, all are listed again. */
const filesWith = (home: string, parts: readonly string[]): readonly string[] => {
  try {
    return filesIn(home).filter((file) => {
      const content = readFileSync(file, 'latin1')
      return parts.some((part) => content.includes(part))
    })
  } catch (error) {
    if (isGone(error)) return filesWith(home, parts)
    throw error
  }
}

const saveAndTest = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Save and test' }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

const passes = async (page: Page): Promise<void> => {
  await page.getByText(/^Passed /).waitFor()
  expect(await page.getByRole('list', { name: 'Stages of the test' }).getByLabel('Failed').count()).toBe(0)
}

test('a key file is dropped, a bucket made of it, and a flow brings a file there; the key is in the keychain and nowhere else', async () => {
  const keyring = await session()
  const { account, gcs, env } = await openCloud()
  const { page, home, errors } = await openHome('desktop', {}, { env: { ...keyring.env, ...env } })
  const parts = partsOf(account.keyFile)

  await page.getByRole('link', { name: 'Blocks' }).click()
  await page.getByRole('table', { name: 'Blocks' }).waitFor()
  await dropFile(page, { name: 'ny-rides-4711.json', text: account.keyFile })
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByText(account.email).waitFor()
  await form.getByText(account.keyId).waitFor()
  await form.getByRole('textbox', { name: /^Name/ }).fill('zoom')
  await saveAndTest(page, 'zoom')
  await passes(page)
  await page.getByText('********', { exact: true }).waitFor()
  const held = await heldByPage(page)
  expect(parts.filter((part) => held.includes(part))).toEqual([])

  await page.evaluate("location.hash = '#/new-block/gcs-bucket'")
  await form.getByRole('textbox', { name: /^Name/ }).fill('lake')
  await form.getByLabel(/^Bucket/).fill('ny-rides-lake')
  await form.getByRole('combobox', { name: /^Credentials/ }).click()
  await page.getByRole('option', { name: /^zoom/ }).click()
  await saveAndTest(page, 'lake')
  await page.getByRole('button', { name: 'Create the bucket in US' }).click()
  await passes(page)

  await page.evaluate("location.hash = '#/flows'")
  await page.getByRole('button', { name: /^web-to-gcs|^Web to/i }).click()
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: 'Run with parameters…' }).click()
  const parameters = page.getByRole('dialog')
  await parameters.getByLabel('bucket').selectOption('block:gcs-bucket/lake')
  await parameters.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  const name = 'green_tripdata_2020-11.parquet'
  const object = gcs.read('ny-rides-lake', `data/green/${name}`)
  const [saved = ''] = filesIn(home).filter((file) => path.basename(file) === name)
  expect(object.equals(readFileSync(saved))).toBe(true)

  const accounts = (await keyring.accounts()).filter((one) => !one.includes('/probe/'))
  const kept = await Promise.all(accounts.map((one) => keyring.lookUp(one)))
  expect(kept.join('')).toContain(account.keyId)
  const profile = keyring.env['XDG_CONFIG_HOME'] ?? ''
  expect([...filesWith(home, parts), ...filesWith(profile, parts)]).toEqual([])
  expect(errors).toEqual([])
})
