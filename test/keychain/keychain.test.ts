import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { secretsSuite } from '#core/world/secrets/secrets-suite.ts'
import type { SecretName } from '#core/model/secrets.ts'
import { openKeychain, type Keychain, type KeychainOptions } from '#core/world/keychain/keychain.ts'
import { keychainEnvironment } from '#core/world/keychain/keychain-environment.ts'
import { unlockedOn } from '#core/world/keychain/unlocked.ts'
import { keychainProcess } from '#core/world/keychain/keychain-process.ts'
import type { FromKeychain, ToKeychain } from '#core/world/keychain/messages.ts'
import { forkNode } from '#core/world/workers/forked-process.ts'
import { keychainEntry } from '#core/places.ts'
import { openKeyring, type Keyring } from '#test/fixtures/keyring.ts'
import { openDisplay, type Display } from '#test/e2e/display.ts'
import { realKeychain, session } from './open-keychain.ts'

let homes = 0
const freshHome = () => `home-${(homes += 1)}`
const name = (home: string, field = 'value'): SecretName => ({ home, block: 'block-1', field, version: 1 })

const open = (env: Readonly<Record<string, string>>, options: Partial<KeychainOptions> = {}): Keychain =>
  realKeychain(env, { home: freshHome(), ...options })

const refusal = (code: string, words: string) => ({
  failure: { code, message: expect.stringContaining(words) as unknown },
})

describe('a keychain that is open', () => {
  let keyring: Keyring
  beforeAll(async () => {
    keyring = await openKeyring()
  })
  afterAll(() => keyring.close())

  describe('in one piece', () => {
    secretsSuite(async () => open(keyring.env))
  })
  describe('in pieces of 2,500 bytes', () => {
    secretsSuite(async () => open(keyring.env, { pieceBytes: 2500 }))
  })

  test('a value lies under home, block, field, version and piece, and is read by other programs', async () => {
    const keychain = open(keyring.env, { home: 'home-one' })
    await keychain.set(name('home-one'), 'quern-stone')
    expect(await keyring.lookUp('home-one/block-1/value@1/0')).toBe('millrace 1 1 11 text\nquern-stone')
  })

  test('a value that is replaced by a shorter one, or deleted, leaves no piece behind', async () => {
    const keychain = open(keyring.env, { home: 'home-pieces', pieceBytes: 200 })
    const ours = async () => (await keyring.accounts()).filter((one) => one.startsWith('home-pieces/'))
    await keychain.set(name('home-pieces'), 'ä'.repeat(1000))
    expect((await ours()).length).toBeGreaterThan(8)
    await keychain.set(name('home-pieces'), 'short one')
    expect(await ours()).toEqual(['home-pieces/block-1/value@1/0'])
    expect(await keychain.get(name('home-pieces'))).toBe('short one')
    await keychain.delete(name('home-pieces'))
    expect(await ours()).toEqual([])
  })

  test('two processes at once lose nothing', async () => {
    const home = freshHome()
    const [even, odd] = [open(keyring.env, { home }), open(keyring.env, { home })]
    const numbers = Array.from({ length: 30 }, (_, index) => index)
    await Promise.all(
      numbers.map((number) => (number % 2 ? odd : even).set(name(home, `f${number}`), `value ${number}`)),
    )
    const read = await Promise.all(numbers.map((number) => (number % 2 ? even : odd).get(name(home, `f${number}`))))
    expect(read).toEqual(numbers.map((number) => `value ${number}`))
  })

  test('a NUL character is refused, since the keychain would cut the value there', async () => {
    await expect(open(keyring.env).set(name('x'), 'first\0second')).rejects.toMatchObject(refusal('invalid', 'NUL'))
  })
})

test('locked: it says so, nothing is lost, and after unlocking the next use works', async () => {
  const keyring = await session()
  const home = freshHome()
  const keychain = open(keyring.env, { home })
  await keychain.set(name(home), 'quern-stone')
  await keyring.lock()
  await expect(keychain.get(name(home))).rejects.toMatchObject(refusal('unavailable', 'is locked. Nothing is lost.'))
  expect(await keychain.status()).toMatchObject({
    backend: 'keychain',
    state: 'locked',
    remedies: ['unlock', 'use-vault'],
  })
  await expect(keychain.get(name(home, 'never-set'))).rejects.toMatchObject(refusal('unavailable', 'is locked'))
  await expect(keychain.set(name(home, 'other'), 'other value')).rejects.toMatchObject(
    refusal('unavailable', 'is locked'),
  )
  await expect(keychain.delete(name(home))).rejects.toMatchObject(refusal('unavailable', 'is locked'))
  expect(await keychain.unlock()).toMatchObject({ state: 'locked' })
  await keyring.unlock()
  expect(await keychain.get(name(home))).toBe('quern-stone')
  expect(await keychain.status()).toMatchObject({ state: 'ready' })
})

