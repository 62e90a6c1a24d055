import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoreFull } from '#core/model/store.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { created, decided, sampleDocument, sampleRun, sampleTaskRun } from '#core/world/home/testing/sample-runs.ts'
import { throwAwayFolder } from '#core/world/home/testing/throw-away.ts'
import { homeId, takeToken } from './access.ts'
import { openDatabase } from './database.ts'
import { migrate, readMigrations } from './migrate.ts'
import { stateStore } from './state-store.ts'

/** A store with a journal. `dies`: lets go of the files and puts nothing more into the tables, as a dead process would. */
const openStore = (folder: string) => {
  const database = openDatabase(join(folder, 'state.db'), 'full')
  migrate(database, readMigrations(join(migrations, 'state')), null)
  homeId(database, 0, () => 'home')
  const dies = () => void (database.open && database.close())
  onTestFinished(dies)
  const lost: string[] = []
  const fence = { token: takeToken(database), onLost: () => void lost.push('lost') }
  const store = stateStore(database, fence, join(folder, 'state.journal'))
  onTestFinished(store.close)
  store.putDocument(sampleDocument())
  const rows = (table: string) => database.prepare<[], number>(`select count(*) from ${table}`).pluck().get()
  return { store, database, dies, rows, lost }
}

const run = (number: number, name: 'Running' | 'Completed' = 'Running', key = 'fetch') =>
  decided('run-1', number, sampleTaskRun(key, name, { runCount: number }))

test('what is appended stands in the journal first, and every read finds it all the same', async () => {
  const { store, rows } = openStore(throwAwayFolder())
  await store.appendSoon(created(sampleRun('run-1', { tags: ['nightly'], submissionKey: 'monday' })))
  await store.appendSoon(run(0))
  await store.appendSoon(run(1, 'Completed'))
  expect([rows('flow_runs'), rows('event_batches')]).toEqual([0, 0])
  expect(store.flowRun('run-1')).toEqual(sampleRun('run-1', { tags: ['nightly'], submissionKey: 'monday' }))
  expect(store.flowRunBySubmissionKey('monday')?.id).toBe('run-1')
  expect([rows('flow_runs'), rows('event_batches')]).toEqual([0, 0])
  expect(store.taskRun('run-1', 'fetch')?.state.name).toBe('Completed')
  expect(store.events('run-1').map(({ at }) => at)).toEqual([0, 1])
  expect(store.flowRuns({ tag: 'nightly' }).map(({ id }) => id)).toEqual(['run-1'])
  // Two commits of one task run were one write.
  expect(rows('event_batches')).toBe(1)
})

test('a flow run that has changed since it was stored is read as it is now', async () => {
  const { store } = openStore(throwAwayFolder())
  store.append(created(sampleRun('run-1')))
  const state = { name: 'Running', at: 7, message: null } as const
  const change = { kind: 'flow-run', before: null, state, startedAt: 7, endedAt: null, runCount: 1 } as const
  await store.appendSoon({
    created: [],
    decisions: [{ flowRun: 'run-1', number: 0, event: { kind: 'begun', at: 7 }, changes: [change] }],
  })
  expect(store.flowRun('run-1')).toEqual(sampleRun('run-1', { state, startedAt: 7, runCount: 1 }))
})

test('what a dead process left in the journal is there when the home is opened again', async () => {
  const folder = throwAwayFolder()
  const before = openStore(folder)
  await before.store.appendSoon(created(sampleRun('run-1')))
  await before.store.appendSoon(run(0))
  // Part of it has reached the tables when the process dies.
  expect(before.store.events('run-1')).toHaveLength(1)
  await before.store.appendSoon(run(1))
  await before.store.appendSoon(run(2, 'Completed'))
  before.dies()
  const after = openStore(folder)
  expect(after.rows('flow_runs')).toBe(1)
  expect(after.store.events('run-1').map(({ at }) => at)).toEqual([0, 1, 2])
  expect(after.store.taskRun('run-1', 'fetch')?.state.name).toBe('Completed')
  await after.store.appendSoon(run(3))
  after.dies()
  expect(openStore(folder).store.events('run-1')).toHaveLength(4)
})

