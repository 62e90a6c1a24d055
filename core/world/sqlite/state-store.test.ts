import { describe, expect, test } from 'vitest'
import {
  created,
  decided,
  sampleDocument,
  sampleEnded,
  sampleRun,
  sampleTaskRun,
} from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory, homeOnDisk, refusalFrom } from '#core/world/home/testing/throw-away.ts'

const kinds = [
  { kind: 'on disk', open: () => homeOnDisk() },
  { kind: 'in memory', open: () => homeInMemory() },
]

describe.each(kinds)('a state store $kind', ({ open }) => {
  const openStore = async () => {
    const { store } = await open()
    store.putDocument(sampleDocument())
    return store
  }

  test('gives back a flow run, its task runs and its events as they were appended', async () => {
    const store = await openStore()
    const run = sampleRun('run-1', {
      file: '/flows/green.yaml',
      tags: ['extract', 'nightly'],
      parent: { flowRun: 'run-0', taskRun: 'each[2]' },
      submissionKey: 'monday',
      selection: { tasks: ['fetch'], reuse: 'run-0' },
      state: { name: 'AwaitingRetry', at: 5, message: 'No answer', until: 99 },
    })
    const task = sampleTaskRun('fetch[3]', 'Completed', {
      item: 3,
      outputs: { file: { kind: 'file', path: '/x', name: 'x', bytes: 7, sha256: null } },
      cache: { key: 'k', parts: { url: 'u' }, outcome: 'miss', from: null },
    })
    store.append(created(run))
    store.append(decided('run-1', 0, task))
    expect(store.flowRun('run-1')).toEqual(run)
    expect(store.taskRun('run-1', 'fetch[3]')).toEqual({ ...task, flowRun: 'run-1', waiting: null })
    expect(store.taskRuns('run-1')).toHaveLength(1)
    expect(store.load('run-1')).toEqual({
      flowRun: run,
      document: sampleDocument().document,
      events: [{ kind: 'begun', at: 0 }],
    })
    expect(store.flowRunBySubmissionKey('green-taxi', 'monday')).toEqual(run)
    expect(store.children('run-0')).toEqual([run])
    expect(store.childOf({ flowRun: 'run-0', taskRun: 'each[2]' })).toEqual(run)
    expect(store.childOf({ flowRun: 'run-0', taskRun: 'each[1]' })).toBeNull()
  })

  test('keeps the last of several changes of one tick', async () => {
    const store = await openStore()
    const first = decided('run-1', 0, sampleTaskRun('fetch', 'Running')).decisions
    const second = decided('run-1', 1, sampleTaskRun('fetch', 'Completed')).decisions
    const change = { kind: 'flow-run', before: null, startedAt: 3, endedAt: null, runCount: 1 } as const
    const running = { ...change, state: { name: 'Running', at: 3, message: null } } as const
    const begun = { flowRun: 'run-1', number: 2, event: { kind: 'begun', at: 3 }, changes: [running] } as const
    store.append({ created: [sampleRun('run-1')], decisions: [...first, ...second, begun] })
    expect(store.taskRun('run-1', 'fetch')?.state.name).toBe('Completed')
    expect(store.flowRun('run-1')).toMatchObject({ state: running.state, startedAt: 3, runCount: 1 })
    expect(store.events('run-1', 1)).toHaveLength(2)
  })

  test('writes all of a batch or nothing of it', async () => {
    const store = await openStore()
    store.append(created(sampleRun('run-1')))
    store.append(decided('run-1', 0, sampleTaskRun('fetch', 'Running')))
    // The event of number 0 is there already, so the whole of it fails.
    expect(() => store.append(decided('run-1', 0, sampleTaskRun('fetch', 'Completed')))).toThrow('UNIQUE')
    expect(store.taskRun('run-1', 'fetch')?.state.name).toBe('Running')
    expect(() => store.append({ ...created(sampleRun('run-2'), sampleRun('run-1')) })).toThrow('UNIQUE')
    expect(store.flowRun('run-2')).toBeNull()
  })

  test('makes one flow run of a flow of one submission key', async () => {
    const store = await openStore()
    store.append(created(sampleRun('run-1', { submissionKey: 'monday' })))
    expect(() => store.append(created(sampleRun('run-2', { submissionKey: 'monday' })))).toThrow('UNIQUE')
    expect(store.flowRun('run-2')).toBeNull()
    const other = sampleRun('run-3', { flow: 'yellow-taxi', submissionKey: 'monday' })
    store.append(created(other))
    expect(store.flowRunBySubmissionKey('yellow-taxi', 'monday')).toEqual(other)
  })

  test('finds a flow run by id, by the beginning of its id and by name', async () => {
    const store = await openStore()
    store.append(created(sampleRun('0a1b', { name: 'quiet-heron' }), sampleRun('0a2c', { name: 'bold-newt' })))
    expect(store.findFlowRun('0a1b').id).toBe('0a1b')
    expect(store.findFlowRun('0a2').id).toBe('0a2c')
    expect(store.findFlowRun('quiet-heron').id).toBe('0a1b')
    expect(await refusalFrom(() => store.findFlowRun('0a'))).toMatchObject({ failure: { code: 'invalid' } })
    expect(await refusalFrom(() => store.findFlowRun('9'))).toMatchObject({ failure: { code: 'not-found' } })
  })

  test('knows which runs have not ended', async () => {
    const store = await openStore()
    store.append(
      created(sampleRun('b', { createdAt: 2 }), sampleRun('a', { createdAt: 1 }), sampleEnded('c', 'Failed', 3)),
    )
    expect(store.unfinished().map(({ id }) => id)).toEqual(['a', 'b'])
    expect(store.lastFlowRun('green-taxi')?.id).toBe('c')
  })

  test('tells how long a flow and its tasks took and how often they failed', async () => {
    const store = await openStore()
    const ended = (id: string, name: 'Completed' | 'Failed', duration: number) =>
      sampleEnded(id, name, 1000, { endedAt: 1000 + duration })
    store.append(created(ended('a', 'Completed', 100), ended('b', 'Completed', 300), ended('c', 'Failed', 5000)))
    store.append(decided('a', 0, sampleTaskRun('fetch', 'Completed', { startedAt: 0, endedAt: 40 })))
    store.append(decided('b', 0, sampleTaskRun('fetch', 'Cached', { startedAt: 0, endedAt: 1 })))
    store.append(decided('b', 1, sampleTaskRun('fetch[0]', 'Completed', { item: 0 })))
    store.append(decided('c', 0, sampleTaskRun('fetch', 'TimedOut', { startedAt: 0, endedAt: 9 })))
    expect(store.history('green-taxi')).toEqual({
      runs: 3,
      failed: 1,
      medianDuration: 200,
      tasks: { fetch: { runs: 3, failed: 1, medianDuration: 40 } },
    })
    expect(store.history('unknown')).toEqual({ runs: 0, failed: 0, medianDuration: null, tasks: {} })
  })

  test('keeps documents by hash and the saved versions of a flow', async () => {
    const store = await openStore()
    expect(store.document('a1b2')).toEqual(sampleDocument())
    expect(store.document('none')).toBeNull()
    const save = (hash: string, savedAt: number) =>
      store.saveFlowVersion({ file: 'green.yaml', document: sampleDocument(hash), savedAt })
    expect([save('x', 1), save('x', 2), save('y', 3), save('x', 4)].map(({ version }) => version)).toEqual([1, 1, 2, 3])
    expect(store.flowVersions('green.yaml').map(({ document }) => document)).toEqual(['x', 'y', 'x'])
  })

  test('makes cache entries valid together with the batch that earned them', async () => {
    const store = await openStore()
    const entry = { key: 'k', flowRun: 'run-1', taskRun: 'fetch', createdAt: 1, expiresAt: null }
    store.append(created(sampleRun('run-1')), [entry])
    expect(store.cacheEntry('k')).toEqual(entry)
    store.append(created(), [{ ...entry, expiresAt: 9 }])
    expect(store.cacheEntry('k')?.expiresAt).toBe(9)
    store.removeCacheEntry('k')
    expect(store.cacheEntry('k')).toBeNull()
  })

  test('keeps blocks, refuses a name that is taken, and remembers pending secrets', async () => {
    const { blocks } = await openStore()
    const block = {
      id: 'b1',
      type: 'secret',
      name: 'x',
      version: 1,
      revision: 1,
      settings: '{}',
      secrets: '{"value":1}',
      facts: '{}',
      usedAt: null,
      createdAt: 1,
      updatedAt: 1,
    }
    await blocks.commit({ put: block, pending: ['h/b1/value@1', 'h/b1/value@2'], settled: ['h/b1/value@1'] })
    await blocks.commit({ put: { ...block, revision: 2, name: 'y', updatedAt: 2 } })
    expect(await blocks.list()).toEqual([{ ...block, revision: 2, name: 'y', updatedAt: 2 }])
    expect(await blocks.find('secret', 'x')).toBeUndefined()
    expect(await blocks.pending()).toEqual(['h/b1/value@2'])
    const taken = await refusalFrom(() =>
      blocks.commit({ put: { ...block, id: 'b2', name: 'y' }, settled: ['h/b1/value@2'] }),
    )
    expect(taken).toMatchObject({ failure: { code: 'conflict' } })
    expect(await blocks.pending()).toEqual(['h/b1/value@2'])
    await blocks.recordUse('b1', 60_000)
    await blocks.commit({ put: { ...block, facts: '{"value":{}}' }, renamed: { type: 'secret', from: 'y', to: 'x' } })
    expect(await blocks.find('secret', 'x')).toEqual({ ...block, facts: '{"value":{}}', usedAt: 60_000 })
    expect(await blocks.pendingRenames()).toEqual([{ type: 'secret', from: 'y', to: 'x' }])
    await blocks.commit({ followed: { type: 'secret', from: 'y', to: 'x' } })
    expect(await blocks.pendingRenames()).toEqual([])
    await blocks.recordTest({ block: 'b1', at: 7, passed: false, stages: ['reach'] })
    expect(await blocks.lastTest('b1')).toEqual({ block: 'b1', at: 7, passed: false, stages: ['reach'] })
    await blocks.commit({ remove: 'b1' })
    expect([await blocks.list(), await blocks.lastTest('b1')]).toEqual([[], null])
  })

  test('keeps settings, limits and datasets', async () => {
    const { config, limits, datasets } = await openStore()
    config.set('secrets', 'none')
    config.set('secrets', 'vault')
    config.set('other', '1')
    config.unset('other')
    expect(config.all()).toEqual({ secrets: 'vault' })
    limits.set({ tag: 'db', limit: 0 })
    expect(limits.list()).toEqual([{ tag: 'db', limit: 0 }])
    limits.delete('db')
    expect(limits.list()).toEqual([])
    const rides = {
      location: 'duckdb:///w#rides',
      columns: [{ name: 'id', type: 'BIGINT' }],
      rows: 5,
      flowRun: 'run-1',
      taskRun: 'load',
      writtenAt: 4,
      madeFrom: ['file:///x'],
    }
    datasets.put(rides)
    datasets.put({ ...rides, rows: 6 })
    expect(datasets.find(rides.location)).toEqual({ ...rides, rows: 6 })
    expect(datasets.list()).toHaveLength(1)
  })

  test('counts what it holds', async () => {
    const store = await openStore()
    store.append(created(sampleRun('run-1')))
    store.append(decided('run-1', 0, sampleTaskRun('fetch', 'Running')))
    store.deletion.setResultBytes('run-1', 500)
    expect(store.sizes()).toMatchObject({ flowRuns: 1, taskRuns: 1, events: 1, results: 500 })
    expect(store.sizes().state).toBeGreaterThan(4096)
  })

  test('hides a deleted run with its subflow runs, gives them back, and forgets them once purged', async () => {
    const store = await openStore()
    const child = sampleEnded('child', 'Completed', 2, { parent: { flowRun: 'run-1', taskRun: 'sub' } })
    store.append(created(sampleEnded('run-1', 'Completed', 1), child, sampleRun('live', { createdAt: 3 })))
    expect(store.deletion.mark(['run-1', 'live'], 100)).toBe(2)
    expect(store.flowRuns({}).map(({ id }) => id)).toEqual(['live'])
    expect(store.deletion.undo(['run-1'])).toBe(2)
    expect(store.flowRuns({})).toHaveLength(3)
    store.deletion.mark(['run-1'], 100)
    expect(store.deletion.due(99)).toEqual([])
    expect(store.deletion.due(100)).toEqual(['child', 'run-1'])
    store.deletion.purge(['child', 'run-1'])
    expect([store.flowRun('run-1'), store.flowRun('child'), store.deletion.due(100)]).toEqual([null, null, []])
    expect(store.document('a1b2')).not.toBeNull()
  })

  test('does not purge a run whose cached results another run uses', async () => {
    const store = await openStore()
    store.append(created(sampleEnded('old', 'Completed', 1), sampleEnded('new', 'Completed', 2)))
    const from = { flowRun: 'old', taskRun: 'fetch' }
    const cache = { key: 'k', parts: {}, outcome: 'hit', from } as const
    store.append(decided('new', 0, sampleTaskRun('fetch', 'Cached', { cache })))
    store.deletion.mark(['old'], 100)
    expect(store.deletion.due(100)).toEqual([])
    store.deletion.mark(['new'], 101)
    expect(store.deletion.due(200)).toEqual(['old', 'new'])
  })

  test('drops the documents that nothing names any more', async () => {
    const store = await openStore()
    store.putDocument(sampleDocument('once'))
    store.append(created(sampleEnded('run-1', 'Completed', 1, { document: 'once' })))
    store.deletion.mark(['run-1'], 1)
    store.deletion.purge(['run-1'])
    expect(store.document('once')).toBeNull()
  })

  test('refuses a flow run whose document is not stored', async () => {
    const store = await openStore()
    expect(() => store.append(created(sampleRun('run-1', { document: 'unknown' })))).toThrow(/FOREIGN KEY/)
  })
})
