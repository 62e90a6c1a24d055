import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretsSuite } from '#core/world/secrets/secrets-suite.ts'
import { openVault } from './vault.ts'

const work = { N: 2 ** 15, p: 1 }
const name = { home: 'h', block: 'b', field: 'password', version: 1 }

let folder: string
let path: string
const vault = (passphrase: string | null) => openVault({ path, passphrase, work })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-vault-'))
  path = join(folder, 'secrets.vault')
})
afterEach(() => rm(folder, { recursive: true }))

describe('the vault', () => {
  secretsSuite(async () => vault('correct horse'))

  test('keeps its values from one opening to the next, in a file only its owner may read', async () => {
    await vault('correct horse').set(name, 'battery staple')
    expect(await vault('correct horse').get(name)).toBe('battery staple')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['secrets.vault'])
  })

  test('no value, name or passphrase stands in the file', async () => {
    await vault('correct horse').set(name, 'battery staple')
    const text = await readFile(path, 'latin1')
    for (const part of ['battery', 'password', 'correct', Buffer.from('battery staple').toString('base64')]) {
      expect(text).not.toContain(part)
    }
  })

  test('a wrong passphrase is refused, changes nothing, and is not taken for damage', async () => {
    await vault('correct horse').set(name, 'battery staple')
    const before = await readFile(path)
    const wrong = vault('wrong horse')
    expect(await wrong.status()).toMatchObject({ state: 'wrong-passphrase' })
    await expect(wrong.get(name)).rejects.toMatchObject({ failure: { code: 'denied' } })
    await expect(wrong.set(name, 'other value')).rejects.toMatchObject({ failure: { code: 'denied' } })
    expect(await readFile(path)).toEqual(before)
  })

  test('without a passphrase it is locked until it is unlocked', async () => {
    await vault('correct horse').set(name, 'battery staple')
    const locked = vault(null)
    expect(await locked.status()).toMatchObject({ state: 'locked' })
    await expect(locked.get(name)).rejects.toThrow('MILLRACE_VAULT_PASSPHRASE')
    await expect(locked.unlock('wrong horse')).rejects.toMatchObject({ failure: { code: 'denied' } })
    expect(await locked.status()).toMatchObject({ state: 'locked' })
    await locked.unlock('correct horse')
    expect(await locked.get(name)).toBe('battery staple')
  })

  test('any change of the file is found, and a damaged file is never written over', async () => {
    await vault('correct horse').set(name, 'battery staple')
    const whole = await readFile(path)
    const reader = vault('correct horse')
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ flip
        await writeFile(path, changed)
        expect(await reader.status()).toMatchObject({ state: 'damaged' })
      }),
      { numRuns: 60 },
    )
    await writeFile(path, whole.subarray(0, 100))
    await expect(reader.set(name, 'other value')).rejects.toThrow('is damaged')
    expect(await readFile(path)).toEqual(whole.subarray(0, 100))
  })

  test('a new passphrase opens it and the old one no longer does', async () => {
    const kept = vault('correct horse')
    await kept.set(name, 'battery staple')
    await kept.rotate('new horse here')
    expect(await kept.get(name)).toBe('battery staple')
    expect(await vault('new horse here').get(name)).toBe('battery staple')
    expect(await vault('correct horse').status()).toMatchObject({ state: 'wrong-passphrase' })
    await expect(kept.rotate('')).rejects.toThrow('empty')
    await expect(vault(null).rotate('another horse')).rejects.toThrow('locked')
  })

  test('writing while it is rotated loses nothing', async () => {
    const kept = vault('correct horse')
    const numbers = [1, 2, 3, 4, 5, 6]
    const writes = numbers.map((version) => kept.set({ ...name, version }, `value ${version}`))
    await Promise.all([...writes, kept.rotate('new horse here'), kept.set({ ...name, version: 7 }, 'value 7')])
    const fresh = vault('new horse here')
    for (const version of [...numbers, 7]) expect(await fresh.get({ ...name, version })).toBe(`value ${version}`)
  })

  test('a folder that cannot be written leaves what was there', async () => {
    const lost = openVault({ path: join(folder, 'no-such-folder', 'secrets.vault'), passphrase: 'correct horse', work })
    await expect(lost.set(name, 'battery staple')).rejects.toThrow('could not be written')
  })

  test('the same passphrase typed in another Unicode form opens it', async () => {
    await vault('caf\u00e9 horse').set(name, 'battery staple')
    expect(await vault('cafe\u0301 horse').get(name)).toBe('battery staple')
  })
})