test('whether it is open is known without a prompt, also to a process that has not used it', async () => {
  const keyring = await session()
  const home = freshHome()
  const keychain = open(keyring.env, { home })
  await keychain.set(name(home), 'quern-stone')
  const fresh = () => open(keyring.env, { home, unlocked: unlockedOn('linux', keychainEnvironment(keyring.env, home)) })
  expect(await fresh().isOpen()).toBe(true)
  await keyring.lock()
  expect(await fresh().isOpen()).toBe(false)
  await keyring.unlock()
  expect(await fresh().isOpen()).toBe(true)
  await keyring.endSession()
  expect(await fresh().isOpen()).toBe(false)
})

test('the service that dies in the middle is an error, and a new one is used without a restart', async () => {
  const keyring = await session()
  const home = freshHome()
  const keychain = open(keyring.env, { home })
  await keychain.set(name(home), 'quern-stone')
  await keyring.killService()
  // The bus has started another service, which is locked.
  await expect(keychain.get(name(home))).rejects.toMatchObject(refusal('unavailable', 'is locked'))
  await keyring.unlock()
  expect(await keychain.get(name(home))).toBe('quern-stone')
  await keyring.endSession()
  await expect(keychain.get(name(home))).rejects.toMatchObject(refusal('unavailable', 'does not answer here'))
  expect(await keychain.status()).toMatchObject({ state: 'no-service', remedies: ['use-vault', 'retry'] })
})

test('without a session it says what to start, and offers the vault', async () => {
  const { DBUS_SESSION_BUS_ADDRESS: _, DISPLAY: _display, ...rest } = process.env
  const keychain = open(rest as Record<string, string>)
  expect(await keychain.status()).toMatchObject({ state: 'no-service' })
  await expect(keychain.get(name('x'))).rejects.toMatchObject(
    refusal('unavailable', 'millrace config set secrets=vault'),
  )
})

/** Run before all else in a process: then keytar is not installed there. */
const withoutKeytar = `import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => {
    if (name === 'keytar') throw new Error("Cannot find package 'keytar'")
    return next(name, context)
  },
})`

test('without keytar it says what to install, and offers the vault', async () => {
  const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(withoutKeytar)}`]
  const fork = forkNode<ToKeychain, FromKeychain>({ entry: keychainEntry, execArgv })
  const keychain = openKeychain({ keychain: keychainProcess(fork, keychainEnvironment({}, 'x')), home: 'x' })
  onTestFinished(() => keychain.close())
  expect(await keychain.status()).toMatchObject({ state: 'not-installed', remedies: ['use-vault'] })
  await expect(keychain.get(name('x'))).rejects.toMatchObject(refusal('unavailable', 'npm rebuild keytar'))
})

test('a process that cannot be started is told as a service that does not answer', async () => {
  const fork = forkNode<ToKeychain, FromKeychain>({ entry: `${keychainEntry}.missing` })
  const keychain = openKeychain({ keychain: keychainProcess(fork, {}), home: 'x' })
  onTestFinished(() => keychain.close())
  expect(await keychain.status()).toMatchObject({
    state: 'no-service',
    message: expect.stringContaining('its process ended') as unknown,
  })
})

describe('with a screen for prompts', () => {
  let display: Display
  beforeAll(async () => {
    display = await openDisplay()
  })
  afterAll(() => display.close())

  test('a prompt left open ends at the deadline, what waits behind it fails with it, and nothing else is held up', async () => {
    const keyring = await session({ display: display.name })
    const home = freshHome()
    const patience = { look: 2000, use: 3000, unlock: 3000 }
    const keychain = open(keyring.env, { home, patience })
    await keychain.set(name(home), 'quern-stone')
    await keyring.lock()
    // A look opens no prompt, so it cannot know yet.
    expect(await keychain.status()).toMatchObject({ state: 'ready' })
    const began = performance.now()
    const waiting = Array.from({ length: 5 }, () => keychain.get(name(home)))
    const refused = Promise.allSettled(waiting)
    const beats: number[] = []
    const beat = setInterval(() => beats.push(performance.now()), 20)
    expect(await keychain.status()).toMatchObject({
      state: 'locked',
      message: expect.stringContaining('prompt') as unknown,
    })
    for (const one of await refused) {
      expect(one).toMatchObject({ status: 'rejected', reason: refusal('timed-out', 'Answer the prompt') })
    }
    clearInterval(beat)
    expect(performance.now() - began).toBeLessThan(9000)
    expect(Math.max(...beats.map((at, index) => at - (beats[index - 1] ?? at)))).toBeLessThan(1000)
    expect(await keychain.status()).toMatchObject({ state: 'timed-out', remedies: ['unlock', 'use-vault'] })
    await keyring.unlock()
    expect(await keychain.get(name(home))).toBe('quern-stone')
  })

  test('a service that dies while its prompt is open ends the call, and nothing is lost', async () => {
    const keyring = await session({ display: display.name })
    const home = freshHome()
    const keychain = open(keyring.env, { home, patience: { look: 2000, use: 4000, unlock: 4000 } })
    await keychain.set(name(home), 'quern-stone')
    await keyring.lock()
    const asked = Promise.allSettled([keychain.get(name(home))])
    await keyring.killService()
    const code: unknown = expect.stringMatching(/^(unavailable|timed-out|denied)$/)
    expect(await asked).toMatchObject([{ status: 'rejected', reason: { failure: { code } } }])
    await keyring.unlock()
    expect(await keychain.get(name(home))).toBe('quern-stone')
  })
})
