import { expect, test } from 'vitest'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld, done, failed, statesOf } from './testing/virtual-world.ts'

test('a chain runs in order, and each step is stored with the start of the next in one commit', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b', { from: 'a' }), task('c', { from: 'b' })]))
  expect(world.running()).toEqual(['a'])
  const before = world.state.appends
  await world.end('a')
  expect(world.running()).toEqual(['b'])
  expect(world.state.appends).toBe(before + 1)
  await world.end('b')
  await world.end('c')
  expect(statesOf(world)).toEqual({
    a: 'Completed()',
    b: 'Completed()',
    c: 'Completed()',
    flow: "Completed('All states completed.')",
  })
  expect(await world.driver().whenEnded('run')).toMatchObject({ name: 'Completed' })
  expect(world.lines).toEqual([
    "Created task run 'a-0' for task 'a'",
    "Submitted task run 'a-0' for execution.",
    'a: Finished in state Completed()',
    "Created task run 'b-0' for task 'b'",
    "Submitted task run 'b-0' for execution.",
    'b: Finished in state Completed()',
    "Created task run 'c-0' for task 'c'",
    "Submitted task run 'c-0' for execution.",
    'c: Finished in state Completed()',
    "Finished in state Completed('All states completed.')",
  ])
})

test('a failure that is final is not tried again: a part of its effect has happened', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('tell', { retries: 2 })]))
  const failure = { code: 'invalid', message: 'Not sent to …0001.', retryable: false, final: true } as const
  await world.end('tell', { kind: 'failed', failure })
  expect(world.timers()).toEqual([])
  expect(statesOf(world)).toMatchObject({ tell: "Failed('Not sent to …0001.')" })
})

test('a task that fails is tried again after its delays, as Prefect logs it', async () => {
  const world = createVirtualWorld()
  const retry = task('get', { retries: 2, retryDelay: { kind: 'list', delays: [10_000, 60_000] } })
  await world.submit(flowRun('run'), flow([retry]))
  await world.end('get', failed)
  expect(world.timers()).toEqual([10_000])
  await world.nextTimer()
  await world.end('get', failed)
  expect(world.timers()).toEqual([60_000])
  await world.nextTimer()
  await world.end('get')
  expect(world.lines).toEqual([
    "Created task run 'get-0' for task 'get'",
    "Submitted task run 'get-0' for execution.",
    'get: Encountered exception during execution: It broke',
    "get: Received non-final state 'AwaitingRetry' when proposing final state 'Failed' and will attempt to run again...",
    'get: The next attempt is in 10.0 s.',
    "Submitted task run 'get-0' for execution.",
    'get: Encountered exception during execution: It broke',
    "get: Received non-final state 'AwaitingRetry' when proposing final state 'Failed' and will attempt to run again...",
    'get: The next attempt is in 1 m 00 s.',
    "Submitted task run 'get-0' for execution.",
    'get: Finished in state Completed()',
    "Finished in state Completed('All states completed.')",
  ])
})

test('a disabled task lets its input through, and tasks after it take that for success', async () => {
  const world = createVirtualWorld({
    prepare: ({ task: { disabled }, inputs }) => {
      const { in: input } = inputs
      if (disabled) return { kind: 'pass', outputs: input?.from === 'handle' ? { out: input.handle } : {} }
      return { kind: 'run', settings: null, limits: [], cache: null }
    },
  })
  await world.submit(
    flowRun('run'),
    flow([task('a'), task('b', { from: 'a', disabled: true }), task('c', { from: 'b' })]),
  )
  await world.end('a')
  expect(world.jobWith('c').start.members[0]?.inputs).toMatchObject({ in: { handle: { value: 1 } } })
  await world.end('c')
  expect(statesOf(world)).toMatchObject({ b: "Skipped('Disabled.')", flow: "Completed('All states completed.')" })
})

test('a required input that nobody made skips the task even when its run_if holds', async () => {
  const world = createVirtualWorld()
  const tasks = [
    task('a', { allowFailure: true }),
    task('b', { from: 'a' }),
    task('c', { after: ['a'] }),
    task('d', { from: 'b', runIf: 'all_done' }),
  ]
  await world.submit(flowRun('run'), flow(tasks))
  await world.end('a', failed)
  await world.end('c')
  expect(statesOf(world)).toMatchObject({
    b: "Skipped('Its input “in” is missing: task “a” left no output.')",
    c: 'Completed()',
    d: "Skipped('Its input “in” is missing: task “b” left no output.')",
    flow: "Completed('All states completed.')",
  })
})

