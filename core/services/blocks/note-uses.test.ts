import { expect, test } from 'vitest'
import { lake } from './lake-suite.ts'

const minute = 60_000

test('when a run last used a block is kept, written at most once a minute', async () => {
  let now = 1_000_000
  const space = lake({ now: () => now })
  const { blocks, world } = space
  const written: number[] = []
  const watching = lake({
    now: () => now,
    store: {
      ...world.store,
      recordUse: (block, at) => {
        written.push(at)
        return world.store.recordUse(block, at)
      },
    },
  }).blocks
  await blocks.create({ type: 'string', name: 'x', settings: { value: 'text' } })
  await blocks.resolve('string/x')
  expect((await blocks.inspect('string/x')).lastUsedAt).toBeNull()
  for (const [ask, expected] of [
    [0, 1],
    [minute - 1, 1],
    [1, 2],
    [0, 2],
  ] as const) {
    now += ask
    await watching.use('string/x')
    expect(written).toHaveLength(expected)
  }
  expect((await blocks.inspect('string/x')).lastUsedAt).toBe(1_000_000 + minute)
  await blocks.edit('string/x', { settings: { value: 'other' } })
  expect((await blocks.inspect('string/x')).lastUsedAt).toBe(1_000_000 + minute)
  expect((await blocks.duplicate('string/x', 'y')).lastUsedAt).toBeNull()
})
