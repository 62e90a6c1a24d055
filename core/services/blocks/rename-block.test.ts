import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DraftNews } from '#core/model/flow-draft.ts'
import { created, sampleDocument, sampleRun } from '#core/world/home/testing/sample-runs.ts'
import { lake } from './lake-suite.ts'

const zoom = { type: 'credentials', name: 'zoom', settings: {}, secrets: { key: 'key:dtc-project' } }
const trips = { type: 'bucket', name: 'trips', settings: { bucket: 'trips', credentials: 'block:credentials/zoom' } }

const upload = `parameters:
  lake: { type: block, types: [bucket], default: block:bucket/trips }   # usual
tasks:
  # keeps this comment
  say: { type: log.message, with: { message: '{{ blocks.bucket.trips.bucket }}' } }
  list:
    type: storage.list
    with: { storage: "block:bucket/trips" }
`

const withFlows = async () => {
  const space = lake()
  await space.blocks.create(zoom)
  await space.blocks.create(trips)
  space.flow('upload', upload)
  space.flow('other', 'tasks: { say: { type: log.message, with: { message: block:bucket/trips-2 } } }\n')
  return space
}

test('a block is used by the flows, with their tasks, and by the blocks that name it', async () => {
  const { blocks, library } = await withFlows()
  expect(await blocks.uses('bucket/trips')).toEqual({
    flows: [
      {
        name: 'upload',
        library: 'upload',
        file: join(library, 'upload.yaml'),
        places: [
          { task: null, path: ['parameters', 'lake', 'default'] },
          { task: 'say', path: ['tasks', 'say', 'with', 'message'] },
          { task: 'list', path: ['tasks', 'list', 'with', 'storage'] },
        ],
      },
    ],
    blocks: [],
    runs: [],
  })
  const all = await blocks.allUses()
  expect(Object.keys(all)).toEqual(['block:bucket/trips', 'block:credentials/zoom'])
  expect(all['block:credentials/zoom']?.blocks).toEqual([{ reference: 'block:bucket/trips', fields: ['credentials'] }])
})

test('a used block is not deleted, and the refusal lists what uses it; forced it is', async () => {
  const { blocks } = await withFlows()
  await expect(blocks.delete('bucket/trips')).rejects.toMatchObject({
    failure: {
      code: 'conflict',
      message: expect.stringContaining('the flow “upload” (parameters.lake, task say, task list)') as unknown,
    },
  })
  await expect(blocks.delete('credentials/zoom')).rejects.toThrow('block:bucket/trips (credentials)')
  await blocks.delete('bucket/trips', true)
  await blocks.delete('credentials/zoom')
  expect(await blocks.list()).toEqual([])
})

test('references follow a rename in flows and blocks, and nothing else changes', async () => {
  const { blocks, read } = await withFlows()
  const before = read('upload')
  const other = read('other')
  const renamed = await blocks.rename('bucket/trips', 'lake')
  expect(renamed).toMatchObject({ block: { reference: 'block:bucket/lake' }, flows: ['upload'], blocks: [] })
  expect(read('upload')).toBe(
    before.replaceAll('block:bucket/trips', 'block:bucket/lake').replace('bucket.trips.bucket', 'bucket.lake.bucket'),
  )
  expect(read('other')).toBe(other)
  const keys = await blocks.rename('credentials/zoom', 'my key')
  expect(keys).toMatchObject({ flows: [], blocks: ['block:bucket/lake'] })
  expect((await blocks.inspect('bucket/lake')).settings).toEqual({
    bucket: 'trips',
    credentials: 'block:credentials/my key',
  })
  expect(await blocks.readSecret('block:credentials/my key')).toBe('key:dtc-project')
})

test('a flow that is open in an editor, also outside the library, is told', async () => {
  const { blocks, drafts, home } = await withFlows()
  const file = join(home.dir, 'elsewhere.yaml')
  writeFileSync(file, `millrace: 1\nname: elsewhere\n${upload}`)
  const draft = await drafts.open({ from: 'file', path: file, cwd: '/' })
  const stop = new AbortController()
  const news = drafts.watch(file, stop.signal)[Symbol.asyncIterator]()
  await news.next()
  expect((await blocks.rename('bucket/trips', 'lake')).flows).toEqual([file, 'upload'])
  const told: IteratorResult<DraftNews> = await news.next()
  expect(told.value).toMatchObject({ editor: null, draft: { revision: draft.revision + 1 } })
  expect(readFileSync(file, 'utf8')).toContain('"block:bucket/lake"')
  stop.abort()
  await news.return?.()
})

test('nothing is renamed while a flow that names the block cannot follow, or a run that names it goes on', async () => {
  const { blocks, flow, read, home } = await withFlows()
  flow('broken', `tasks: { a: { with: { storage: block:bucket/trips } \n`)
  const before = read('upload')
  await expect(blocks.rename('bucket/trips', 'lake')).rejects.toThrow('The flow “broken” cannot follow the new name.')
  await expect(blocks.delete('bucket/trips')).rejects.toThrow('the flow “broken”')
  flow('broken', 'tasks: {}\n')
  const document = { ...sampleDocument(), text: before }
  home.store.putDocument(document)
  home.store.append(created(sampleRun('run-1', { name: 'wise-crane' })))
  await expect(blocks.rename('bucket/trips', 'lake')).rejects.toThrow(
    'flow runs that have not ended name it (“wise-crane”)',
  )
  expect((await blocks.uses('bucket/trips')).runs).toEqual([{ flowRun: 'run-1', name: 'wise-crane' }])
  expect(read('upload')).toBe(before)
})

test('after a crash in the middle, or a file that could not be written, the next start goes on', async () => {
  const space = await withFlows()
  const file = join(space.library, 'upload.yaml')
  const crashing = lake({
    store: space.world.store,
    flows: {
      ...space.world.flows,
      planRename: async (rename) => {
        const plan = await space.world.flows.planRename(rename)
        return { ...plan, follow: () => Promise.reject(new Error('the disk is full')) }
      },
    },
  })
  await expect(crashing.blocks.rename('bucket/trips', 'lake')).rejects.toThrow(
    'The block is now block:bucket/lake, but not every flow that names it could be changed',
  )
  expect(readFileSync(file, 'utf8')).toContain('block:bucket/trips')
  await space.blocks.followRenames()
  expect(readFileSync(file, 'utf8')).not.toContain('block:bucket/trips')
  expect(await space.world.store.pendingRenames()).toEqual([])
})
