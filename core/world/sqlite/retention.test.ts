import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  created,
  decided,
  sampleDocument,
  sampleEnded,
  sampleRun,
  sampleTaskRun,
} from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory } from '#core/world/home/testing/throw-away.ts'
import { overdueRuns, type KeptRun } from './retention.ts'

const policy = { age: 100, bytes: 1000 }
const run = (id: string, facts: Partial<KeptRun> = {}): KeptRun => ({
  id,
  parent: null,
  flow: 'f',
  endedAt: 950,
  good: false,
  bytes: 0,
  ...facts,
})
const overdue = (runs: readonly KeptRun[], uses: readonly { used: string; by: string }[] = []) =>
  overdueRuns({ runs, uses, policy, now: 1000 })

test('gives up what is too old, oldest first', () => {
  expect(overdue([run('new'), run('older', { endedAt: 5 }), run('old', { endedAt: 10 })])).toEqual(['older', 'old'])
})

test('gives up the oldest until the rest fits', () => {
  const sized = (id: string, endedAt: number) => run(id, { endedAt, bytes: 400 })
  expect(overdue([sized('a', 901), sized('b', 902), sized('c', 903), sized('d', 904)])).toEqual(['a', 'b'])
})

test('each flow keeps its last good run', () => {
  const runs = [
    run('bad', { endedAt: 30 }),
    run('good', { endedAt: 20, good: true }),
    run('before', { endedAt: 10, good: true }),
  ]
  expect(overdue(runs)).toEqual(['before', 'bad'])
})

test('subflow runs stay and go with the run that asked for them', () => {
  const old = { endedAt: 5 }
  const stays = [run('parent', { endedAt: null }), run('child', { ...old, parent: 'parent' })]
  expect(overdue([...stays, run('gone', old), run('gone-too', { ...old, parent: 'gone' })])).toEqual([
    'gone',
    'gone-too',
  ])
})

test('a run whose results another one uses goes only after that one', () => {
  const runs = [run('old', { endedAt: 1 }), run('new')]
  expect(overdue(runs, [{ used: 'old', by: 'new' }])).toEqual([])
  expect(overdue([run('old', { endedAt: 1 }), run('user', { endedAt: 2 })], [{ used: 'old', by: 'user' }])).toEqual([
    'user',
    'old',
  ])
})

test('never gives up a last good run, one that goes on, or one that is in use', () => {
  const anyRun = fc.record({
    id: fc.integer({ min: 0, max: 30 }).map(String),
    parent: fc.option(fc.integer({ min: 0, max: 30 }).map(String)),
    flow: fc.constantFrom('f', 'g'),
    endedAt: fc.option(fc.integer({ min: 0, max: 1000 })),
    good: fc.boolean(),
    bytes: fc.integer({ min: 0, max: 800 }),
  })
  // A parent is older than its children, so that there is no ring.
  const anyRuns = fc
    .uniqueArray(anyRun, { selector: ({ id }) => id })
    .map((runs) =>
      runs.map((each) =>
        each.parent !== null && Number(each.parent) < Number(each.id) ? each : { ...each, parent: null },
      ),
    )
  const anyUses = fc.array(fc.record({ used: fc.nat(30).map(String), by: fc.nat(30).map(String) }))
  fc.assert(
    fc.property(anyRuns, anyUses, (runs, uses) => {
      const given = new Set(overdue(runs, uses))
      const stays = runs.filter(({ id }) => !given.has(id))
      const lastGood = ['f', 'g'].map((flow) =>
        Math.max(-1, ...runs.filter((each) => each.flow === flow && each.good).map(({ endedAt }) => endedAt ?? 0)),
      )
      const keptGood = ['f', 'g'].map((flow) =>
        Math.max(-1, ...stays.filter((each) => each.flow === flow && each.good).map(({ endedAt }) => endedAt ?? 0)),
      )
      expect(keptGood).toEqual(lastGood)
      expect(runs.filter(({ id, endedAt }) => endedAt === null && given.has(id))).toEqual([])
      const ids = new Set(runs.map(({ id }) => id))
      const stillUsed = uses.filter(({ used, by }) => given.has(used) && ids.has(by) && !given.has(by))
      expect(stillUsed).toEqual([])
      const apart = stays.filter(({ parent }) => parent !== null && given.has(parent))
      expect(apart).toEqual([])
    }),
  )
})

test('reads what it decides on from the store', async () => {
  const { store } = await homeInMemory()
  store.putDocument(sampleDocument())
  const child = sampleEnded('child', 'Failed', 6, { parent: { flowRun: 'old', taskRun: 'sub' } })
  store.append(
    created(
      sampleEnded('used', 'Failed', 1),
      sampleEnded('old', 'Failed', 5),
      child,
      sampleEnded('good', 'Completed', 7),
      sampleRun('live'),
    ),
  )
  const cache = { key: 'k', parts: {}, outcome: 'hit', from: { flowRun: 'used', taskRun: 'fetch' } } as const
  store.append(decided('live', 0, sampleTaskRun('fetch', 'Cached', { cache })))
  expect(store.deletion.overdue(policy, 10_000)).toEqual(['old', 'child'])
  store.deletion.setResultBytes('old', 2000)
  expect(store.deletion.overdue({ age: 1e9, bytes: 1000 }, 10_000)).toEqual(['old', 'child'])
})
