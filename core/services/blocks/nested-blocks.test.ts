import { expect, test } from 'vitest'
import type { TestStage } from '#core/model/block.ts'
import { lake } from './lake-suite.ts'
import { collect } from './world-suite.ts'

const zoom = { type: 'credentials', name: 'zoom', settings: {}, secrets: { key: 'key:dtc-project' } }
const trips = { type: 'bucket', name: 'trips', settings: { bucket: 'trips', credentials: 'block:credentials/zoom' } }
const untilEnded = { signal: new AbortController().signal, write: false }

test('a block that a setting names must be there and of the right type', async () => {
  const { blocks } = lake()
  await expect(blocks.create(trips)).rejects.toThrow('credentials: block:credentials/zoom does not exist')
  await blocks.create({ type: 'string', name: 'zoom', settings: { value: 'x' } })
  const wrong = { ...trips, settings: { bucket: 'trips', credentials: 'block:string/zoom' } }
  await expect(blocks.create(wrong)).rejects.toThrow('Credentials takes a block of type credentials')
  await blocks.create(zoom)
  expect(await blocks.create(trips)).toMatchObject({ problem: null })
  await expect(blocks.edit('bucket/trips', { settings: { credentials: 'block:credentials/zom' } })).rejects.toThrow(
    'does not exist',
  )
})

test('what was there and is gone is told by the block, its test and its use', async () => {
  const { blocks } = lake()
  await blocks.create(zoom)
  await blocks.create(trips)
  await blocks.delete('credentials/zoom', true)
  expect((await blocks.inspect('bucket/trips')).problem).toContain('block:credentials/zoom does not exist')
  await expect(blocks.resolve('bucket/trips')).rejects.toMatchObject({ failure: { code: 'not-found' } })
  const [stage] = await collect(blocks.test('bucket/trips', untilEnded))
  expect(stage).toMatchObject({ stage: 'Settings', ok: false })
  expect(stage?.message).toContain('block:credentials/zoom does not exist')
})

test('a problem of the named block is a problem of the one that names it', async () => {
  const { blocks } = lake()
  await blocks.create({ ...zoom, secrets: {} })
  const made = await blocks.create(trips)
  expect(made.problem).toBe('block:credentials/zoom, which it names, cannot be used: Key must still be set.')
  await blocks.edit('credentials/zoom', { secrets: zoom.secrets })
  expect((await blocks.inspect('bucket/trips')).problem).toBeNull()
})

test('blocks never name each other in a circle', async () => {
  const { blocks } = lake()
  await blocks.create({ ...zoom, name: 'a' })
  await blocks.create({ ...zoom, name: 'b', settings: { parent: 'block:credentials/a' } })
  await blocks.create({ ...zoom, name: 'c', settings: { parent: 'block:credentials/b' } })
  await expect(blocks.edit('credentials/a', { settings: { parent: 'block:credentials/c' } })).rejects.toThrow(
    'Blocks cannot name each other in a circle: block:credentials/a → block:credentials/c → block:credentials/b → block:credentials/a.',
  )
  await expect(blocks.edit('credentials/a', { settings: { parent: 'block:credentials/a' } })).rejects.toThrow('circle')
})

test('a test reaches the secrets of the named block, masked, and writes only when asked', async () => {
  const { blocks } = lake()
  await blocks.create(zoom)
  await blocks.create(trips)
  const stages = await collect(blocks.test('bucket/trips', untilEnded))
  expect(stages.map(({ message }) => message)).toEqual(['trips', 'credentials ********'])
  expect((await blocks.inspect('bucket/trips')).lastTest).toMatchObject({ passed: true, stages })
  const writing = await collect(blocks.test('bucket/trips', { ...untilEnded, write: true }))
  expect(writing.map(({ stage }) => stage)).toEqual(['Bucket', 'Sign in', 'Write'])
})

test('what a test offers to create is kept with it, until it is created on request', async () => {
  const { blocks } = lake()
  await blocks.create({ type: 'bucket', name: 'trips', settings: { bucket: 'absent' } })
  const offered = await collect(blocks.test('bucket/trips', untilEnded))
  expect(offered).toMatchObject([{ ok: false, offer: { action: 'create', title: 'Create the bucket' } }])
  expect((await blocks.inspect('bucket/trips')).lastTest).toMatchObject({ passed: false, stages: offered })
  await collect(blocks.test('bucket/trips', { ...untilEnded, create: true }))
  expect((await blocks.inspect('bucket/trips')).lastTest).toMatchObject({ passed: true })
})

test('a test that hangs ends when it is cancelled, and is not kept', async () => {
  const { blocks } = lake()
  await blocks.create({ type: 'bucket', name: 'trips', settings: { bucket: 'hangs' } })
  const cancel = new AbortController()
  const stages: TestStage[] = []
  const run = async () => {
    for await (const stage of blocks.test('bucket/trips', { signal: cancel.signal, write: false })) {
      stages.push(stage)
      cancel.abort()
    }
  }
  await expect(run()).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  expect(stages).toHaveLength(1)
  expect((await blocks.inspect('bucket/trips')).lastTest).toBeNull()
})

test('an export takes along what a block names, and an import lists what is missing', async () => {
  const { blocks } = lake()
  await blocks.create(zoom)
  await blocks.create(trips)
  const text = await blocks.exportYaml(['bucket/trips'])
  const other = lake().blocks
  const imported = await other.importYaml(text)
  expect(imported.blocks.map(({ reference }) => reference)).toEqual(['block:credentials/zoom', 'block:bucket/trips'])
  expect(imported.missing).toEqual([{ reference: 'block:credentials/zoom', field: 'key', title: 'Key' }])
  expect(imported.missingBlocks).toEqual([])

  const alone = `millrace_blocks: 1\nblocks:\n- ${JSON.stringify({ ...trips, version: 1 })}\n`
  const third = lake().blocks
  const { missingBlocks } = await third.importYaml(alone)
  expect(missingBlocks).toEqual([
    { reference: 'block:bucket/trips', field: 'credentials', names: 'block:credentials/zoom' },
  ])
  expect((await third.inspect('bucket/trips')).problem).toContain('block:credentials/zoom does not exist')
  const circle = `millrace_blocks: 1\nblocks:
- { type: credentials, name: a, settings: { parent: block:credentials/b } }
- { type: credentials, name: b, settings: { parent: block:credentials/a } }\n`
  await expect(third.importYaml(circle)).rejects.toThrow('in a circle')
  expect(await third.list()).toHaveLength(1)
})
