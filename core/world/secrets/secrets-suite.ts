import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SecretName, Secrets } from '#core/model/secrets.ts'

const name = (field: string, version = 1): SecretName => ({ home: 'home-a', block: 'block-1', field, version })

/** What every place for secrets holds to: the twin, the vault, the keychain. `open` gives an empty one, ready for use. */
export const secretsSuite = (open: () => Promise<Secrets>) => {
  test('what was set is read back exactly', async () => {
    const secrets = await open()
    // Lone surrogates too: a value is whatever a string can hold.
    const anyText = fc
      .array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 60 })
      .map((codes) => String.fromCharCode(...codes))
    const values = fc.array(anyText, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(values, async (texts) => {
        await Promise.all(texts.map((text, index) => secrets.set(name('field', index), text)))
        const read = await Promise.all(texts.map((_, index) => secrets.get(name('field', index))))
        expect(read).toEqual(texts)
      }),
      { numRuns: 8 },
    )
  })

  test('a value of 100 KB with every kind of character is kept whole', async () => {
    const secrets = await open()
    const value = '-----BEGIN KEY-----\r\n“ü😀"\\\n'.repeat(3500)
    await secrets.set(name('key'), value)
    expect(await secrets.get(name('key'))).toBe(value)
  })

  test('setting again replaces, deleting takes away, deleting twice is no error', async () => {
    const secrets = await open()
    await secrets.set(name('password'), 'first value')
    await secrets.set(name('password'), 'second value')
    expect(await secrets.get(name('password'))).toBe('second value')
    await secrets.delete(name('password'))
    await secrets.delete(name('password'))
    expect(await secrets.get(name('password'))).toBeNull()
  })

  test('homes, blocks, fields and versions do not collide', async () => {
    const secrets = await open()
    const one = name('password')
    const others = [
      { ...one, home: 'home-b' },
      { ...one, block: 'block-2' },
      { ...one, field: 'token' },
      { ...one, version: 2 },
    ]
    await secrets.set(one, 'the one')
    for (const [index, other] of others.entries()) await secrets.set(other, `other ${index}`)
    expect(await secrets.get(one)).toBe('the one')
    for (const [index, other] of others.entries()) expect(await secrets.get(other)).toBe(`other ${index}`)
  })

  test('writers at the same time lose nothing', async () => {
    const secrets = await open()
    const numbers = Array.from({ length: 20 }, (_, index) => index)
    await Promise.all(numbers.map((number) => secrets.set(name('field', number), `value ${number}`)))
    await Promise.all(numbers.filter((number) => number % 2).map((number) => secrets.delete(name('field', number))))
    const read = await Promise.all(numbers.map((number) => secrets.get(name('field', number))))
    expect(read).toEqual(numbers.map((number) => (number % 2 ? null : `value ${number}`)))
  })

  test('it says that it is ready', async () => {
    const secrets = await open()
    expect(await secrets.status()).toMatchObject({ state: 'ready' })
  })
}
