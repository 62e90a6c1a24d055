import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tableAggregate } from '#core/tasks/table-aggregate/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableSql } from '#core/tasks/table-sql/index.ts'
import { attacksOn } from '#core/tasks/table-sql/testing/attacks.ts'
import { outputsOf, tableJobs, tableOf, type Ran, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const word = 'quiet-heron-17'
const secret = join(jobs.folder, 'secret.csv')
writeFileSync(secret, `word\n${word}\n`)
writeFileSync(join(jobs.folder, 'secret.txt'), word)
const target = join(jobs.folder, 'written')
await jobs.execute(join(jobs.folder, 'other.duckdb'), `CREATE TABLE secrets AS SELECT '${word}' AS word`)
const database = join(jobs.folder, 'other.duckdb')

let visitors = 0
const server = createServer((socket) => {
  visitors += 1
  socket.destroy()
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
afterAll(() => void server.close())

const made = await jobs.run([
  { type: tableSql, taskRun: 'trips', with: { query: "SELECT 1 AS a, 'x' AS b, 2.5 AS c" }, inputs: { tables: [] }, taken: ['table'] },
]) // prettier-ignore
const trips = tableOf(outputsOf(made, 0))

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(\d+|spill)(\/|$)/.test(name))
    .toSorted()
const before = filesIn(jobs.folder)

const query = (sql: string): Step => ({
  type: tableSql,
  with: { query: sql },
  inputs: { tables: [trips] },
  sources: { tables: [{ task: 'trips', output: 'table', place: null }] },
  taken: ['table'],
})
const condition = (where: string): Step => ({
  type: tableFilter,
  with: { where },
  inputs: { table: trips },
  taken: ['table'],
})
const computed = (expression: string): Step => ({
  type: tableSelect,
  with: { add: { d: expression } },
  inputs: { table: trips },
  taken: ['table'],
})

const grouped = (expression: string): Step => ({
  type: tableAggregate,
  with: { by: ['b'], expressions: { d: expression } },
  inputs: { table: trips },
  taken: ['table'],
})

const { readings, calls, statements } = attacksOn({
  folder: jobs.folder,
  secret,
  database,
  parquet: trips.path ?? '',
  url,
  target,
})

const ways: readonly ((reading: string) => Step)[] = [
  (reading) => query(`SELECT * FROM ${reading}`),
  (reading) => query(`SELECT t.a FROM trips t, ${reading} AS other`),
  (reading) => query(`SELECT (SELECT count(*) FROM ${reading}) AS n FROM trips`),
  (reading) => query(`WITH trips AS (FROM ${reading}) SELECT * FROM trips`),
  (reading) => condition(`EXISTS (FROM ${reading})`),
  (reading) => computed(`(SELECT max(s) FROM ${reading} AS s)`),
  (reading) => grouped(`max((SELECT max(s) FROM ${reading} AS s))`),
]

const positions: readonly ((call: string) => Step)[] = [
  (call) => query(`SELECT ${call} AS it FROM trips`),
  (call) => query(`SELECT a FROM trips ORDER BY (${call})::VARCHAR`),
  (call) => query(`SELECT sum(a) OVER (PARTITION BY ${call}) AS it FROM trips`),
  (call) => condition(`(${call})::VARCHAR <> ''`),
  (call) => condition(`list_transform([a], x -> ${call})[1] IS NOT NULL`),
  (call) => computed(`CASE WHEN true THEN ${call} END`),
  (call) => grouped(`max(${call})`),
]

const statementWays: readonly ((statement: string) => Step)[] = [
  (statement) => query(statement),
  (statement) => query(`SELECT 1 AS a; ${statement}`),
  (statement) => query(`SELECT 1 AS a) ; ${statement}; SELECT * FROM (SELECT 1`),
  (statement) => query(`/* ; */ ${statement} -- ;`),
  (statement) => condition(`true); ${statement}; --`),
  (statement) => computed(`1; ${statement}`),
  (statement) => grouped(`sum(a)); ${statement}; --`),
]

const breakouts: readonly Step[] = [
  query(`SELECT 1 AS a) UNION ALL (SELECT word FROM '${secret}'`),
  query(`SELECT 1 AS a) x, (SELECT word FROM '${secret}') y -- `),
  query(`SELECT 1 AS a\n) FROM read_csv('${secret}') --`),
  query(`WITH "${secret}" AS (FROM "${secret}") FROM "${secret}"`),
  query(`WITH x AS (SELECT 1) SELECT * FROM (WITH y AS (FROM x) FROM y), '${secret}'`),
  query(`WITH RECURSIVE "${secret}" AS (FROM "${secret}" UNION ALL FROM "${secret}") FROM "${secret}"`),
  query(`SELECT * FROM trips t WHERE b IN (SELECT word FROM '${secret}')`),
  query(`SELECT * FROM trips t JOIN '${secret}' s ON true`),
  query(`SELECT * FROM trips t LEFT JOIN LATERAL (FROM read_csv('${secret}')) ON true`),
  query(`SELECT * FROM trips ORDER BY (SELECT word FROM '${secret}')`),
  query(`SELECT * FROM trips LIMIT (SELECT count(*) FROM '${secret}')`),
  query(`SELECT COLUMNS((SELECT word FROM '${secret}')) FROM trips`),
  query(`SELECT * REPLACE ((SELECT word FROM '${secret}') AS a) FROM trips`),
  query(`SELECT * FROM range((SELECT count(*) FROM '${secret}'))`),
  query(`SELECT * FROM trips PIVOT (max((SELECT word FROM '${secret}')) FOR b IN ('x'))`),
  query(`PIVOT '${secret}' ON word IN ('x') USING count(*)`),
  query(`UNPIVOT '${secret}' ON COLUMNS(*)`),
  query(`SELECT 1 AS a EXCEPT FROM '${secret}'`),
  query(`VALUES ((SELECT word FROM '${secret}'))`),
  query(`TABLE "${secret}"`),
  query(`SELECT * FROM trips AT (TIMESTAMP => now())`),
  query(`SELECT filename FROM trips`),
  query(`SELECT rowid FROM trips`),
  query(`SELECT file_row_number FROM trips`),
  query(`SELECT $1`),
  query(`SELECT ?`),
  query(`SELECT $name`),
  query(`SELECT 1 AS a \0 FROM '${secret}'`),
  query(`SELECT a::"${secret}" FROM trips`),
  query(`FROM '${secret}' SELECT word`),
  query(`FROM trips, '${secret}' `),
  query(`SELECT * FROM trips POSITIONAL JOIN '${secret}'`),
  query(`\u00a0FROM\u00a0'${secret}'`),
  condition(`a > 0 OR b = (SELECT word FROM '${secret}')`),
  condition(`true) UNION ALL SELECT word FROM read_csv('${secret}') WHERE (true`),
  condition(`b = ANY (SELECT word FROM '${secret}')`),
  condition(`(FROM '${secret}') IS NOT NULL`),
  condition(`a > 0 QUALIFY true`),
  computed(`1 AS x, (SELECT word FROM '${secret}')`),
  computed(`1 FROM '${secret}' --`),
  computed(`1) AS d FROM read_csv('${secret}') --`),
  grouped(`sum(a) FROM read_csv('${secret}') --`),
  grouped(`sum(a) FILTER (WHERE b IN (SELECT word FROM '${secret}'))`),
  grouped(`sum(a) OVER (ORDER BY (SELECT word FROM '${secret}'))`),
  grouped(`max(a ORDER BY (FROM '${secret}'))`),
  { type: tableAggregate, with: { by: [`b" FROM '${secret}' --`] }, inputs: { table: trips } },
  { type: tableAggregate, with: { by: ['b'], order: [`b; COPY trips TO '${target}.csv'`] }, inputs: { table: trips } },
  { type: tableSelect, with: { cast: { a: `VARCHAR) FROM '${secret}' --` } }, inputs: { table: trips } },
  { type: tableSelect, with: { rename: { a: `x" FROM '${secret}' --` }, columns: ['nothing'] }, inputs: { table: trips } },
] // prettier-ignore

/** Each the plain way and one other way, in turn. */
const crossed = (hows: readonly ((what: string) => Step)[], whats: readonly string[]): readonly Step[] => {
  const [plain, ...others] = hows
  return whats.flatMap((what, index) => [plain, others[index % others.length]].flatMap((how) => how?.(what) ?? []))
}

const told = (step: Step): string => JSON.stringify(step.with)

/** What a run says to anybody, without what the attack itself brought along. */
const heard = (ran: Ran, step: Step): string => JSON.stringify(ran).replaceAll(told(step), '')

test.each<[string, readonly Step[]]>([
  ['reads files, the network, other databases, settings', crossed(ways, readings)],
  ['calls a function that reaches beyond its arguments', crossed(positions, calls)],
  ['is a statement of its own', crossed(statementWays, statements)],
  ['breaks out of where it stands', breakouts],
])('SQL that %s gets an error and nothing else', async (_, attacks) => {
  expect(attacks.length).toBeGreaterThan(40)
  for (const attack of attacks) {
    const ran = await jobs.run([attack])
    const [outcome] = ran.outcomes.map((one) => one.outcome)
    expect(outcome, told(attack)).toMatchObject({ kind: 'failed', failure: { code: 'invalid', retryable: false } })
    expect(heard(ran, attack), told(attack)).not.toContain(word)
  }
})

test('after all of it nothing was written, nobody was called, and the DuckDB that serves the next job is as it was', async () => {
  expect(filesIn(jobs.folder)).toEqual(before)
  expect(visitors).toBe(0)
  const connection = await jobs.engine.connect(new AbortController().signal)
  const { rows } = await connection.ask(
    `SELECT (SELECT count(*) FROM duckdb_tables()) AS tables, (SELECT count(*) FROM duckdb_databases() WHERE NOT internal) AS databases,
     (SELECT count(*) FROM duckdb_secrets()) AS secrets, current_setting('threads') AS threads`,
  )
  connection.close()
  expect(rows).toEqual([{ tables: 0, databases: 1, secrets: 0, threads: 2 }])
  const ran = await jobs.run([query("SELECT a, 'FROM ''/etc/passwd'' -- ; COPY' AS b FROM trips")])
  expect(await jobs.askTable(tableOf(outputsOf(ran, 0)), 'SELECT * FROM {input}')).toEqual([
    { a: 1, b: "FROM '/etc/passwd' -- ; COPY" },
  ])
  expect(readFileSync(secret, 'utf8')).toBe(`word\n${word}\n`)
})
