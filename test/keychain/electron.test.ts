import { expect, onTestFinished, test } from 'vitest'
import { openDisplay } from '#test/e2e/display.ts'
import { openScreen } from '#test/e2e/screens.ts'
import { millrace } from '#test/scenarios/millrace.ts'
import { workspace } from '#test/scenarios/workspace.ts'
import type { KeyringOptions } from '#test/fixtures/keyring.ts'
import { session } from './open-keychain.ts'

const value = 'quern-7f3a+9/Zx=stone'

/** The desktop app in a session with a keyring, and commands that are clients of its engine. */
const openApp = async (options: KeyringOptions = {}) => {
  const keyring = await session(options)
  const screen = await openScreen('desktop', { env: keyring.env })
  // Its engine has the home, so that a command becomes a client of it.
  await screen.page.getByRole('button', { name: 'Run', exact: true }).waitFor()
  const call = (args: readonly string[], input = '') => millrace(args, { home: screen.home, input })
  return { keyring, page: screen.page, call }
}

test('the app keeps a secret in the keychain, reads, replaces and deletes it, and says when it is locked', async () => {
  const { keyring, call } = await openApp()
  const items = async () => (await keyring.accounts()).filter((account) => !account.includes('/probe/'))
  const long = '-----BEGIN KEY-----\n“ü😀"\\\n'.repeat(3500).trim()
  const made = await call(['block', 'create', 'secret', 'token', '--stdin', 'value'], long)
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  const [account = ''] = await items()
  expect((await keyring.lookUp(account))?.split('\n').slice(1).join('\n')).toBe(long)
  expect(await call(['block', 'edit', 'secret/token', '--stdin', 'value'], value)).toMatchObject({ exitCode: 0 })
  const [second = ''] = await items()
  expect(second).not.toBe(account)
  expect(await keyring.lookUp(second)).toContain(value)
  expect(await call(['block', 'test', 'secret/token'])).toMatchObject({ exitCode: 0 })

  await keyring.lock()
  const locked = await call(['secrets', 'status'])
  expect(locked.stdout).toMatch(/^keychain: locked\. .*Nothing is lost/)
  const tested = await call(['block', 'test', 'secret/token'])
  expect(tested.stdout + tested.stderr).toContain('is locked')
  await keyring.unlock()
  expect(await call(['block', 'test', 'secret/token'])).toMatchObject({ exitCode: 0 })

  await keyring.killService()
  await keyring.unlock()
  expect(await call(['block', 'test', 'secret/token'])).toMatchObject({ exitCode: 0 })
  expect(await call(['block', 'delete', 'secret/token'])).toMatchObject({ exitCode: 0 })
  expect(await items()).toEqual([])
})

test('the app and a command with a home of its own use one keychain at the same time', async () => {
  const { keyring, call } = await openApp()
  const space = workspace()
  const names = ['one', 'two', 'three']
  const create = (name: string) => ['block', 'create', 'secret', name, '--stdin', 'value']
  const inApp = async () => {
    for (const name of names) expect(await call(create(name), `app ${value}`)).toMatchObject({ exitCode: 0 })
  }
  const beside = async () => {
    for (const name of names)
      expect(await space.millrace(create(name), { env: keyring.env, input: value })).toMatchObject({ exitCode: 0 })
  }
  await Promise.all([inApp(), beside()])
  expect((await call(['secrets', 'status'])).stdout).toContain('3 of 3 secrets')
  expect((await space.millrace(['secrets', 'status'], { env: keyring.env })).stdout).toContain('3 of 3 secrets')
  expect((await keyring.accounts()).filter((account) => !account.includes('/probe/'))).toHaveLength(6)
})

test('while a prompt of the keychain is open, the app and its engine go on', async () => {
  const display = await openDisplay()
  onTestFinished(() => display.close())
  const { keyring, page, call } = await openApp({ display: display.name })
  await call(['block', 'create', 'secret', 'token', '--stdin', 'value'], value)
  await keyring.lock()
  const waiting = call(['block', 'test', 'secret/token'])
  let isOver = false
  void waiting.then(() => (isOver = true))
  const listed = await call(['block', 'ls'])
  expect(listed.stdout).toContain('block:secret/token')
  const began = Date.now()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed', { exact: true }).waitFor()
  expect(isOver).toBe(false)
  expect(Date.now() - began).toBeLessThan(30_000)
  const ended = await waiting
  expect(ended.stdout + ended.stderr).toContain('gave no answer in time')
  await keyring.unlock()
  expect(await call(['block', 'test', 'secret/token'])).toMatchObject({ exitCode: 0 })
})
