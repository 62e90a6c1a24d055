import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import { secretForms } from '#core/world/masking/secret-forms.ts'
import { memorySecrets } from '#core/world/secrets/memory-secrets.ts'
import { formatSecretName, type Secrets } from '#core/model/secrets.ts'
import { homeOnDisk } from '#core/world/home/testing/throw-away.ts'
import { openVault } from '#core/world/vault/vault.ts'
import { blocksService, type BlocksService, type BlocksWorld } from './blocks.ts'
import { collect, testWorld } from './world-suite.ts'

const untilEnded = { signal: new AbortController().signal, write: false }

class Killed extends Error {}

/** A world that dies before or after a given number of writes; from then on every call fails. */
const mortal = (world: BlocksWorld, lifetime: number, late: boolean): BlocksWorld => {
  let left = lifetime
  const writing = async (write: () => Promise<void>) => {
    left -= 1
    if (left < 0 || (left === 0 && !late)) throw new Killed()
    await write()
    if (left === 0) throw new Killed()
  }
  return {
    ...world,
    store: { ...world.store, commit: (...changes) => writing(() => world.store.commit(...changes)) },
    secrets: {
      ...world.secrets,
      set: (name, value) => writing(() => world.secrets.set(name, value)),
      delete: (name) => writing(() => world.secrets.delete(name)),
    },
  }
}

/** Secrets in memory that can say which names they hold. */
const countedSecrets = () => {
  const names = new Set<string>()
  const inner = memorySecrets()
  const secrets: Secrets = {
    ...inner,
    set: async (name, value) => {
      names.add(formatSecretName(name))
      await inner.set(name, value)
    },
    delete: async (name) => {
      names.delete(formatSecretName(name))
      await inner.delete(name)
    },
  }
  return { secrets, names }
}

const steps: Readonly<Record<string, (blocks: BlocksService, value: string) => Promise<unknown>>> = {
  create: (blocks, value) => blocks.create({ type: 'secret', name: 'one', settings: {}, secrets: { value } }),
  edit: (blocks, value) => blocks.edit('secret/one', { secrets: { value } }),
  clear: (blocks) => blocks.edit('secret/one', { secrets: { value: null } }),
  rename: (blocks) => blocks.rename('secret/one', 'two'),
  renameBack: (blocks) => blocks.rename('secret/two', 'one'),
  duplicate: (blocks) => blocks.duplicate('secret/one', 'three'),
  delete: (blocks) => blocks.delete('secret/one'),
}

test('wherever a change is cut off, the next start leaves each block with a secret it can read and no other secret', async () => {
  const moves = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(moves, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (names, lifetime, late) => {
      const { secrets, names: kept } = countedSecrets()
      const world = testWorld({ secrets })
      const blocks = blocksService(mortal(world, lifetime, late))
      const written = new Set<string>()
      for (const [index, name] of names.entries()) {
        written.add(`value number ${index}`)
        const error: unknown = await steps[name]?.(blocks, `value number ${index}`).catch((caught: unknown) => caught)
        if (error instanceof Killed) break
        if (error instanceof Error && !(error instanceof Refused)) throw error
      }
      const next = blocksService(world)
      await next.reconcile()
      expect(await world.store.pending()).toEqual([])
      const set = (await next.list()).filter((block) => block.secrets['value'] !== null)
      for (const block of set) expect(written).toContain(await next.readSecret(block.reference))
      expect(kept.size).toBe(set.length)
    }),
    { numRuns: 150 },
  )
})

test('while the place for secrets is locked, orphans wait for the next start', async () => {
  const { secrets, names } = countedSecrets()
  const world = testWorld({ secrets })
  await blocksService(world).create({ type: 'secret', name: 'one', settings: {}, secrets: { value: 'quiet heron' } })
  await world.store.commit({ pending: ['home-a/gone/value@1', 'no name at all'] })
  await secrets.set({ home: 'home-a', block: 'gone', field: 'value', version: 1 }, 'orphan value')
  const locked: Secrets = {
    ...secrets,
    status: async () => ({ backend: 'vault', state: 'locked', message: 'Locked.' }),
  }
  expect(await blocksService({ ...world, secrets: locked }).reconcile()).toEqual({ removed: 0, left: 1 })
  expect(await blocksService(world).reconcile()).toEqual({ removed: 1, left: 0 })
  expect(names.size).toBe(1)
})

test('no file of a home ever holds a secret, in any form', async () => {
  const home = await homeOnDisk()
  const folder = home.dir
  const secrets = openVault({
    path: join(folder, 'secrets.vault'),
    passphrase: 'correct horse',
    work: { N: 2 ** 15, p: 1 },
  })
  const blocks = blocksService(testWorld({ home, store: home.store.blocks, secrets }))
  const value = fc.string({ minLength: 8, maxLength: 60, unit: fc.constantFrom(...Array.from('abcXYZ019 +/=%"\\üß€')) })
  let number = 0
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      fc.pre(text.trim().length >= 8)
      number += 1
      const name = `secret ${number}`
      await blocks.create({ type: 'secret', name, settings: {}, secrets: { value: text } })
      await blocks.edit(`secret/${name}`, { secrets: { value: `${text}!` } })
      await collect(blocks.test(`secret/${name}`, untilEnded))
      await writeFile(join(folder, 'blocks.yaml'), await blocks.exportYaml([]))
      const entries = await readdir(folder, { withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile()).map(({ name: file }) => file)
      expect(files).toEqual(expect.arrayContaining(['secrets.vault', 'state.db', 'state.db-wal', 'blocks.yaml']))
      for (const file of files) {
        const content = await readFile(join(folder, file), 'utf8')
        for (const form of secretForms(text, 8).keys()) expect(content).not.toContain(form)
      }
      expect(await blocks.readSecret(`block:secret/${name}`)).toBe(`${text}!`)
    }),
    { numRuns: 25 },
  )
})
