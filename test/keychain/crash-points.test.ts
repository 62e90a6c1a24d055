import { expect, test } from 'vitest'
import type { BlockRows } from '#core/model/store.ts'
import { blocksService, type BlocksService } from '#core/services/blocks/blocks.ts'
import { testWorld } from '#core/services/blocks/world-suite.ts'
import { openKeychain } from '#core/world/keychain/keychain.ts'
import type { KeychainProcess } from '#core/world/keychain/keychain-process.ts'
import type { Keyring } from '#test/fixtures/keyring.ts'
import { realProcess, session } from './open-keychain.ts'

class Killed extends Error {}

/** Counts what is asked of the outside, and dies before or after one of it: then nothing is asked any more. */
const mortality = (lifetime: number, late: boolean) => {
  let left = lifetime
  return async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1
    if (left < 0 || (left === 0 && !late)) throw new Killed()
    const result = await work()
    if (left === 0) throw new Killed()
    return result
  }
}

const bytes = 120
const first = `first ${'ä'.repeat(150)}`
const second = `second ${'ö'.repeat(60)}`

const create = (blocks: BlocksService, value: string) =>
  blocks.create({ type: 'secret', name: 'one', settings: {}, secrets: { value } })

/** Each begins with what `before` has made; afterwards the block has one of these values, or there is none. */
const changes = {
  create: { before: null, change: (blocks: BlocksService) => create(blocks, first), values: [first, null] },
  replace: {
    before: first,
    change: (blocks: BlocksService) => blocks.edit('secret/one', { secrets: { value: second } }),
    values: [first, second],
  },
  delete: { before: first, change: (blocks: BlocksService) => blocks.delete('secret/one'), values: [first, null] },
} as const

type Change = (typeof changes)[keyof typeof changes]

/** Whether it died; else the change has come to its end. */
const strike = async (
  { keyring, keychain }: { keyring: Keyring; keychain: KeychainProcess },
  { before, change, values }: Change,
  { at, late }: { at: number; late: boolean },
): Promise<boolean> => {
  const world = testWorld({ secrets: openKeychain({ keychain, home: 'home-a', pieceBytes: bytes }) })
  if (before !== null) await create(blocksService(world), before)
  const mortal = mortality(at, late)
  const commit: BlockRows['commit'] = (...all) => mortal(() => world.store.commit(...all))
  const dying: KeychainProcess = { ...keychain, ask: (...asked) => mortal(() => keychain.ask(...asked)) }
  const error: unknown = await change(
    blocksService({
      ...world,
      store: { ...world.store, commit },
      secrets: openKeychain({ keychain: dying, home: 'home-a', pieceBytes: bytes }),
    }),
  ).catch((caught: unknown) => caught)
  if (error instanceof Error && !(error instanceof Killed)) throw error

  const next = blocksService(world)
  expect(await next.reconcile()).toMatchObject({ left: 0 })
  expect(await world.store.pending()).toEqual([])
  const [block] = await next.list()
  const value = block ? await next.readSecret('secret/one') : null
  expect(values).toContain(value)
  const kept = (await keyring.accounts()).filter((account) => !account.includes('/probe/'))
  expect(new Set(kept.map((account) => account.replace(/\/\d+$/, ''))).size).toBe(value === null ? 0 : 1)
  if (block) await next.delete('secret/one')
  return error instanceof Killed
}

test.each(Object.entries(changes))(
  'cut off at any call to keyring or store, “%s” leaves the old value or the new one, and nothing else',
  async (_name, change) => {
    const keyring = await session()
    const keychain = realProcess(keyring.env, 'home-a')
    for (const late of [false, true]) {
      let at = 1
      while (await strike({ keyring, keychain }, change, { at, late })) at += 1
      expect(at).toBeGreaterThan(6)
    }
  },
)
