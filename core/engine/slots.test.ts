import { expect, test } from 'vitest'
import { flow, flowRun, table, task } from './testing/flows.ts'
import { createVirtualWorld } from './testing/virtual-world.ts'

test('who has a slot of a limit and who waits for it is told as admission has it', async () => {
  const world = createVirtualWorld({
    prepare: ({ task: { forEach }, item }) =>
      forEach && item === null
        ? { kind: 'map', items: ['x', 'y'] }
        : { kind: 'run', settings: null, limits: [], cache: null },
  })
  world.driver().setLimit('tag:etl', 1)
  const each = task('each', { tags: ['etl'], forEach: { kind: 'items', items: '' } })
  await world.submit(flowRun('run'), flow([each, task('after', { tags: ['etl'], after: ['each'] })]))
  expect(world.driver().slots('tag:etl')).toEqual({ holders: ['run/each[0]'], waiters: ['run/each[1]'] })
  await world.end('each[0]')
  expect(world.driver().slots('tag:etl')).toEqual({ holders: ['run/each[1]'], waiters: [] })
  await world.end('each[1]')
  await world.end('after')
  expect(world.driver().slots('tag:etl')).toEqual({ holders: [], waiters: [] })
})

test('of a chain in one job that task is named which asked for the limit', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('tag:etl', 1)
  const chain = [table('read'), { ...table('clean', 'read'), tags: ['etl'] }]
  await world.submit(flowRun('one'), flow(chain))
  await world.submit(flowRun('two'), flow(chain))
  expect(world.driver().slots('tag:etl')).toEqual({ holders: ['one/clean'], waiters: ['two/clean'] })
})
