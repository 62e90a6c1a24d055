import { expect, test } from 'vitest'
import { catalogue } from '#core/catalogue.ts'
import { blocksService } from './blocks.ts'
import { memoryStore, testWorld } from './world-suite.ts'

test('a new home has a lake and a warehouse, and one deleted stays so', async () => {
  const blocks = blocksService(testWorld({ catalogue }))
  await blocks.createDefaults()
  const references = async () => (await blocks.list()).map(({ reference, problem }) => [reference, problem])
  expect(await references()).toEqual([
    ['block:duckdb/warehouse', null],
    ['block:local-file-system/lake', null],
  ])
  await blocks.delete('duckdb/warehouse')
  await blocks.createDefaults()
  expect(await references()).toEqual([['block:local-file-system/lake', null]])
})

test('a start that dies while it makes the default blocks leaves none, and the next makes all', async () => {
  const store = memoryStore()
  let commits = 0
  const dying = blocksService(
    testWorld({
      catalogue,
      store: {
        ...store,
        commit: async (...changes) => {
          commits += 1
          if (commits > 1) throw new Error('died')
          return store.commit(...changes)
        },
      },
    }),
  )
  await dying.createDefaults().catch(() => undefined)
  const blocks = blocksService(testWorld({ catalogue, store }))
  await blocks.createDefaults()
  expect((await blocks.list()).map(({ name }) => name)).toEqual(['warehouse', 'lake'])
})
