import { beforeAll, expect, test } from 'vitest'
import type { StateName } from '#core/model/state.ts'
import type { FlowRunFilter, FlowRunPageRequest } from '#core/model/store.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { access, homeId, takeToken } from './access.ts'
import { openWalSync } from './wal-sync.ts'
import { openDatabase, type Database } from './database.ts'
import { listQuery } from './flow-run-list.ts'
import { pageQuery } from './flow-run-page.ts'
import { migrate, readMigrations } from './migrate.ts'
import { runReads } from './run-reads.ts'

/** Ten flows; the i-th run is created at time i, named n0 … n99 in turn; every thousandth failed; two are retrying. */
const count = 100_000
const databaseWithRuns = (): Database => {
  const database = openDatabase(':memory:', 'synced')
  migrate(database, readMigrations(`${migrations}/state`), null)
  homeId(database, 0, () => 'home')
  database.exec(`
    insert into documents values ('h', '', '{}');
    with recursive i (n) as (select 0 union all select n + 1 from i where n < ${count - 1})
    insert into flow_runs (id, name, flow, document, parameters, tags, state_name, state_type, state_at, created_at, run_count, parent_flow_run, parent_task_run)
    select printf('%06d', n), 'n' || (n % 100), 'flow-' || (n % 10), 'h', '{}', '[]',
      case when n % 1000 = 0 then 'Failed' when n in (7, 77) then 'Retrying' else 'Completed' end,
      case when n % 1000 = 0 then 'FAILED' when n in (7, 77) then 'RUNNING' else 'COMPLETED' end, n, n, 1,
      case when n % 2 = 1 then '000000' end, case when n % 2 = 1 then 'sub' end from i;
    insert into flow_run_tags select 'rare', created_at, id from flow_runs where created_at % 5000 = 3;
    update flow_runs set deleted_at = 1 where id = '099999'`)
  return database
}

let database: Database
let flowRuns: (filter: FlowRunFilter) => readonly string[]
let reads: ReturnType<typeof runReads>

beforeAll(() => {
  database = databaseWithRuns()
  reads = runReads(access(database, { token: takeToken(database), onLost: () => {} }, openWalSync(null)))
  flowRuns = (filter) => reads.flowRuns(filter).map(({ id }) => id)
  return () => database.close()
})

test('lists the newest first, without deleted ones', () => {
  expect(flowRuns({ limit: 3 })).toEqual(['099998', '099997', '099996'])
  expect(flowRuns({ limit: 2, topLevel: true })).toEqual(['099998', '099996'])
})

test('filters by flow, state, time, tag and text, and all at once', () => {
  expect(flowRuns({ flow: 'flow-3', limit: 2 })).toEqual(['099993', '099983'])
  expect(flowRuns({ states: ['FAILED'], limit: 2 })).toEqual(['099000', '098000'])
  expect(flowRuns({ states: ['Retrying'] })).toEqual(['000077', '000007'])
  expect(flowRuns({ states: ['Running'] })).toEqual([])
  expect(flowRuns({ states: ['Failed', 'RUNNING'], until: 1001 })).toEqual(['001000', '000077', '000007', '000000'])
  expect(flowRuns({ flow: 'flow-7', states: ['RUNNING', 'CRASHED'] })).toEqual(['000077', '000007'])
  expect(flowRuns({ since: 10, until: 13 })).toEqual(['000012', '000011', '000010'])
  expect(flowRuns({ tag: 'rare', limit: 2 })).toEqual(['095003', '090003'])
  expect(flowRuns({ tag: 'rare', states: ['FAILED'] })).toEqual([])
  expect(flowRuns({ text: 'N42', limit: 2 })).toEqual(['099942', '099842'])
  expect(flowRuns({ text: 'flow-8', since: 99_980 })).toEqual(['099998', '099988'])
  expect(flowRuns({ text: '%' })).toEqual([])
  expect(flowRuns({ flow: 'flow-0', states: ['FAILED'], text: 'n0', since: 1, until: 3000 })).toEqual([
    '002000',
    '001000',
  ])
})

test('pages go on where the page before ended, also where runs are created at the same time', () => {
  const filter: FlowRunFilter = { flow: 'flow-0', states: ['FAILED', 'COMPLETED'], since: 99_000, limit: 7 }
  const pages: string[] = []
  for (let page = flowRuns(filter); page.length > 0; page = flowRuns({ ...filter, after: page.at(-1) ?? '' }))
    pages.push(...page)
  expect(pages).toEqual(flowRuns({ ...filter, limit: 1000 }))
  expect(pages).toHaveLength(100)
})

