import { describe, expect, test } from 'vitest'
import type { TestStage } from '#core/model/block.ts'
import { memorySecrets } from '#core/world/secrets/memory-secrets.ts'
import { noSecrets } from '#core/world/secrets/no-secrets.ts'
import { blocksService } from './blocks.ts'
import { blockRowOf } from './stored-block.ts'
import { collect, memoryStore, testWorld } from './world-suite.ts'

const untilEnded = { signal: new AbortController().signal, write: false }

const zoom = {
  type: 'database',
  name: 'zoom',
  settings: { host: 'db.example.org' },
  secrets: { password: 'quiet heron' },
}
const open = (changes = {}) => blocksService(testWorld(changes))

describe('creating and showing', () => {
  test('a block is shown with eight asterisks for each secret that is set, and null for the others', async () => {
    const blocks = open()
    await blocks.create(zoom)
    const shown = await blocks.inspect('block:database/zoom')
    expect(shown).toMatchObject({
      reference: 'block:database/zoom',
      settings: { host: 'db.example.org' },
      secrets: { password: '********', token: null },
      problem: null,
      lastTest: null,
    })
    expect(await blocks.list()).toEqual([shown])
  })

  test('all mistakes come at once, with what was probably meant', async () => {
    const wrong = {
      ...zoom,
      name: 'a/b',
      settings: { hots: 'x', port: 'five' },
      secrets: { pasword: 'quiet heron', token: 'abc' },
    }
    const error = await open()
      .create(wrong)
      .catch((caught: unknown) => caught)
    const message = error instanceof Error ? error.message : ''
    expect(message).toContain('holds “/”')
    expect(message).toContain('hots: a database block has no such field. Did you mean “host”?')
    expect(message).toContain('The setting “host” is missing. Fill it in (--set host=…).')
    expect(message).toContain('“port” takes a number, not ')
    expect(message).toContain('Did you mean “password”?')
    expect(message).toContain('token: a secret of fewer than 6 characters')
  })

  test('an unknown type is refused with the types there are', async () => {
    await expect(open().create({ ...zoom, type: 'databse' })).rejects.toThrow(
      'There is no block type “databse”. Did you mean “database”?',
    )
  })

  test.each(['a/b', 'a%b', 'a&b', 'a>b', 'a<b', 'a#b', '', ' a', 'a\nb', 'x'.repeat(101)])(
    'the name %j is refused',
    async (name) => {
      await expect(open().create({ type: 'string', name, settings: { value: 'x' } })).rejects.toMatchObject({
        failure: { code: 'invalid' },
      })
    },
  )

  test('two blocks of one type never have one name', async () => {
    const blocks = open()
    await blocks.create(zoom)
    await expect(blocks.create(zoom)).rejects.toMatchObject({ failure: { code: 'conflict' } })
    await blocks.create({ ...zoom, name: 'other' })
    await expect(blocks.rename('database/other', 'zoom')).rejects.toThrow('exists already')
    await expect(blocks.duplicate('database/other', 'zoom')).rejects.toThrow('exists already')
  })

  test('a secret given as a setting, and a setting given as a secret, are refused', async () => {
    const blocks = open()
    await expect(blocks.create({ ...zoom, settings: { host: 'h', password: 'quiet heron' } })).rejects.toThrow(
      '--stdin password',
    )
    await expect(blocks.create({ ...zoom, secrets: { host: 'quiet heron' } })).rejects.toThrow('host is not secret')
  })

  test('a short secret is taken only when it is allowed', async () => {
    const blocks = open()
    const short = { type: 'secret', name: 'pin', settings: {}, secrets: { value: '1234' } }
    await expect(blocks.create(short)).rejects.toThrow('--allow-short')
    await blocks.create({ ...short, allowShort: true })
    expect(await blocks.readSecret('block:secret/pin')).toBe('1234')
  })

  test('texts of a command line are read by what each setting takes', async () => {
    const blocks = open()
    const made = await blocks.create({ ...zoom, settings: {}, texts: { host: '5', port: '5433' } })
    expect(made.settings).toEqual({ host: '5', port: 5433 })
  })

  test('without a place for secrets nothing is saved, and blocks that need none still work', async () => {
    const store = memoryStore()
    const blocks = open({ secrets: noSecrets(), store })
    await expect(blocks.create(zoom)).rejects.toThrow('millrace config set secrets=vault')
    expect([await store.list(), await store.pending()]).toEqual([[], []])
    await blocks.create({ type: 'string', name: 'x', settings: { value: 'text' } })
    expect(await blocks.resolve('block:string/x')).toMatchObject({ settings: { value: 'text' } })
  })
})

