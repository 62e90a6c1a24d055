import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { databaseExecute } from '#core/tasks/database-execute/index.ts'
import { databaseQuery } from '#core/tasks/database-query/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs, tableOf } from '#test/fixtures/table-job.ts'

const jobs = tableJobs({
  'block:duckdb/warehouse': { type: duckdbBlock, settings: { path: 'warehouse.duckdb' } },
  'block:duckdb/none': { type: duckdbBlock, settings: { path: 'none.duckdb' } },
})
afterAll(jobs.close)

const run = (sql: string, type = databaseQuery, database = 'block:duckdb/warehouse') =>
  jobs.run([{ type, taskRun: 'it', loadId: sql, with: { database, sql } }])
const rows = async (sql: string) => {
  const table = tableOf(outputsOf(await run(sql), 0))
  return { table, rows: await jobs.askTable(table, 'SELECT * FROM {input}') }
}
const failure = async (sql: string, database?: string) => {
  const [one] = (await run(sql, databaseQuery, database)).outcomes
  return one?.outcome.kind === 'failed' ? one.outcome.failure : null
}

beforeAll(async () => {
  outputsOf(
    await run(
      `CREATE TYPE mood AS ENUM ('glad', 'sad');
       CREATE TABLE typed AS SELECT 170141183460469231731687303715884105727::HUGEINT AS huge, 1.50::DECIMAL(6, 2) AS price,
         TIMESTAMPTZ '2020-11-01 00:00:00+00' AS at, ['a', NULL] AS list, {'x': 1, 'y': 'b'} AS pair, 'glad'::mood AS mood,
         '{"a":1}'::JSON AS j, '\\x00\\xff'::BLOB AS bytes, '12345678-1234-5678-1234-567812345678'::UUID AS id, ''::VARCHAR AS empty,
         NULL::DATE AS none, TIME '12:34:56.789' AS clock, MAP {'k': 1} AS map, INTERVAL 1 DAY AS span;
       CREATE TABLE many AS SELECT range AS n, hash(range) % 1000 AS g FROM range(300000)`,
      databaseExecute,
    ),
    0,
  )
})

test('the rows of a query are a table in a file of the results, with the very same types and values', async () => {
  const { table, rows: found } = await rows('SELECT * FROM typed -- all of it')
  expect(table).toMatchObject({ rows: 1, path: containing(/results\/it\/it\.parquet$/), sources: [table.path] })
  expect(existsSync(table.path ?? '')).toBe(true)
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'huge HUGEINT', 'price DECIMAL(6,2)', 'at TIMESTAMP WITH TIME ZONE', 'list VARCHAR[]', 'pair STRUCT(x INTEGER, y VARCHAR)',
    `mood ENUM('glad', 'sad')`, 'j JSON', 'bytes BLOB', 'id UUID', 'empty VARCHAR', 'none DATE', 'clock TIME',
    'map MAP(VARCHAR, INTEGER)', 'span INTERVAL',
  ]) // prettier-ignore
  expect(found).toMatchObject([
    {
      huge: '170141183460469231731687303715884105727',
      price: '1.50',
      list: ['a', null],
      pair: { x: 1, y: 'b' },
      mood: 'glad',
      j: '{"a":1}',
      empty: '',
      none: null,
    },
  ])
})

test('a large result is counted exactly, and ORDER BY holds in the file', async () => {
  const { table } = await rows('SELECT n, g, sum(n) OVER () AS total FROM many ORDER BY g, n;')
  expect(table.rows).toBe(300_000)
  expect(table.bytes).toBeGreaterThan(100_000)
  const unsorted = `SELECT count(*) AS n FROM (SELECT g, n, lag(g) OVER file AS before_g, lag(n) OVER file AS before_n
    FROM read_parquet('${table.path}', file_row_number = true) WINDOW file AS (ORDER BY file_row_number)) WHERE before_n IS NOT NULL AND (before_g, before_n) > (g, n)`
  expect(await jobs.askTable(table, unsorted)).toEqual([{ n: 0 }])
})

test.each([
  'DESCRIBE many',
  'SHOW TABLES',
  'SUMMARIZE many',
  'FROM many LIMIT 3',
  'VALUES (1), (2)',
  'WITH a AS (SELECT 1) FROM a',
])('%s gives rows', async (sql) => {
  expect((await rows(sql)).rows.length).toBeGreaterThan(0)
})

test.each([
  ['SELECT 1; SELECT 2', /more than one statement/],
  ['-- nothing', /There is no query/],
  ['INSERT INTO many VALUES (1, 2)', /“INSERT INTO many VALUES \(1, 2\)”.* (gives no rows|read-only)/],
  ['DELETE FROM many RETURNING n', /gives no rows|read-only/],
  ['SELECT 1 AS a, 2 AS A', /two columns that are called “A”/],
  ['SELECT nothing FROM many', /^The query \(“SELECT nothing FROM many”\): .*nothing/],
  ["SELECT 1) TO 'x' (FORMAT csv); COPY (SELECT 1", /more than one statement/],
  ["SELECT 1) TO 'x' (FORMAT csv", /syntax error/],
  [`SELECT 'x'::INTEGER`, /Could not convert string 'x'/],
])('%j is refused', async (sql, message) => {
  expect(await failure(sql)).toMatchObject({ message: containing(message) })
})

test('a query reaches no file and no setting', async () => {
  const hidden = join(jobs.folder, 'hidden.csv')
  writeFileSync(hidden, 'a\nsecret\n')
  expect(await failure(`SELECT * FROM read_csv('${hidden}')`)).toMatchObject({
    code: 'denied',
    message: containing(/reaches its database and nothing else/),
  })
  expect(await failure(`SELECT * FROM '${hidden}'`)).toMatchObject({ code: 'denied' })
  expect(await failure('SET threads = 1')).not.toBeNull()
})

test('a database that is not there yet is not made by a query', async () => {
  expect(await failure('SELECT 1', 'block:duckdb/none')).toMatchObject({
    code: 'not-found',
    message: containing(/There is no database .*none\.duckdb yet/),
  })
  expect(existsSync(join(jobs.folder, 'none.duckdb'))).toBe(false)
})

test('a query that is stopped ends at once and leaves no file', async () => {
  const stop = new AbortController()
  const ran = jobs.run(
    [
      {
        type: databaseQuery,
        taskRun: 'slow',
        with: { database: 'block:duckdb/warehouse', sql: 'SELECT count(*) FROM many a, many b, many c' },
      },
    ],
    stop.signal,
  )
  setTimeout(() => stop.abort(), 50)
  expect((await ran).outcomes[0]?.outcome.kind).toBe('cancelled')
})

test('a database without parameters by name, or that keeps no rows, says so and what to do', async () => {
  const refused = async (more: object) => {
    const settings = { database: 'block:duckdb/warehouse', sql: 'SELECT 1', ...more }
    const [one] = (await jobs.run([{ type: databaseQuery, with: settings }])).outcomes
    return one?.outcome.kind === 'failed' ? one.outcome.failure : null
  }
  expect(await refused({ parameters: { day: '2021-01-01' } })).toMatchObject({
    code: 'invalid',
    message: containing(/takes no parameters by name; BigQuery does\. Write values as \{\{ name \}\}/),
  })
  expect(await refused({ into: 'kept' })).toMatchObject({
    code: 'invalid',
    message: containing(/does not keep the rows of a query; BigQuery does\. .*database\.load/),
  })
})
