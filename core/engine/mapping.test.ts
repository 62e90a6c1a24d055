import { expect, test } from 'vitest'
import { flow, flowRun, task } from './testing/flows.ts'
import { createVirtualWorld, failed, statesOf } from './testing/virtual-world.ts'

test('a mapped task runs its items within its concurrency and fails as a whole after all have ended', async () => {
  const world = createVirtualWorld({
    prepare: ({ task: { forEach }, item }) =>
      forEach && !item
        ? { kind: 'map', items: ['x', 'y', 'z'] }
        : { kind: 'run', settings: item?.value ?? null, limits: [], cache: null },
  })
  const fetch = task('fetch', { forEach: { kind: 'items', items: '{{ months }}' }, concurrency: 2 })
  await world.submit(
    flowRun('run'),
    flow([fetch, task('all', { inputs: { files: [{ task: 'fetch', output: 'out' }] } })]),
  )
  expect(world.running()).toEqual(['fetch[0]', 'fetch[1]'])
  expect(world.waiting('fetch[2]')).toBe(
    'Waits for the concurrency of task “fetch” (2 of 2 in use by fetch[0] of name-of-run, fetch[1] of name-of-run).',
  )
  await world.end('fetch[0]', failed)
  await world.end('fetch[1]')
  expect(world.jobWith('fetch[2]').start.members[0]).toMatchObject({ settings: 'z', item: 2, loadId: 'run/fetch[2]' })
  await world.end('fetch[2]')
  expect(statesOf(world)).toMatchObject({
    fetch: "Failed('1 of 3 items failed.')",
    flow: "Failed('1/4 task runs failed.')",
  })
  await world.driverDoes((driver) => driver.resume('run', []))
  expect(world.running()).toEqual(['fetch[0]'])
  await world.end('fetch[0]')
  expect(world.jobWith('all').start.members[0]?.inputs['files']).toMatchObject({
    from: 'handles',
    handles: [{}, {}, {}],
  })
  await world.end('all')
  expect(statesOf(world)).toMatchObject({
    fetch: "Completed('3 of 3 items completed.')",
    flow: "Completed('All states completed.')",
  })
})

test('a task that follows the items of another gets its own item of it', async () => {
  const world = createVirtualWorld({
    prepare: ({ task: { forEach }, item }) =>
      forEach?.kind === 'items' && !item
        ? { kind: 'map', items: [10, 20] }
        : { kind: 'run', settings: item?.value ?? null, limits: [], cache: null },
  })
  const get = task('get', { forEach: { kind: 'items', items: [10, 20] } })
  const load = task('load', { from: 'get', forEach: { kind: 'like', task: 'get' } })
  await world.submit(flowRun('run'), flow([get, load]))
  await world.end('get[0]', { kind: 'completed', outputs: { out: { kind: 'value', value: 'first' } } })
  await world.end('get[1]', { kind: 'completed', outputs: { out: { kind: 'value', value: 'second' } } })
  expect(world.running()).toEqual(['load[0]', 'load[1]'])
  expect(world.jobWith('load[1]').start.members[0]).toMatchObject({
    settings: 20,
    inputs: { in: { from: 'handle', handle: { value: 'second' } } },
  })
})

test('no items is Completed, and what takes the list gets an empty one', async () => {
  const world = createVirtualWorld({
    prepare: ({ task: { forEach } }) =>
      forEach ? { kind: 'map', items: [] } : { kind: 'run', settings: null, limits: [], cache: null },
  })
  const none = task('none', { forEach: { kind: 'items', items: [] } })
  await world.submit(
    flowRun('run'),
    flow([none, task('all', { inputs: { files: [{ task: 'none', output: 'out' }] } })]),
  )
  expect(world.jobWith('all').start.members[0]?.inputs).toEqual({
    files: { from: 'handles', handles: [], sources: [] },
  })
  expect(statesOf(world)).toMatchObject({ none: "Completed('There are no items.')" })
})

test('an output that is a list gives its handles to what takes many, also where a mapped task makes one for each item', async () => {
  const handle = (value: string) => ({ kind: 'value', value }) as const
  const world = createVirtualWorld({
    prepare: ({ task: { forEach }, item }) =>
      forEach && !item ? { kind: 'map', items: [1, 2] } : { kind: 'run', settings: null, limits: [], cache: null },
  })
  const both = [
    { task: 'one', output: 'out' },
    { task: 'each', output: 'out' },
  ]
  await world.submit(
    flowRun('run'),
    flow([
      task('one'),
      task('each', { forEach: { kind: 'items', items: [1, 2] } }),
      task('all', { inputs: { files: both } }),
    ]),
  )
  const list = (...values: string[]) => ({ out: { kind: 'list', handles: values.map(handle) } as const })
  await world.end('one', { kind: 'completed', outputs: list() })
  await world.end('each[0]', { kind: 'completed', outputs: list('a', 'b') })
  await world.end('each[1]', { kind: 'completed', outputs: list('c') })
  expect(world.jobWith('all').start.members[0]?.inputs['files']).toMatchObject({
    handles: ['a', 'b', 'c'].map(handle),
    sources: [{ place: 0 }, { place: 1 }, { place: 2 }],
  })
})
