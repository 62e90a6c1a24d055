import { expect, test } from 'vitest'
import { lake } from './lake-suite.ts'

const zoom = { type: 'credentials', name: 'zoom', settings: {}, secrets: { key: 'key:dtc-project:1700000000000' } }
const facts = { key: { shown: { Project: 'dtc-project' }, expiresAt: 1_700_000_000_000 } }

test('what may be shown of a secret is kept when it is set, copied, replaced and cleared with it', async () => {
  const { blocks } = lake()
  expect((await blocks.create(zoom)).facts).toEqual(facts)
  expect((await blocks.edit('credentials/zoom', { settings: {} })).facts).toEqual(facts)
  expect((await blocks.duplicate('credentials/zoom', 'copy')).facts).toEqual(facts)
  const replaced = await blocks.edit('credentials/zoom', { secrets: { key: 'key:other' } })
  expect(replaced.facts).toEqual({ key: { shown: { Project: 'other' }, expiresAt: null } })
  const cleared = await blocks.edit('credentials/zoom', { secrets: { key: null } })
  expect(cleared).toMatchObject({ facts: {}, secrets: { key: null }, problem: 'Key must still be set.' })
  expect((await blocks.inspect('credentials/copy')).facts).toEqual(facts)
})

test('a key that has expired is a problem of its block', async () => {
  const { blocks } = lake({ now: () => 1_700_000_000_000 })
  expect((await blocks.create(zoom)).problem).toBe('Key expired on 2023-11-14. Replace it.')
  const { problem } = await blocks.edit('credentials/zoom', { secrets: { key: 'key:dtc-project:1700000000001' } })
  expect(problem).toBeNull()
})

test('a look at a value tells the same and keeps nothing', async () => {
  const { blocks, world } = lake()
  expect(blocks.look({ type: 'credentials', field: 'key', value: 'key:dtc-project' })).toEqual({
    shown: { Project: 'dtc-project' },
    expiresAt: null,
  })
  expect(blocks.look({ type: 'secret', field: 'value', value: 'x' })).toEqual({ shown: {}, expiresAt: null })
  expect(() => blocks.look({ type: 'credentials', field: 'kee', value: 'x' })).toThrow('Did you mean “key”?')
  expect([await world.store.list(), await world.store.pending()]).toEqual([[], []])
})

test('a value of another kind is refused with what it is and what to fetch, and nothing is saved', async () => {
  const { blocks } = lake()
  const wrong = { ...zoom, secrets: { key: '<html>not a key</html>' } }
  await expect(blocks.create(wrong)).rejects.toThrow('This is a web page. Fetch the key from the console instead.')
  expect(await blocks.list()).toEqual([])
})

test('what a parser says of a value is told to nobody', async () => {
  const { blocks } = lake()
  const value = '{"private": "quern-7f3a"'
  const look = () => blocks.look({ type: 'credentials', field: 'key', value })
  expect(look).toThrow('could not be read')
  const error = await blocks.create({ ...zoom, secrets: { key: value } }).catch((caught: unknown) => caught)
  expect(String(error)).not.toContain('quern')
  expect(error).not.toHaveProperty('cause')
})
