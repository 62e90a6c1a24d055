import { expect, test } from 'vitest'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld, crashed, failed, statesOf } from './testing/virtual-world.ts'

const cancelled = { kind: 'cancelled' } as const
const conflict = { failure: { code: 'conflict' } }

test('cancelling stops what runs and starts nothing more, except tasks that always run', async () => {
  const world = createVirtualWorld()
  const tasks = [task('a'), task('b', { after: ['a'] }), task('sweep', { after: ['b'], runIf: 'always' })]
  await world.submit(flowRun('run'), flow(tasks))
  await world.driverDoes((driver) => driver.cancel('run', 'By hand'))
  expect(world.jobWith('a').stopped).toBe(true)
  expect(statesOf(world)).toEqual({ a: 'Running()', flow: "Cancelling('By hand')" })
  expect(world.waiting('b')).toBe('Waits for “a”.')
  await world.end('a', cancelled)
  expect(world.running()).toEqual(['sweep'])
  await world.end('sweep')
  expect(statesOf(world)).toEqual({
    a: 'Cancelled()',
    b: "Cancelled('By hand')",
    sweep: 'Completed()',
    flow: "Cancelled('By hand')",
  })
})

test('cancelling twice stops tasks that always run, too', async () => {
  const world = createVirtualWorld()
  const hooks = { on_failure: [], on_completion: [], on_cancellation: [task('tell')] }
  await world.submit(flowRun('run'), flow([task('sweep', { runIf: 'always' })], { hooks }))
  await world.driverDoes((driver) => driver.cancel('run'))
  expect(world.jobWith('sweep').stopped).toBe(false)
  await world.driverDoes((driver) => driver.cancel('run'))
  expect(world.jobWith('sweep').stopped).toBe(true)
  await world.end('sweep', cancelled)
  expect(statesOf(world)).toEqual({ sweep: 'Cancelled()', flow: 'Cancelled()' })
})

test('what a run that has ended is asked is refused with its state, and a run that never was is not found', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a')]))
  await world.end('a')
  for (const request of ['cancel', 'pause', 'unpause'] as const) {
    const message = `Flow run run is Completed: “${request}” does not apply.`
    await expect(world.driverDoes((driver) => driver[request]('run'))).rejects.toMatchObject({
      failure: { code: 'conflict', message },
    })
    await expect(world.driverDoes((driver) => driver[request]('never'))).rejects.toMatchObject({
      failure: { code: 'not-found' },
    })
  }
})

test('stopping one task lets the others go on, and the run ends Cancelled as in Prefect', async () => {
  const world = createVirtualWorld()
  const tasks = [task('a'), task('b', { after: ['a'] }), task('c', { after: ['a'], runIf: 'all_done' })]
  await world.submit(flowRun('run'), flow(tasks))
  await world.driverDoes((driver) => driver.cancelTask('run', 'a'))
  await world.end('a', cancelled)
  await world.end('c')
  expect(statesOf(world)).toEqual({
    a: 'Cancelled()',
    b: "Skipped('Task “a” was cancelled, and this one runs only if all before it succeed.')",
    c: 'Completed()',
    flow: "Cancelled('1/3 task runs cancelled.')",
  })
})

test('a failed task makes the run Failed, also beside one that was stopped, which no retry of the flow begins again', async () => {
  const world = createVirtualWorld()
  const hooks = { on_failure: [task('tell')], on_completion: [], on_cancellation: [task('sweep')] }
  await world.submit(flowRun('run'), flow([task('a'), task('b')], { hooks, retries: 1 }))
  await world.end('a', failed)
  await world.driverDoes((driver) => driver.cancelTask('run', 'b'))
  await world.end('b', cancelled)
  expect(world.running()).toEqual(['tell'])
  await world.end('tell')
  expect(statesOf(world)).toMatchObject({ b: 'Cancelled()', flow: "Failed('1/2 task runs failed.')" })
  expect(world.timers()).toEqual([])
})

test('a run that was cancelled is Cancelled, whatever failed in it', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b')]))
  await world.end('a', failed)
  await world.driverDoes((driver) => driver.cancel('run'))
  await world.end('b', cancelled)
  expect(statesOf(world)).toMatchObject({ a: "Failed('It broke')", flow: 'Cancelled()' })
})

