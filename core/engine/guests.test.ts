import { expect, test } from 'vitest'
import type { Preparation } from '#core/model/run-event.ts'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld } from './testing/virtual-world.ts'

const file = { name: 'duckdb:/home/w.duckdb', capacity: 1 }
const onFile: Preparation = { kind: 'run', settings: null, limits: [file], cache: null }

test('a guest waits for the slots of a task, with the reason, and a task for those of a guest', async () => {
  const world = createVirtualWorld({ prepare: () => onFile })
  await world.submit(flowRun('run'), flow([task('a'), task('b', { after: ['a'] })]))
  const guest = world.driver().receive({ id: 'look', limits: [file], label: 'a query on block:duckdb/w' })
  let admitted = false
  void guest.admitted.then(() => (admitted = true))
  await world.settle()
  expect([admitted, guest.waiting()]).toEqual([
    false,
    'Waits for the DuckDB file /home/w.duckdb, which one task at a time can open (in use by a of name-of-run).',
  ])
  await world.end('a')
  expect([admitted, guest.waiting(), world.running()]).toEqual([true, null, []])
  expect(world.waiting('b')).toMatch(/in use by a query on block:duckdb\/w/)
  guest.leave()
  await world.settle()
  expect(world.running()).toEqual(['b'])
})

test('a guest that left while it waited is never let in, and keeps nobody out', async () => {
  const world = createVirtualWorld({ prepare: () => onFile })
  await world.submit(flowRun('run'), flow([task('a'), task('b', { after: ['a'] })]))
  const guest = world.driver().receive({ id: 'look', limits: [file], label: 'a query' })
  await world.settle()
  guest.leave()
  await world.end('a')
  expect(world.running()).toEqual(['b'])
})

test('a guest without limits comes in at once; one that a limit shuts out is told so', async () => {
  const world = createVirtualWorld()
  const free = world.driver().receive({ id: 'one', limits: [], label: 'one' })
  const never = world.driver().receive({ id: 'two', limits: [{ name: 'tag:x', capacity: 0 }], label: 'two' })
  const answers = Promise.allSettled([free.admitted, never.admitted])
  await world.settle()
  expect(await answers).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { failure: { code: 'limit' } } },
  ])
})