test('results that a cache keeps need no slot', async () => {
  const cache = { key: 'k', parts: {}, outcome: 'hit', from: { flowRun: 'before', taskRun: 'a' } } as const
  const world = createVirtualWorld({
    prepare: ({ task: { id } }) =>
      id === 'a'
        ? { kind: 'cached', settings: 1, outputs: {}, cache }
        : { kind: 'run', settings: null, limits: [], cache: null },
  })
  world.driver().setLimit('process', 1)
  await world.submit(flowRun('other'), flow([task('long')]))
  await world.submit(flowRun('run'), flow([task('a')]))
  expect(statesOf(world)).toMatchObject({ a: 'Cached(type=COMPLETED)', flow: "Completed('All states completed.')" })
})

test('a tag limit of 0 fails the task at once and says what to do', async () => {
  const world = createVirtualWorld()
  world.driver().setLimit('tag:db', 0)
  await world.submit(flowRun('run'), flow([task('a', { tags: ['db'], retries: 3 }), task('b')]))
  expect(world.running()).toEqual(['b'])
  await world.end('b')
  expect(statesOf(world)).toMatchObject({
    a: "Failed('The concurrency limit on tag “db” is 0 and would never let it run. Raise or delete the limit, or take the tag off the task.')",
    flow: "Failed('1/2 task runs failed.')",
  })
})

test('a part of a flow takes the rest from a former run', async () => {
  const world = createVirtualWorld()
  const document = flow([task('a'), task('b', { from: 'a' }), task('c', { from: 'b' }), task('d', { from: 'c' })])
  const selection = { tasks: ['b', 'd'], reuse: 'before' }
  const reused = [{ task: 'a', from: 'before', outputs: { out: { kind: 'value', value: 7 } } } as const]
  await world.submit(flowRun('run', { selection }), document, reused)
  expect(world.jobWith('b').start.members[0]?.inputs).toEqual({
    in: { from: 'handle', handle: { kind: 'value', value: 7 } },
  })
  await world.end('b')
  expect(statesOf(world)).toEqual({
    a: "Cached('Reused from flow run before', type=COMPLETED)",
    b: 'Completed()',
    c: "Skipped('Not selected.')",
    d: "Skipped('Its input “in” is missing: task “c” was not selected and has no kept output.')",
    flow: "Completed('All states completed.')",
  })
})

test('row counts that become known later are told once more', async () => {
  const world = createVirtualWorld()
  await world.submit(flowRun('run'), flow([task('a'), task('b', { from: 'a' })]))
  await world.end('a')
  world.driver().measured('run', 'a', { out: { kind: 'value', value: 99 } })
  await world.settle()
  expect(world.driver().view('run')?.taskRuns[0]?.outputs).toEqual({ out: { kind: 'value', value: 99 } })
  expect(world.lines.filter((line) => line.startsWith('a:'))).toEqual(['a: Finished in state Completed()'])
})

test('a failure at the head of ten thousand tasks skips them all', async () => {
  const world = createVirtualWorld()
  const tasks = Array.from({ length: 10_000 }, (_, index) =>
    task(`t${index}`, index === 0 ? {} : { from: `t${index - 1}` }),
  )
  await world.submit(flowRun('run'), flow(tasks))
  await world.end('t0', failed)
  expect(statesOf(world)).toMatchObject({
    t9999: "Skipped('Task “t9998” was skipped, and this one runs only if all before it succeed.')",
    flow: "Failed('1/10000 task runs failed.')",
  })
})

test('what is decided while a batch is on its way to the disk is stored together after it, and acted on only then', async () => {
  const world = createVirtualWorld({ slowDisk: true })
  await world.submit(flowRun('run'), flow([task('a'), task('b'), task('c'), task('d', { from: 'c' })]))
  const before = world.state.appends
  world.report(world.jobWith('a'), done)
  // The first is on its way now; the others come in behind it.
  world.tick()
  world.report(world.jobWith('b'), done)
  world.report(world.jobWith('c'), done)
  world.tick()
  expect(world.running()).toEqual([])
  await world.settle()
  expect([world.state.appends - before, world.running()]).toEqual([2, ['d']])
  await world.end('d')
  expect(statesOf(world)).toMatchObject({ flow: "Completed('All states completed.')" })
})

test('a disk that refuses a batch a moment later stalls the engine; nothing is lost, doubled or done in another order', async () => {
  const world = createVirtualWorld({ slowDisk: true })
  await world.submit(flowRun('run'), flow([task('a'), task('b', { from: 'a' })]))
  world.state.full = true
  await world.end('a')
  expect([world.running(), world.stalls]).toEqual([[], ['Nothing can be stored: Error: database or disk is full']])
  world.state.full = false
  await world.nextTimer()
  expect([world.running(), world.stalls.at(-1)]).toEqual([['b'], null])
  await world.end('b')
  expect(statesOf(world)).toMatchObject({ a: 'Completed()', b: 'Completed()' })
})
