import { expect, test } from 'vitest'
import { flow, flowRun, table, task } from './testing/flows.ts'
import { createVirtualWorld, failed, statesOf } from './testing/virtual-world.ts'

test('tables that only the next task takes run as one job', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([table('read'), table('clean', 'read'), table('save', 'clean', 'reads')]))
  expect(world.running()).toEqual(['read', 'clean', 'save'])
  expect(world.jobs.size).toBe(1)
  await world.end('read')
  await world.end('clean', failed)
  await world.end('save', { kind: 'returned' })
  expect(statesOf(world)).toEqual({
    read: 'Completed()',
    clean: "Failed('It broke')",
    save: "Skipped('Task “clean” failed, and this one runs only if all before it succeed.')",
    flow: "Failed('1/3 task runs failed.')",
  })
})

test('a fused chain starts again at the member that failed', async () => {
  const world = createVirtualWorld()
  const clean = { ...table('clean', 'read'), retries: 1, retryDelay: { kind: 'fixed', delay: 5 } as const }
  await world.submit(flowRun('run'), flow([table('read'), clean, table('save', 'clean', 'reads')]))
  expect(world.jobWith('read').start.members.map(({ inputs, taken }) => [inputs, taken])).toEqual([
    [{}, []],
    [{ in: { from: 'previous', output: 'out' } }, []],
    [{ in: { from: 'previous', output: 'out' } }, []],
  ])
  await world.end('read')
  await world.end('clean', failed)
  await world.end('save', { kind: 'returned' })
  expect(world.running()).toEqual([])
  await world.nextTimer()
  expect(world.running()).toEqual(['clean', 'save'])
  expect(world.jobWith('clean').start.members.map(({ attempt }) => attempt)).toEqual([2, 1])
  await world.end('clean')
  await world.end('save')
  expect(statesOf(world)).toMatchObject({ save: 'Completed()', flow: "Completed('All states completed.')" })
})

test('a held member cuts a fused chain, and goes on when released', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('process', 1)
  await world.submit(flowRun('other'), flow([task('long')]))
  await world.submit(flowRun('run'), flow([table('read'), table('clean', 'read'), table('save', 'clean', 'reads')]))
  await world.driverDoes((driver) => driver.hold('run', 'clean'))
  await world.end('long')
  expect(world.running()).toEqual(['read'])
  await world.end('read')
  expect(world.running()).toEqual([])
  expect(
    world
      .driver()
      .view('run')
      ?.taskRuns.map(({ waiting }) => waiting),
  ).toEqual([null, 'Held; it goes on when released.', 'Waits for “clean”.'])
  await world.driverDoes((driver) => driver.release('run', 'clean'))
  expect(world.running()).toEqual(['clean', 'save'])
})

test('of a fused chain only the member whose tag has the limit 0 fails', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('tag:db', 0)
  await world.submit(flowRun('run'), flow([table('read'), { ...table('save', 'read', 'reads'), tags: ['db'] }]))
  expect(world.running()).toEqual(['read'])
  await world.end('read')
  expect(statesOf(world)).toMatchObject({ read: 'Completed()', flow: "Failed('1/2 task runs failed.')" })
})

test('a task that begins a plan waits for its inputs, and those after it run with it', async () => {
  const world = createVirtualWorld()
  const join = table('join', 'read', 'starts')
  await world.submit(
    flowRun('run'),
    flow([table('read'), join, table('group', 'join'), table('save', 'group', 'reads')]),
  )
  expect(world.running()).toEqual(['read'])
  await world.end('read')
  expect(world.running()).toEqual(['join', 'group', 'save'])
})