test('a task run that completed although it was to stop has completed', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a')]))
  await world.driverDoes((driver) => driver.cancel('run'))
  await world.end('a')
  expect(statesOf(world)).toEqual({ a: 'Completed()', flow: 'Cancelled()' })
})

test('pausing lets what runs finish and starts nothing; resuming goes on', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('process', 1)
  await world.submit(flowRun('run'), flow([task('a'), task('b'), task('c', { after: ['a'] })]))
  await world.driverDoes((driver) => driver.pause('run'))
  await world.end('a')
  expect(world.running()).toEqual([])
  expect(world.waiting('b')).toBe('The flow run is paused.')
  expect(statesOf(world)).toMatchObject({ flow: 'Paused()' })
  await expect(world.driverDoes((driver) => driver.pause('run'))).rejects.toMatchObject(conflict)
  await world.driverDoes((driver) => driver.unpause('run'))
  await world.end('b')
  await world.end('c')
  expect(world.lines.filter((line) => line.includes('flow'))).toContain('Resuming flow run execution!')
  expect(statesOf(world)).toMatchObject({ flow: "Completed('All states completed.')" })
})

test('a task that takes too long is stopped, TimedOut and tried again', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a', { timeout: 2_000, retries: 1 })]))
  await world.nextTimer()
  expect(world.jobWith('a').stopped).toBe(true)
  await world.end('a', cancelled)
  expect(world.lines).toContain('a: Encountered exception during execution: Task run exceeded timeout of 2.0 seconds')
  await world.nextTimer()
  await world.end('a')
  expect(world.timers()).toEqual([])
  expect(statesOf(world)).toEqual({ a: 'Completed()', flow: "Completed('All states completed.')" })
})

test('a flow run that takes too long is stopped, TimedOut, and its hook runs', async () => {
  const world = createVirtualWorld()
  const hooks = { on_failure: [task('tell')], on_completion: [task('cheer')], on_cancellation: [] }
  await world.submit(flowRun('run'), flow([task('a')], { timeout: 60_000, hooks }))
  await world.nextTimer()
  await world.end('a', cancelled)
  expect(world.running()).toEqual(['tell'])
  await world.end('tell', failed)
  expect(statesOf(world)).toEqual({
    a: 'Cancelled()',
    tell: "Failed('It broke')",
    flow: "TimedOut('Flow run exceeded timeout of 60.0 seconds', type=FAILED)",
  })
})

test('a paused run does not time out', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a')], { timeout: 1_000 }))
  world.advance(400)
  await world.driverDoes((driver) => driver.pause('run'))
  expect(world.timers()).toEqual([])
  world.advance(5_000)
  await world.driverDoes((driver) => driver.unpause('run'))
  expect(world.timers()).toEqual([600])
})

test('a flow with retries tries again what did not complete', async () => {
  const world = createVirtualWorld()
  await world.submit(
    flowRun('run'),
    flow([task('a'), task('b'), task('c', { after: ['b'] })], { retries: 1, retryDelay: 5_000 }),
  )
  await world.end('a')
  await world.end('b', failed)
  expect(statesOf(world)).toMatchObject({ flow: "AwaitingRetry('1/3 task runs failed.', type=SCHEDULED)" })
  expect(world.timers()).toEqual([5_000])
  await world.nextTimer()
  expect(world.running()).toEqual(['b'])
  await world.end('b')
  await world.end('c')
  expect(statesOf(world)).toMatchObject({ flow: "Completed('All states completed.')" })
})

test('after the engine died its runs are Crashed and go on by resume, without repeating what completed', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b', { from: 'a' }), task('c', { from: 'b' })]))
  await world.end('a')
  world.restart()
  await world.driverDoes((driver) => driver.recover(['run'], 'The engine stopped.'))
  expect(statesOf(world)).toEqual({
    a: 'Completed()',
    b: "Crashed('The engine stopped.')",
    c: "Skipped('Not started: The engine stopped.')",
    flow: "Crashed('The engine stopped.')",
  })
  await world.driverDoes((driver) => driver.resume('run', []))
  await expect(world.driverDoes((driver) => driver.resume('run', []))).rejects.toMatchObject(conflict)
  expect(world.running()).toEqual(['b'])
  expect(world.jobWith('b').start).toMatchObject({ id: 'run/b#2', members: [{ attempt: 1, loadId: 'run/b' }] })
  await world.end('b')
  await world.end('c')
  expect(statesOf(world)).toMatchObject({ flow: "Completed('All states completed.')" })
  await expect(world.driverDoes((driver) => driver.resume('run', []))).rejects.toMatchObject(conflict)
})