describe('changing', () => {
  test('an edit keeps what it does not name, and a secret has a new version only when it is set', async () => {
    const blocks = open()
    await blocks.create(zoom)
    const first = await blocks.resolve('block:database/zoom')
    await blocks.edit('database/zoom', { settings: { port: 1 } })
    const second = await blocks.resolve('block:database/zoom')
    expect(second).toEqual({ ...first, settings: { host: 'db.example.org', port: 1 } })
    await blocks.edit('database/zoom', { unset: ['port'], secrets: { password: 'loud heron' } })
    const third = await blocks.resolve('block:database/zoom')
    expect(third.settings).toEqual({ host: 'db.example.org', port: 5432 })
    expect(third.secretVersions['password']).toBeGreaterThan(second.secretVersions['password'] ?? 0)
    expect(await blocks.readSecret('block:database/zoom#password')).toBe('loud heron')
  })

  test('a secret that is cleared and set again never has an old version', async () => {
    const blocks = open()
    await blocks.create(zoom)
    await blocks.edit('database/zoom', { secrets: { password: null } })
    expect((await blocks.inspect('database/zoom')).secrets['password']).toBeNull()
    await expect(blocks.readSecret('block:database/zoom#password')).rejects.toThrow('is not set')
    await blocks.edit('database/zoom', { secrets: { password: 'quiet heron' } })
    expect((await blocks.resolve('block:database/zoom')).secretVersions).toEqual({ password: 3 })
  })

  test('a rename keeps the secret, a duplicate has its own, a delete takes it away', async () => {
    const world = testWorld()
    const blocks = blocksService(world)
    await blocks.create(zoom)
    await blocks.rename('database/zoom', 'prod')
    expect(await blocks.readSecret('block:database/prod#password')).toBe('quiet heron')
    await expect(blocks.inspect('database/zoom')).rejects.toMatchObject({ failure: { code: 'not-found' } })
    await blocks.duplicate('database/prod', 'test')
    const { id } = await blocks.inspect('database/prod')
    await blocks.delete('database/prod')
    expect(await world.secrets.get({ home: 'home-a', block: id, field: 'password', version: 1 })).toBeNull()
    expect(await blocks.readSecret('block:database/test#password')).toBe('quiet heron')
    await expect(blocks.delete('database/prod')).rejects.toThrow('does not exist')
  })

  test('two homes with one place for secrets never meet', async () => {
    const secrets = memorySecrets()
    const homes = ['home-a', 'home-b'].map((id) => open({ secrets, home: { id, dir: '/nowhere' } }))
    for (const [index, blocks] of homes.entries())
      await blocks.create({ ...zoom, secrets: { password: `password ${index}` } })
    await homes[0]?.delete('database/zoom')
    expect(await homes[1]?.readSecret('block:database/zoom#password')).toBe('password 1')
  })

  test('edits at the same time all count', async () => {
    const blocks = open()
    await blocks.create(zoom)
    const edits = ['token 1', 'token 2', 'token 3'].map((token) => blocks.edit('database/zoom', { secrets: { token } }))
    await Promise.all([...edits, blocks.edit('database/zoom', { settings: { port: 7 } })])
    expect(await blocks.readSecret('block:database/zoom#token')).toBe('token 3')
    expect((await blocks.inspect('database/zoom')).settings).toEqual({ host: 'db.example.org', port: 7 })
  })
})

