import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretsSuite } from '#core/world/secrets/secrets-suite.ts'
import { faultOf } from './keychain-faults.ts'
import type { KeychainAnswer, KeychainProcess } from './keychain-process.ts'
import { openKeychain, type Keychain } from './keychain.ts'
import type { KeychainQuestion } from './messages.ts'
import { headOf, joinPieces, splitIntoPieces } from './pieces.ts'

const name = { home: 'home-a', block: 'block-1', field: 'value', version: 1 }

type Twin = { items: Map<string, string>; process: KeychainProcess }

/** A keychain in memory; `answer` may say something else for a question. */
const twin = (answer: (question: KeychainQuestion) => KeychainAnswer | null = () => null): Twin => {
  const items = new Map<string, string>()
  const plain = (question: KeychainQuestion): string | null => {
    const { account } = question
    if (question.ask === 'set') items.set(account, question.value)
    else if (question.ask === 'get') return items.get(account) ?? null
    else return items.delete(account) ? 'deleted' : null
    return null
  }
  const ask = async (question: KeychainQuestion) => answer(question) ?? { value: plain(question) }
  return { items, process: { ask, close: () => undefined } }
}

const open = (of: Twin, pieceBytes: number | null = null): Keychain =>
  openKeychain({ keychain: of.process, home: 'home-a', pieceBytes })

describe('a twin of the keychain', () => {
  secretsSuite(async () => open(twin()))
})

describe('a twin of the keychain with small items', () => {
  secretsSuite(async () => open(twin(), 2500))
})

test('no item is larger than the platform allows, and what was split is joined again', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(text, fc.integer({ min: 70, max: 300 }), (value, limit) => {
      const pieces = splitIntoPieces(value, limit)
      for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(limit)
      expect(joinPieces(pieces)).toBe(value)
      expect(headOf(pieces[0] ?? '')).toMatchObject({ kind: 'whole', pieces: pieces.length })
      if (pieces.length > 1) expect(joinPieces(pieces.slice(0, -1))).toBeNull()
    }),
  )
})

test('after a dismissed prompt a write does nothing without a word: it is refused, and nothing counts as kept', async () => {
  const keychain = open(twin(({ ask }) => (ask === 'set' ? { value: null } : null)))
  await expect(keychain.set(name, 'tuna-sandwich')).rejects.toMatchObject({
    failure: { code: 'denied', message: expect.stringContaining('was dismissed') as unknown },
  })
  expect(await keychain.status()).toMatchObject({ state: 'denied', remedies: ['unlock', 'use-vault'] })
})

test('it counts as open when the system says so, or else after a use that worked; asking uses nothing', async () => {
  let locked = false
  const of = twin(() => (locked ? { fault: faultOf('it is locked') } : null))
  const says = (unlocked: boolean | null) =>
    openKeychain({ keychain: of.process, home: 'home-a', unlocked: async () => unlocked })
  expect(await says(true).isOpen()).toBe(true)
  const keychain = says(null)
  expect(await keychain.isOpen()).toBe(false)
  expect(of.items.size).toBe(0)
  await keychain.set(name, 'tuna-sandwich')
  expect(await keychain.isOpen()).toBe(true)
  locked = true
  await expect(keychain.delete(name)).rejects.toMatchObject({ failure: { code: 'unavailable' } })
  expect(await keychain.isOpen()).toBe(false)
  expect(await says(false).isOpen()).toBe(false)
})

test('an item that says it is not there is not lost while nothing can be written', async () => {
  let locked = false
  const of = twin(({ ask }) => {
    if (!locked) return null
    return ask === 'set' ? { fault: faultOf('Cannot create an item in a locked collection') } : { value: null }
  })
  const keychain = open(of)
  await keychain.set(name, 'tuna-sandwich')
  locked = true
  await expect(keychain.get(name)).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: true } })
  await expect(keychain.delete(name)).rejects.toMatchObject({ failure: { code: 'unavailable' } })
  expect(await keychain.prepare()).toMatchObject({ state: 'locked' })
  locked = false
  expect(await keychain.prepare()).toMatchObject({ state: 'ready' })
  expect(await keychain.get(name)).toBe('tuna-sandwich')
})

test('a value of which a piece is gone, or whose writing was cut off, is lost, and can be deleted and set again', async () => {
  const of = twin()
  const keychain = open(of, 100)
  await keychain.set(name, 'x'.repeat(300))
  of.items.delete('home-a/block-1/value@1/2')
  expect(await keychain.get(name)).toBeNull()
  await keychain.delete(name)
  expect(of.items.size).toBe(0)
  of.items.set('home-a/block-1/value@1/0', 'millrace 1 3 unfinished\n')
  of.items.set('home-a/block-1/value@1/1', 'rest')
  expect(await keychain.get(name)).toBeNull()
  await keychain.set(name, 'short again')
  expect([...of.items.keys()]).toEqual(['home-a/block-1/value@1/0'])
})

test('an item that another program has changed is refused, not handed out', async () => {
  const of = twin()
  of.items.set('home-a/block-1/value@1/0', 'something else')
  await expect(open(of).get(name)).rejects.toMatchObject({ failure: { code: 'data' } })
})

test.each([
  ['Cannot create an item in a locked collection', 'locked'],
  ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'locked'],
  ['User interaction is not allowed.', 'locked'],
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no-service'],
  ['Could not connect: No such file or directory', 'no-service'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'no-service'],
  [
    'No such interface “org.freedesktop.Secret.Item” on object at path /org/freedesktop/secrets/collection/login/6',
    'no-service',
  ],
  ['GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: An AppArmor policy prevents this sender', 'denied'],
  ['User canceled the operation.', 'denied'],
])('“%s” is told as %s', (reason, state) => {
  expect(faultOf(reason).state).toBe(state)
})
