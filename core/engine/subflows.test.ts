import { expect, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld, failed } from './testing/virtual-world.ts'

/** As `flow.run`: it works nothing itself and waits for its flow run. */
const subflow = (id: string, rest: Parameters<typeof task>[1] = {}) => task(id, { ...rest, traits: { runs: 'inline' } })
const childOf = (parent: string, id: string): FlowRun => flowRun(id, { parent: { flowRun: parent, taskRun: 'sub' } })

type World = ReturnType<typeof createVirtualWorld>
const stateOf = (world: World, id: string) => world.stored.get(id)?.flowRun.state

test('a pause reaches the subflows and theirs, and so does going on', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('top'), flow([subflow('sub')]))
  await world.submit(childOf('top', 'middle'), flow([subflow('inner')]))
  await world.submit(childOf('middle', 'low'), flow([task('a'), task('b', { after: ['a'] })]))
  await world.submit(flowRun('other'), flow([task('free'), task('next', { after: ['free'] })]))
  await world.driverDoes((driver) => driver.pause('top'))
  await world.end('a')
  await world.end('free')
  expect(world.running()).toEqual(['sub', 'inner', 'next'])
  expect(['top', 'middle', 'low'].map((id) => stateOf(world, id)?.name)).toEqual(['Paused', 'Paused', 'Paused'])
  expect(stateOf(world, 'low')?.message).toBe('Its parent flow run “name-of-middle” is paused.')
  await world.driverDoes((driver) => driver.unpause('top'))
  expect(world.running()).toEqual(['sub', 'inner', 'next', 'b'])
  expect(['top', 'middle', 'low'].map((id) => stateOf(world, id)?.name)).toEqual(['Running', 'Running', 'Running'])
})

test('a subflow that begins while its parent is paused starts nothing until it goes on', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('top'), flow([subflow('sub')]))
  await world.driverDoes((driver) => driver.pause('top'))
  await world.submit(childOf('top', 'child'), flow([task('a')]))
  expect(world.running()).toEqual(['sub'])
  await world.driverDoes((driver) => driver.unpause('top'))
  expect(world.running()).toEqual(['sub', 'a'])
})

test('a subflow whose next try is due while its parent is paused starts nothing until it goes on', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('top'), flow([subflow('sub')]))
  await world.submit(childOf('top', 'child'), flow([task('a')], { retries: 1, retryDelay: 1_000 }))
  await world.end('a', failed)
  await world.driverDoes((driver) => driver.pause('top'))
  await world.nextTimer()
  expect(world.running()).toEqual(['sub'])
  await world.driverDoes((driver) => driver.unpause('top'))
  expect(world.running()).toEqual(['sub', 'a'])
})

test('a subflow does not wait for a slot of a tag that its own parent would hold', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('tag:etl', 1)
  await world.submit(flowRun('top'), flow([subflow('sub', { tags: ['etl'] })]))
  await world.submit(childOf('top', 'child'), flow([task('a', { tags: ['etl'] }), task('b', { tags: ['etl'] })]))
  expect(world.running()).toEqual(['sub', 'a'])
  await world.end('a')
  expect(world.running()).toEqual(['sub', 'b'])
})
