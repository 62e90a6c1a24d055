import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resultOf, statesOf } from '#test/scenarios/millrace.ts'
import { workspace } from '#test/scenarios/workspace.ts'
import { session } from './open-keychain.ts'

/** Made up for this test; it opens nothing. */
const value = 'quern-7f3a+9/Zx=stone'

const flow = (counted: string, seen: string) => `tasks:
  first:
    type: script.shell
    with: { script: "echo once >> '${counted}'" }
  second:
    type: script.shell
    after: [first]
    with:
      script: printf %s "$TOKEN" | sha256sum | cut -d' ' -f1 > '${seen}'
      secrets: { TOKEN: block:secret/token }
  third:
    type: log.message
    after: [second]
    with: { message: all done }
`

test('with a locked keychain a run fails fast and says what to do; unlocked, resume finishes it', async () => {
  const keyring = await session()
  const { env } = keyring
  const space = workspace()
  const [counted, seen] = [space.path('counted'), space.path('seen')]
  const made = await space.millrace(['block', 'create', 'secret', 'token', '--stdin', 'value'], { env, input: value })
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  const file = space.flow('needs-a-secret', flow(counted, seen))

  await keyring.lock()
  const began = Date.now()
  const failed = await space.millrace(['run', file, '--json'], { env })
  expect(Date.now() - began).toBeLessThan(15_000)
  expect(failed.exitCode).toBe(1)
  const result = resultOf(failed)
  expect(statesOf(result)).toEqual({ first: 'Completed', second: 'Failed', third: 'Skipped' })
  expect(result.tasks.find(({ task }) => task === 'second')?.state.message).toMatch(
    /is locked\. Nothing is lost\. Unlock it .*Then try again/,
  )
  const status = await space.millrace(['secrets', 'status'], { env })
  expect(status.stdout).toMatch(/^keychain: locked\. .*Nothing is lost/)

  await keyring.unlock()
  const resumed = await space.millrace(['flow-run', 'resume', result.flow_run.id, '--json'], { env })
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect(statesOf(resultOf(resumed))).toEqual({ first: 'Completed', second: 'Completed', third: 'Completed' })
  expect(readFileSync(counted, 'utf8')).toBe('once\n')
  expect(readFileSync(seen, 'utf8').trim()).toBe(createHash('sha256').update(value).digest('hex'))
})

test('an engine that goes on uses the keychain once it is unlocked, without a restart', async () => {
  const keyring = await session()
  const { env } = keyring
  const space = workspace()
  await space.millrace(['block', 'create', 'secret', 'token', '--stdin', 'value'], { env, input: value })
  await keyring.lock()
  const retrying = space.flow(
    'retries',
    `tasks:
  use:
    type: script.shell
    retries: 20
    retry_delay: 500ms
    with: { script: 'echo "it has \${#TOKEN} characters"', secrets: { TOKEN: block:secret/token } }
`,
  )
  const running = space.start(['run', retrying], { env })
  await running.saw('is locked')
  await keyring.unlock()
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stderr).toContain(`it has ${value.length} characters`)
})

test('secrets move from keychain to vault and back, the passphrase is rotated, and runs go on', async () => {
  const keyring = await session()
  const space = workspace()
  const env = { ...keyring.env, MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }
  const call = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const ended = await space.millrace(args, { env: { ...env, ...more }, input: value })
    expect(ended.exitCode, ended.stderr).toBe(0)
    return ended
  }
  const items = async () => (await keyring.accounts()).filter((account) => !account.includes('/probe/')).length
  await call(['block', 'create', 'secret', 'token', '--stdin', 'value'])
  expect(await items()).toBe(1)
  expect((await call(['secrets', 'status'])).stdout).toContain('keychain: ready')
  expect((await call(['config', 'set', 'secrets=vault'])).stderr).toContain('millrace secrets move vault')
  expect((await call(['secrets', 'move', 'vault'])).stdout).toContain('kept in the vault from now on; moved: 1')
  expect(await items()).toBe(0)
  const file = space.flow(
    'uses',
    `tasks:\n  use: { type: script.shell, with: { script: 'test "$T" = "${value}"', secrets: { T: block:secret/token } } }\n`,
  )
  await call(['run', file])
  const rotated = { MILLRACE_VAULT_NEW_PASSPHRASE: 'another passphrase for this test' }
  expect((await call(['secrets', 'rotate'], rotated)).stderr).toContain('has a new passphrase')
  const again = ['secrets', 'rotate', '--new-passphrase-fd', '0']
  const third = 'a third passphrase for this test'
  const second = { ...env, MILLRACE_VAULT_PASSPHRASE: rotated.MILLRACE_VAULT_NEW_PASSPHRASE }
  expect(await space.millrace(again, { env: second, input: `${third}\n` })).toMatchObject({ exitCode: 0 })
  const wrong = await space.millrace(['secrets', 'status'], { env })
  expect(wrong).toMatchObject({ stdout: expect.stringContaining('wrong-passphrase') as unknown })
  const now = { MILLRACE_VAULT_PASSPHRASE: third }
  await call(['run', file], now)
  expect((await call(['secrets', 'move', 'keychain'], now)).stdout).toContain('kept in the keychain from now on')
  expect(await items()).toBe(1)
  await call(['run', file])
})

test('a value that somebody has deleted from the keychain is told as lost, and can be set again', async () => {
  const keyring = await session()
  const { env } = keyring
  const space = workspace()
  await space.millrace(['block', 'create', 'secret', 'token', '--stdin', 'value'], { env, input: value })
  const [account = ''] = await keyring.accounts()
  await keyring.clear(account)
  const status = await space.millrace(['secrets', 'status'], { env })
  expect(status).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('Lost: block:secret/token#value.') as unknown,
  })
  const tested = await space.millrace(['block', 'test', 'secret/token'], { env })
  expect(tested.stdout + tested.stderr).toContain('was set, but its place no longer has it. Set it')
  await space.millrace(['block', 'edit', 'secret/token', '--stdin', 'value'], { env, input: value })
  expect(await space.millrace(['secrets', 'status'], { env })).toMatchObject({ exitCode: 0 })
})