test('on resume a completed task runs again only if its result is gone and needed', async () => {
  const world = createVirtualWorld()
  const tasks = [
    task('a'),
    task('b', { from: 'a' }),
    task('c', { from: 'b' }),
    task('aside'),
    task('d', { after: ['aside'], from: 'b' }),
  ]
  await world.submit(flowRun('run'), flow(tasks))
  for (const key of ['a', 'aside', 'b', 'd']) await world.end(key)
  await world.end('c', crashed)
  await world.driverDoes((driver) => driver.resume('run', ['a', 'b', 'aside']))
  expect(world.running()).toEqual(['a'])
  await world.end('a')
  await world.end('b')
  expect(world.running()).toEqual(['c'])
})

test('a paused run in which nothing ran outlives the engine', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b', { after: ['a'] })]))
  await world.driverDoes((driver) => driver.pause('run'))
  await world.end('a')
  world.restart()
  await world.driverDoes((driver) => driver.recover(['run'], 'The engine stopped.'))
  expect(statesOf(world)).toMatchObject({ flow: 'Paused()' })
  await world.driverDoes((driver) => driver.unpause('run'))
  expect(world.running()).toEqual(['b'])
})

test('while nothing can be stored nothing is acted on, and nothing is lost', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b', { after: ['a'] })]))
  world.state.full = true
  await world.end('a')
  expect(world.running()).toEqual([])
  expect(world.stalls).toEqual(['Nothing can be stored: Error: database or disk is full'])
  await world.nextTimer()
  expect(world.running()).toEqual([])
  world.state.full = false
  await world.nextTimer()
  expect(world.running()).toEqual(['b'])
  expect(world.stalls.at(-1)).toBe(null)
})

test('shutting down keeps what completes meanwhile and marks the rest Crashed', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b'), task('c', { after: ['a'] })]))
  const closed = world.driver().shutdown('The engine was shut down.')
  await world.settle()
  expect(world.jobWith('a').stopped).toBe(true)
  await world.end('a')
  await world.end('b', cancelled)
  await closed
  expect(world.running()).toEqual([])
  expect(statesOf(world)).toEqual({
    a: 'Completed()',
    b: "Crashed('The engine was shut down.')",
    c: "Skipped('Not started: The engine was shut down.')",
    flow: "Crashed('The engine was shut down.')",
  })
  await expect(world.driver().cancel('run')).rejects.toMatchObject({ failure: { code: 'unavailable' } })
})

test('a task that is held or stopped while it is being prepared does not start', async () => {
  const world = createVirtualWorld({ later: () => true })
  await world.submit(flowRun('run'), flow([task('a'), task('b')]))
  expect(world.waiting('a')).toBe('Its inputs and settings are being worked out.')
  await world.driverDoes((driver) => driver.hold('run', 'a'))
  await world.driverDoes((driver) => driver.cancelTask('run', 'b'))
  while (world.answer()) await world.settle()
  expect(world.running()).toEqual([])
  expect(world.waiting('a')).toBe('Held; it goes on when released.')
  await world.driverDoes((driver) => driver.release('run', 'a'))
  while (world.answer()) await world.settle()
  expect(world.running()).toEqual(['a'])
})

test('a late report of an earlier try says nothing of the present one', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a', { retries: 1 })]))
  const late = { flowRun: 'run', job: world.jobWith('a').start.id, taskRun: 'a', outcome: failed }
  await world.end('a', failed)
  await world.nextTimer()
  const before = world.batches.length
  world.driver().report(late)
  await world.settle()
  expect(statesOf(world)).toMatchObject({ a: 'Retrying(type=RUNNING)' })
  expect(world.batches.length).toBe(before)
})

test('a hook that is skipped does not keep the run from ending', async () => {
  const world = createVirtualWorld()
  const hooks = { on_failure: [task('tell', { from: 'a' })], on_completion: [], on_cancellation: [] }
  await world.submit(flowRun('run'), flow([task('a')], { hooks }))
  await world.end('a', failed)
  expect(statesOf(world)).toMatchObject({
    tell: "Skipped('Task “a” failed, and this one runs only if all before it succeed.')",
    flow: "Failed('1/1 task runs failed.')",
  })
})
