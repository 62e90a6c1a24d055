import { afterAll, expect, test } from 'vitest'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableSql } from '#core/tasks/table-sql/index.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { InputSource } from '#core/model/worker-job.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const tableFrom = async (query: string): Promise<TableHandle> => {
  const step = { type: tableSql, with: { query }, inputs: { tables: [] }, taken: ['table'] }
  return tableOf(outputsOf(await jobs.run([step]), 0))
}

const trips = await tableFrom('SELECT * FROM (VALUES (1, 10, 2.5), (2, 20, 4.0), (3, 10, 1.0)) AS t(id, zone, fare)')
const zones = await tableFrom("SELECT * FROM (VALUES (10, 'Astoria'), (20, 'Harlem')) AS z(zone, name)")

const source = (task: string, output = 'table', place: number | null = null): InputSource => ({ task, output, place })

type Wired = {
  readonly tables: readonly TableHandle[]
  readonly sources?: readonly InputSource[]
  readonly names?: readonly string[]
}

const sql = (query: string, { tables, sources, names }: Wired): Step => ({
  type: tableSql,
  with: { query, ...(names && { names }) },
  inputs: { tables },
  ...(sources && { sources: { tables: sources } }),
  taken: ['table'],
})

const both: Wired = { tables: [trips, zones], sources: [source('trips'), source('zones')] }

const rowsOf = async (step: Step) =>
  jobs.askTable(tableOf(outputsOf(await jobs.run([step]), 0)), 'SELECT * FROM {input}')
const failure = async (step: Step): Promise<unknown> => (await jobs.run([step])).outcomes[0]?.outcome

const joined = 'SELECT name, sum(fare)::DOUBLE AS fares FROM trips JOIN zones USING (zone) GROUP BY ALL ORDER BY name'

test('tables go by the ids of their tasks, and the rows keep the order that the query gives them', async () => {
  expect(await rowsOf(sql(joined, both))).toEqual([
    { name: 'Astoria', fares: 3.5 },
    { name: 'Harlem', fares: 4 },
  ])
  expect(await rowsOf(sql('SELECT id FROM trips ORDER BY fare DESC', both))).toEqual([{ id: 2 }, { id: 1 }, { id: 3 }])
})

test('the task ids as SQL needs them: hyphens in quotes, other outputs by their name, items by their place', async () => {
  const wired = {
    tables: [trips, zones, trips, zones, trips],
    sources: [
      source('green-trips'),
      source('check', 'rejects'),
      source('fetch', 'table', 0),
      source('fetch', 'table', 1),
      source('Total'),
    ],
  }
  const query = `SELECT (SELECT count(*) FROM "green-trips") AS a, (SELECT count(*) FROM check_rejects) AS b,
    (SELECT count(*) FROM "fetch[0]") AS c, (SELECT count(*) FROM "fetch[1]") AS d, (SELECT count(*) FROM total) AS e`
  expect(await rowsOf(sql(query, wired))).toEqual([{ a: 3, b: 2, c: 3, d: 2, e: 3 }])
})

test('names says what the query calls the tables, in wiring order', async () => {
  const query = 'SELECT count(*) AS total FROM rides r JOIN places p ON r.zone = p.zone'
  expect(await rowsOf(sql(query, { ...both, names: ['rides', 'places'] }))).toEqual([{ total: 3 }])
})

test.each<[string, Wired, RegExp]>([
  ['two tables of one name', { tables: [trips, trips], sources: [source('trips'), source('trips')] }, /Two of the tables coming in would be called “trips”\. Tell them apart with names/],
  ['names that ignore case', { ...both, names: ['a', 'A'] }, /would be called “A”/],
  ['too few names', { ...both, names: ['a'] }, /names has 1 name for 2 tables coming in/],
  ['a name that is a path', { ...both, names: ['a', '/etc/b.csv'] }, /“\/etc\/b\.csv” is no name for a table/],
  ['an empty name', { ...both, names: ['a', ' '] }, /“” is no name for a table/],
])('%s: an error that says what to do', async (_, wired, message) => {
  expect(await failure(sql('SELECT 1 AS x', wired))).toMatchObject({
    kind: 'failed',
    failure: { code: 'invalid', message: containing(message) },
  })
}) // prettier-ignore

test.each([
  ['SELECT * FROM trips, zones', /two columns called “zone”/],
  ['SELECT id, fare AS ID FROM trips', /two columns called “ID”/],
  ['SELECT id AS " " FROM trips', /Column 1 of the query has no name/],
  ['SELECT fares FROM trips', /Referenced column "fares" not found/],
  ["SELECT sum('x') FROM trips", /No function matches/],
  ['SELECT id, count(*) AS n FROM trips', /must appear in the GROUP BY clause/],
])('%s fails before anything is read, and says why', async (query, message) => {
  expect(await failure(sql(query, both))).toMatchObject({
    kind: 'failed',
    failure: { code: 'invalid', message: containing(message) },
  })
})

test('a value that does not fit is a failure of the data, at the query', async () => {
  const steps = [
    sql('SELECT name::INTEGER AS number FROM zones', both),
    { type: tableFilter, with: { where: 'number > 0' } },
  ]
  const { outcomes } = await jobs.run(steps)
  expect(outcomes.map(({ outcome }) => outcome)).toMatchObject([
    {
      kind: 'failed',
      failure: { code: 'data', message: containing(/column “name” holds “Astoria”, which is no INTEGER/) },
    },
    { kind: 'returned' },
  ])
})

test('steps after the query run as one statement with it, with exact counts', async () => {
  const filter = { type: tableFilter, with: { where: 'fare > 2' }, taken: ['table'] }
  const ran = await jobs.run([sql('SELECT * FROM trips UNION ALL SELECT * FROM trips', both), filter])
  expect([0, 1].map((index) => tableOf(outputsOf(ran, index)).rows)).toEqual([6, 4])
  const { steps, sources } = tableOf(outputsOf(ran, 0))
  expect(steps.map(({ name }) => name)).toEqual(['table_sql_0'])
  expect(sources).toEqual([trips.path, zones.path])
})

test('a common table expression may take the name of a table and read it', async () => {
  const query =
    'WITH trips AS (SELECT * FROM trips WHERE fare > 2), zones AS (FROM trips) SELECT count(*) AS n FROM zones'
  expect(await rowsOf(sql(query, both))).toEqual([{ n: 2 }])
})

test.each([
  'SELECT sum(range) AS s FROM range(100000000000)',
  'SELECT count(*) AS n FROM range(10000000) a, range(10000000) b',
  'WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM a) SELECT * FROM a',
  'SELECT hash(range) AS x FROM range(100000000000) ORDER BY x',
])(
  '%s is stopped at once by a cancel',
  async (query) => {
    const stop = new AbortController()
    const running = jobs.run([sql(query, both)], stop.signal)
    const begun = setTimeout(() => stop.abort(), 300)
    const { outcomes } = await running
    clearTimeout(begun)
    expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['cancelled'])
  },
  5000,
)

test('what takes more memory than there is fails as a limit, and the next query runs', async () => {
  const query = 'WITH RECURSIVE a AS (SELECT [1] AS x UNION ALL SELECT x || x FROM a) SELECT x FROM a'
  expect(await failure(sql(query, both))).toMatchObject({ kind: 'failed', failure: { code: 'limit' } })
  expect(await rowsOf(sql('SELECT 1 AS a', both))).toEqual([{ a: 1 }])
})