test('of a journal that was torn at any place all is taken that is whole', async () => {
  const folder = throwAwayFolder()
  const { store, dies } = openStore(folder)
  await store.appendSoon(created(sampleRun('run-1')))
  const path = join(folder, 'state.journal')
  const ends = [statSync(path).size]
  for (let number = 0; number < 5; number++) {
    await store.appendSoon(run(number))
    ends.push(statSync(path).size)
  }
  dies()
  const database = readFileSync(join(folder, 'state.db'))
  const whole = readFileSync(path)
  const places = ends.flatMap((end) => [end - 1, end, end + 3, end + 20]).filter((place) => place <= whole.length)
  for (const place of places) {
    const torn = throwAwayFolder()
    writeFileSync(join(torn, 'state.db'), database)
    writeFileSync(join(torn, 'state.journal'), Buffer.concat([whole.subarray(0, place), Buffer.alloc(50, 7)]))
    const again = openStore(torn)
    const stored = ends.filter((end) => end <= place).length
    expect([place, again.rows('flow_runs'), again.store.events('run-1').length]).toEqual([
      place,
      stored > 0 ? 1 : 0,
      Math.max(0, stored - 1),
    ])
    again.dies()
  }
})

test('the journal begins anew once all of it is in the tables, and what is left of before is not taken again', async () => {
  const folder = throwAwayFolder()
  const before = openStore(folder)
  await before.store.appendSoon(created(sampleRun('run-1')))
  for (let number = 0; number < 20; number++) await before.store.appendSoon(run(number))
  const size = statSync(join(folder, 'state.journal')).size
  expect(before.store.events('run-1')).toHaveLength(20)
  await before.store.appendSoon(run(20))
  expect(statSync(join(folder, 'state.journal')).size).toBe(size)
  before.dies()
  expect(openStore(folder).store.events('run-1')).toHaveLength(21)
})

test('the journal of another database, such as one that was put back from a backup, is not taken', async () => {
  const [mine, other] = [throwAwayFolder(), throwAwayFolder()]
  const before = openStore(mine)
  await before.store.appendSoon(created(sampleRun('run-1')))
  before.dies()
  const fresh = openStore(other)
  fresh.store.close()
  fresh.dies()
  writeFileSync(join(other, 'state.journal'), readFileSync(join(mine, 'state.journal')))
  expect(openStore(other).store.flowRun('run-1')).toBeNull()
})

test('what the tables would refuse is refused at once, and the journal stays without it', async () => {
  const { store } = openStore(throwAwayFolder())
  await store.appendSoon(created(sampleRun('run-1', { submissionKey: 'monday' })))
  await store.appendSoon(run(0))
  expect(() => store.appendSoon(run(0))).toThrow('UNIQUE')
  expect(() => store.appendSoon(created(sampleRun('run-2', { submissionKey: 'monday' })))).toThrow('UNIQUE')
  expect(() => store.appendSoon(created(sampleRun('run-3', { document: 'gone' })))).toThrow('FOREIGN KEY')
  expect(() => store.appendSoon(decided('gone', 0, sampleTaskRun('fetch', 'Running')))).toThrow('FOREIGN KEY')
  await store.appendSoon(run(1))
  expect(store.events('run-1')).toHaveLength(2)
  expect(store.flowRuns({}).map(({ id }) => id)).toEqual(['run-1'])
})

test('when the tables cannot grow, what is in the journal is read all the same, and nothing more is taken until they can', async () => {
  const folder = throwAwayFolder()
  const { store, database } = openStore(folder)
  await store.appendSoon(created(sampleRun('run-1')))
  await store.appendSoon(decided('run-1', 0, sampleTaskRun('fetch', 'Running', { settings: 'x'.repeat(100_000) })))
  const limit = (pages: number) => void database.pragma(`max_page_count = ${pages}`)
  limit(Number(database.pragma('page_count', { simple: true })) + 2)
  expect(() => store.taskRuns('run-1')).toThrow(StoreFull)
  expect(() => store.appendSoon(run(1))).toThrow(StoreFull)
  limit(1e9)
  await store.appendSoon(run(1))
  expect(store.events('run-1')).toHaveLength(2)
})

test('an owner that lost the home appends nothing more', async () => {
  const { store, database, lost } = openStore(throwAwayFolder())
  await store.appendSoon(created(sampleRun('run-1')))
  takeToken(database)
  await expect(store.appendSoon(run(0))).rejects.toThrow('Another engine')
  expect(lost).toContain('lost')
  expect(store.taskRuns('run-1')).toEqual([])
})
