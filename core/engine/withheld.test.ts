import { expect, test } from 'vitest'
import type { Driver } from './ports.ts'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld, failed, statesOf } from './testing/virtual-world.ts'

/** `run` died in its first try, `over` had failed; an engine follows that runs nothing it is not asked for. */
const toBeTriedAgain = async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('over'), flow([task('b')]))
  await world.end('b', failed)
  await world.submit(flowRun('run'), flow([task('a')], { retries: 1, retryDelay: 5_000 }))
  const next = async () => {
    world.restart()
    await world.driverDoes((driver) => driver.recover(['run'], 'The engine stopped.', 'wait'))
  }
  await next()
  return { ...world, next }
}

const asks: Readonly<Record<string, (driver: Driver) => Promise<void>>> = {
  'another run is resumed': (driver) => driver.resume('over', []),
  'it is asked to go on itself': (driver) => driver.unpause('run'),
}

test.each(Object.keys(asks))('a run to be tried again waits until %s', async (name) => {
  const world = await toBeTriedAgain()
  expect(statesOf(world)).toMatchObject({ flow: "AwaitingRetry('The engine stopped.', type=SCHEDULED)" })
  expect([world.timers(), world.driver().withheld()]).toEqual([[], ['run']])
  await world.driverDoes((driver) => asks[name]?.(driver) ?? Promise.reject(new Error(name)))
  expect([world.timers(), world.driver().withheld()]).toEqual([[5_000], []])
  await world.nextTimer()
  expect(world.running()).toContain('a')
})

test('a run to be tried again waits until another run is submitted', async () => {
  const world = await toBeTriedAgain()
  await world.submit(flowRun('new'), flow([task('c')]))
  await world.nextTimer()
  expect(world.running()).toEqual(['c', 'a'])
})

test('a run to be tried again can be cancelled meanwhile, and outlives engines that are asked for nothing', async () => {
  const world = await toBeTriedAgain()
  await world.driverDoes((driver) => driver.shutdown('The engine was stopped.'))
  await world.next()
  expect(world.driver().withheld()).toEqual(['run'])
  await world.driverDoes((driver) => driver.cancel('run'))
  expect(world.stored.get('run')?.flowRun.state.name).toBe('Cancelled')
  expect(world.driver().withheld()).toEqual([])
})
