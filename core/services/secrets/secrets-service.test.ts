import { expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import type { SecretsReport } from '#core/model/reports.ts'
import type { Secrets } from '#core/model/secrets.ts'
import type { ConfigRows } from '#core/model/store.ts'
import { createMasker } from '#core/world/masking/masker.ts'
import { memorySecrets } from '#core/world/secrets/memory-secrets.ts'
import { noSecrets } from '#core/world/secrets/no-secrets.ts'
import { blocksService } from '../blocks/blocks.ts'
import { testWorld } from '../blocks/world-suite.ts'
import { createConfig } from '../config.ts'
import { chosenSecrets, type Keychain, type Lockable } from './secrets-places.ts'
import { secretsService } from './secrets-service.ts'

class Killed extends Error {}

const ready: SecretsReport = { backend: 'keychain', state: 'ready', message: 'Ready.' }

const report = (changes: Partial<SecretsReport>): SecretsReport => ({ ...ready, message: 'Not now.', ...changes })

const refusing = (status: SecretsReport): Keychain => {
  const refuse = async (): Promise<never> => {
    throw new Refused({ code: 'unavailable', message: status.message })
  }
  const told = async () => status
  const isOpen = async () => false
  return { get: refuse, set: refuse, delete: refuse, status: told, isOpen, prepare: told, unlock: told }
}

const openKeychain = (): Keychain => ({ ...memorySecrets(), unlock: async () => ready })
const openVault = (): Lockable => ({ ...memorySecrets(), unlock: async () => {}, rotate: async () => {} })

const memoryRows = (): ConfigRows => {
  const rows = new Map<string, string>()
  return {
    all: () => Object.fromEntries(rows),
    set: (key, value) => void rows.set(key, value),
    unset: (key) => void rows.delete(key),
  }
}

type Parts = { readonly rows: ConfigRows; readonly vault: Lockable; readonly keychain: Keychain }

/** One life of an engine; what the parts hold outlives it. */
const engineOver = ({ rows, vault, keychain }: Parts, store = testWorld()) => {
  const config = createConfig(rows, {})
  const places = { config, vault, keychain, none: noSecrets() }
  const secrets = chosenSecrets(places)
  const blocks = blocksService({ ...store, secrets })
  return { blocks, secrets, service: secretsService({ ...places, rows, blocks, masker: store.masker }), world: store }
}

const parts = (changes: Partial<Parts> = {}): Parts => ({
  rows: memoryRows(),
  vault: openVault(),
  keychain: openKeychain(),
  ...changes,
})

const create = (engine: ReturnType<typeof engineOver>, name: string) =>
  engine.blocks.create({ type: 'secret', name, settings: {}, secrets: { value: `value of ${name}` } })

test('without a choice secrets go to the keychain', async () => {
  const keychain = openKeychain()
  const engine = engineOver(parts({ keychain }))
  await create(engine, 'one')
  const [{ name } = { name: null }] = await engine.blocks.secretsInUse()
  expect(name && (await keychain.get(name))).toBe('value of one')
})

test.each(['no-service', 'not-installed'] as const)(
  'without a choice and with a keychain that is %s, there is no place, and the vault is offered',
  async (state) => {
    const engine = engineOver(parts({ keychain: refusing(report({ state, remedies: ['use-vault'] })) }))
    expect(await engine.service.status(false)).toMatchObject({
      backend: 'none',
      state: 'absent',
      message: expect.stringContaining('No place for secrets is chosen.') as unknown,
      remedies: ['use-vault'],
    })
    await expect(create(engine, 'one')).rejects.toThrow('The secret was not saved. No place for secrets is chosen.')
    expect(await engine.service.choose('keychain')).toMatchObject({ backend: 'keychain', state })
    expect(await engine.service.choose('vault')).toMatchObject({ state: 'ready' })
    await create(engine, 'one')
    expect(await engine.blocks.readSecret('secret/one')).toBe('value of one')
  },
)

test('what opens the vault is masked, and what it keeps too, as soon as it is unlocked', async () => {
  const all = parts()
  const engine = engineOver(all)
  await engine.service.choose('vault')
  await create(engine, 'one')
  const world = { ...engine.world, masker: createMasker() }
  const { service } = engineOver(all, world)
  await service.unlock('the first passphrase')
  expect(world.masker.mask('it is value of one')).toBe('it is ********')
  await service.rotate({ current: 'the first passphrase', next: 'the second passphrase' })
  expect(world.masker.mask('the first passphrase, the second passphrase')).toBe('********, ********')
})

test('a keychain that is locked is not passed over', async () => {
  const engine = engineOver(parts({ keychain: refusing(report({ state: 'locked' })) }))
  expect(await engine.service.status(false)).toMatchObject({ backend: 'keychain', state: 'locked' })
  await expect(engine.service.unlock(null)).rejects.toThrow('Not now.')
})

test('after another place was chosen, secrets are found where they were, and a move takes them along', async () => {
  const all = parts()
  const engine = engineOver(all)
  await create(engine, 'one')
  await engine.service.choose('vault')
  await expect(engine.blocks.readSecret('secret/one')).rejects.toThrow('no longer has it')
  expect(await engine.service.check()).toEqual({
    checked: 1,
    lost: [],
    elsewhere: ['block:secret/one#value'],
    unknown: [],
  })
  expect(await engine.service.move('vault')).toEqual({ to: 'vault', moved: 1, left: 0, lost: [] })
  expect(await engine.service.check()).toEqual({ checked: 1, lost: [], elsewhere: [], unknown: [] })
})

test('what may be in a place that cannot be asked now is not called lost', async () => {
  const all = parts()
  const engine = engineOver(all)
  await create(engine, 'one')
  const locked = engineOver({ ...all, keychain: refusing(report({ state: 'locked' })) }, engine.world)
  await locked.service.choose('vault')
  const unknown = ['block:secret/one#value']
  expect(await locked.service.check()).toEqual({ checked: 1, lost: [], elsewhere: [], unknown })
})

test('what no place has any more is named', async () => {
  const all = parts()
  const engine = engineOver(all)
  await create(engine, 'one')
  const [used] = await engine.blocks.secretsInUse()
  if (used) await all.keychain.delete(used.name)
  expect(await engine.service.check()).toEqual({
    checked: 1,
    lost: ['block:secret/one#value'],
    elsewhere: [],
    unknown: [],
  })
  expect(await engine.service.move('vault')).toMatchObject({ moved: 0, lost: ['block:secret/one#value'] })
})

test('a move to a place that is not ready moves nothing', async () => {
  const all = parts()
  const engine = engineOver(all)
  await create(engine, 'one')
  const lockedVault = { ...openVault(), prepare: async () => report({ backend: 'vault', state: 'locked' }) }
  const locked = engineOver({ ...all, vault: lockedVault }, engine.world)
  await expect(locked.service.move('vault')).rejects.toThrow('Nothing was moved. Not now.')
  expect(await locked.blocks.readSecret('secret/one')).toBe('value of one')
  expect((await locked.service.status(false)).moving).toBeUndefined()
})

/** Dies before or after a number of writes to any place. */
const mortal = (all: Parts, lifetime: number, late: boolean): Parts => {
  let left = lifetime
  const striking =
    <A extends readonly unknown[], T>(work: (...args: A) => T) =>
    (...args: A): T => {
      left -= 1
      if (left < 0 || (left === 0 && !late)) throw new Killed()
      const result = work(...args)
      if (left === 0) throw new Killed()
      return result
    }
  const dying = <S extends Secrets>(secrets: S): S => ({
    ...secrets,
    set: async (...args) => striking(secrets.set)(...args),
    delete: async (...args) => striking(secrets.delete)(...args),
  })
  const { rows } = all
  return {
    rows: { ...rows, set: striking(rows.set), unset: striking(rows.unset) },
    vault: dying(all.vault),
    keychain: dying(all.keychain),
  }
}

test('a move that is cut off anywhere has lost nothing, and the same move finishes it', async () => {
  for (const late of [false, true]) {
    for (let at = 1, died = true; died; at += 1) {
      const all = parts()
      const engine = engineOver(all)
      for (const name of ['one', 'two', 'three']) await create(engine, name)
      const error: unknown = await engineOver(mortal(all, at, late), engine.world)
        .service.move('vault')
        .catch((caught: unknown) => caught)
      died = error instanceof Killed
      const next = engineOver(all, engine.world)
      for (const name of ['one', 'two', 'three'])
        expect(await next.blocks.readSecret(`secret/${name}`)).toBe(`value of ${name}`)
      await next.service.move('vault')
      expect(await next.service.check()).toEqual({ checked: 3, lost: [], elsewhere: [], unknown: [] })
      expect((await next.service.status(false)).moving).toBeUndefined()
      for (const { name } of await next.blocks.secretsInUse()) expect(await all.keychain.get(name)).toBeNull()
      if (!died) expect(at).toBeGreaterThan(8)
    }
  }
})

test('a move back undoes one that was cut off', async () => {
  const all = parts()
  const engine = engineOver(all)
  for (const name of ['one', 'two']) await create(engine, name)
  await engineOver(mortal(all, 3, true), engine.world)
    .service.move('vault')
    .catch(() => undefined)
  const next = engineOver(all, engine.world)
  expect(await next.service.status(false)).toMatchObject({ moving: 'vault', remedies: ['finish-move'] })
  await next.service.move('keychain')
  for (const { name } of await next.blocks.secretsInUse()) expect(await all.vault.get(name)).toBeNull()
  expect(await next.blocks.readSecret('secret/two')).toBe('value of two')
})