test('a page after a run that is gone is refused', () => {
  expect(() => flowRuns({ after: 'gone' })).toThrow('is gone')
})

const filters: readonly FlowRunFilter[] = [
  {},
  { text: 'heron' },
  { topLevel: true, since: 5, until: 90 },
  { flow: 'flow-1' },
  { states: ['FAILED'] },
  { states: ['Failed', 'Crashed', 'RUNNING', 'SCHEDULED'] satisfies StateName[] | FlowRunFilter['states'] },
  { flow: 'flow-1', states: ['FAILED', 'CRASHED', 'COMPLETED'], text: 'x' },
  { tag: 'rare', flow: 'flow-1', states: ['FAILED'] },
].flatMap((filter) => [filter, { ...filter, after: '050000' }] as FlowRunFilter[])

test.each(filters)('walks an index and sorts nothing: %j', (filter) => {
  const { sql, values } = listQuery(filter, filter.after === undefined ? null : { createdAt: 50_000, id: filter.after })
  const plan = database.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...values)
  const steps = plan.map(({ detail }) => detail)
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
  expect(steps.filter((step) => step.startsWith('SCAN ') && !step.includes('flow_runs_by_time'))).toEqual([])
})

/** How many rows a query looks at, told by a function that SQLite calls for each. */
const looked = (filter: FlowRunFilter): number => {
  let rows = 0
  database.function('looked', { deterministic: false }, () => {
    rows += 1
    return 1
  })
  const { sql, values } = listQuery(filter, null)
  const from = filter.tag === undefined ? /where flow = \?|where state_type = \?|where flow_runs/g : /where tagged/g
  database.prepare(sql.replaceAll(from, (start) => start.replace('where', 'where looked() and'))).all(...values)
  return rows
}

test.each([
  [{ limit: 50 }, 50],
  [{ flow: 'flow-4', limit: 50 }, 50],
  [{ states: ['FAILED'], limit: 50 }, 50],
  [{ flow: 'flow-7', states: ['RUNNING'], limit: 50 }, 2],
  [{ tag: 'rare', limit: 50 }, 20],
  [{ since: 10, until: 20 }, 10],
] satisfies readonly (readonly [FlowRunFilter, number])[])('of 100,000 runs %j looks at %i', (filter, most) => {
  const rows = looked(filter)
  expect(rows).toBeGreaterThan(0)
  expect(rows).toBeLessThanOrEqual(most + 1)
})

const page = (request: Partial<FlowRunPageRequest>) => {
  const found = reads.flowRunPage({ sort: 'created', descending: true, offset: 0, limit: 3, ...request })
  return { ...found, runs: found.runs.map(({ id }) => id) }
}

test('a page has the runs from an offset, in the order asked for, and says how many there are', () => {
  expect(page({})).toEqual({ total: 99_999, offset: 0, runs: ['099998', '099997', '099996'] })
  expect(page({ offset: 99_997 })).toEqual({ total: 99_999, offset: 99_997, runs: ['000001', '000000'] })
  expect(page({ descending: false, limit: 2 }).runs).toEqual(['000000', '000001'])
  expect(page({ sort: 'name', descending: false, limit: 2, offset: 999 }).runs).toEqual(['099900', '000001'])
  expect(page({ sort: 'state', states: ['Failed', 'RUNNING'], limit: 2 })).toMatchObject({
    total: 102,
    runs: ['000077', '000007'],
  })
  expect(page({ tag: 'rare', until: 20_000 })).toEqual({ total: 4, offset: 0, runs: ['015003', '010003', '005003'] })
  expect(page({ text: 'N42', flow: 'flow-2', offset: 1, limit: 1 })).toEqual({
    total: 1000,
    offset: 1,
    runs: ['099842'],
  })
})

test('the last runs of many flows come in one query', () => {
  const found = reads.recentRuns(['flow-3', 'flow-4', 'none'], 2)
  expect([...found].map(([flow, runs]) => [flow, runs.map(({ id }) => id)])).toEqual([
    ['flow-4', ['099994', '099984']],
    ['flow-3', ['099993', '099983']],
  ])
})

test.each(filters)('a page in the order of time walks an index and sorts nothing: %j', (filter) => {
  const request = { ...filter, sort: 'created', descending: true, offset: 50, limit: 100 } as const
  const { sql, values } = pageQuery(request)
  const plan = database.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...values)
  const steps = plan.map(({ detail }) => detail)
  expect(steps.filter((step) => step.startsWith('SCAN flow_runs') && !step.includes('flow_runs_by_time'))).toEqual([])
})