describe('using', () => {
  test('a secret is masked from the moment it is read', async () => {
    const world = testWorld()
    const writer = blocksService(world)
    await writer.create(zoom)
    const fresh = testWorld({ store: world.store, secrets: world.secrets })
    expect(fresh.masker.mask('quiet heron')).toBe('quiet heron')
    await blocksService(fresh).readSecret('block:database/zoom#password')
    expect(fresh.masker.mask('it is quiet heron.')).toBe('it is ********.')
  })

  test('a reference that fits nothing says what would', async () => {
    const blocks = open()
    await blocks.create(zoom)
    await expect(blocks.readSecret('block:database/zoom')).rejects.toThrow(
      'block:database/zoom#password, block:database/zoom#token',
    )
    await expect(blocks.readSecret('block:database/zoom#pass')).rejects.toThrow('It has: password, token')
    await expect(blocks.readSecret('block:database/zoom#token')).rejects.toThrow(
      'block edit database/zoom --stdin token',
    )
    await expect(blocks.resolve('block:database/zom')).rejects.toThrow('Did you mean “zoom”?')
    await expect(blocks.resolve('database:zoom')).rejects.toThrow('block:type/name')
    await expect(blocks.inspect('zoom')).rejects.toThrow('without its type. Write database/zoom.')
  })

  test('a value its place has lost is told apart from one that was never set', async () => {
    const world = testWorld()
    const blocks = blocksService(world)
    const { id } = await blocks.create(zoom)
    await world.secrets.delete({ home: 'home-a', block: id, field: 'password', version: 1 })
    await expect(blocks.readSecret('block:database/zoom#password')).rejects.toThrow('no longer has it')
  })

  test('a block of an older version is upgraded, one of a newer or unknown type is shown with the reason', async () => {
    const store = memoryStore()
    const row = { id: 'b', name: 'old', revision: 1, secrets: {}, facts: {}, usedAt: null, createdAt: 1, updatedAt: 1 }
    await store.commit({ put: blockRowOf({ ...row, type: 'database', version: 1, settings: { address: 'h' } }) })
    await store.commit({
      put: blockRowOf({ ...row, id: 'c', name: 'new', type: 'database', version: 9, settings: {} }),
    })
    await store.commit({ put: blockRowOf({ ...row, id: 'd', type: 'gone', version: 1, settings: {} }) })
    await store.commit({
      put: { ...blockRowOf({ ...row, id: 'e', type: 'string', version: 1, settings: {} }), settings: '{' },
    })
    const blocks = open({ store })
    expect((await blocks.resolve('block:database/old')).settings).toEqual({ host: 'h', port: 5432 })
    const problems = (await blocks.list()).map(({ name, type, problem }) => [type, name, problem?.split('.')[0]])
    expect(problems).toEqual([
      ['database', 'new', expect.stringContaining('newer Millrace')],
      ['database', 'old', 'Password must still be set'],
      ['gone', 'old', 'There is no block type “gone”'],
      ['string', 'old', 'The stored block:string/old cannot be read (settings)'],
    ])
    await blocks.delete('string/old')
    expect(await blocks.list()).toHaveLength(3)
  })

  test('a test tells its stages one by one, masked, and is remembered', async () => {
    const blocks = open()
    await blocks.create(zoom)
    const stages: TestStage[] = []
    for await (const stage of blocks.test('database/zoom', untilEnded)) stages.push(stage)
    expect(stages.map(({ message }) => message)).toEqual(['db.example.org:5432', 'refused: ********'])
    expect(stages[1]?.remedy).toBe('Is ******** right?')
    expect((await blocks.inspect('database/zoom')).lastTest).toMatchObject({ passed: false })
  })

  test('a test without its secret fails in its first stage, and one that is cancelled ends', async () => {
    const blocks = open()
    await blocks.create({ ...zoom, secrets: {} })
    const [stage] = await collect(blocks.test('database/zoom', untilEnded))
    expect(stage).toMatchObject({ stage: 'Secrets', ok: false })
    expect(stage?.message).toContain('is not set')
    const cancelled = blocks.test('database/zoom', { signal: AbortSignal.abort(), write: false })
    await expect(collect(cancelled)).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  })

  test('types are told with their settings as JSON Schema', () => {
    const types = open().types()
    expect(types.map(({ type }) => type)).toEqual(['database', 'json', 'secret', 'string'])
    expect(types[3]?.settings).toMatchObject({ properties: { value: { field: { widget: 'multiline' } } } })
    expect(types[2]?.secrets).toMatchObject({ value: { title: 'Value' } })
  })
})
