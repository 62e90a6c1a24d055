import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckTables } from '#core/blocks/postgres/testing/postgres-tables.ts'
import type { QueryParameters } from '#core/kinds/capabilities.ts'
import { containing } from '#test/fixtures/containing.ts'
import { scriptOf, splitGoogleStatements } from './statements.ts'
import { startedBigQuery, type Started } from './testing/bigquery-tables.ts'

let started: Started
const duck = duckTables()
beforeAll(async () => {
  started = await startedBigQuery()
})
afterAll(async () => {
  await duck.close()
  await started.close()
})

const signal = new AbortController().signal

const select = async (sql: string, ask = 'SELECT * FROM {it}', settings = {}) => {
  const client = await started.open(settings)
  return duck.use(async (tables) => {
    const table = await client.select({
      sql,
      tables,
      results: '',
      signal,
      progress: () => undefined,
      warn: () => undefined,
    })
    return {
      types: table.columns.map(({ name, type }) => `${name} ${type}`),
      rows: await tables.ask({ it: table }, ask),
    }
  })
}

const execute = async (sql: string, loadId: string | null = null, settings = {}) => {
  const client = await started.open(settings)
  return duck.use((tables) => client.execute({ sql, tables, loadId, signal }))
}

test('every type comes exactly: whole numbers, decimals, moments, bytes, places, nested and repeated values', async () => {
  const { types, rows } = await select(
    `SELECT 9007199254740993 AS i, 0.1 AS f, CAST('12345678901234567890123456789.123456789' AS NUMERIC) AS n,
    CAST('0.12345678901234567891' AS BIGNUMERIC) AS big, 'a "b", \\\\N' AS s, '' AS e, CAST(NULL AS STRING) AS nothing_here, b'\\xff\\x00' AS b, true AS t,
    DATE '2021-01-02' AS d, DATETIME '2021-01-02 03:04:05.678901' AS dt, TIMESTAMP '1960-01-02 03:04:05.678901+00' AS ts, TIME '23:59:59.5' AS ti, ST_GEOGPOINT(1, 2) AS g,
    [STRUCT(9007199254740993 AS x, TIMESTAMP '2021-01-01 00:00:00+00' AS y, b'\\x01' AS z)] AS nested, PARSE_JSON('{"k": [1]}') AS j`,
    'SELECT *, nested[1].x AS x, hex(b) AS hex, hex(nested[1].z) AS z, (dt::VARCHAR) AS dt_text, (ts::VARCHAR) AS ts_text, n::VARCHAR AS n_text FROM {it}',
  )
  expect(types).toEqual([
    'i BIGINT', 'f DOUBLE', 'n DECIMAL(38,9)', 'big DECIMAL(38,20)', 's VARCHAR', 'e VARCHAR', 'nothing_here VARCHAR', 'b BLOB', 't BOOLEAN', 'd DATE', 'dt TIMESTAMP',
    'ts TIMESTAMP WITH TIME ZONE', 'ti TIME', 'g VARCHAR', 'nested STRUCT(x BIGINT, y TIMESTAMP WITH TIME ZONE, z BLOB)[]', 'j JSON',
  ]) // prettier-ignore
  expect(rows[0]).toMatchObject({
    i: '9007199254740993', f: 0.1, n_text: '12345678901234567890123456789.123456789', s: 'a "b", \\N', e: '', nothing_here: null, hex: 'FF00',
    dt_text: '2021-01-02 03:04:05.678901', ts_text: '1960-01-02 03:04:05.678901+00', g: 'POINT(1 2)', x: '9007199254740993', z: '01',
  }) // prettier-ignore
})

test('a BIGNUMERIC with more digits than a decimal has stays text', async () => {
  const long = '123456789012345678901234567890.12345678901234567891'
  const { types, rows } = await select(`SELECT CAST('${long}' AS BIGNUMERIC) AS big`)
  expect(types).toEqual(['big VARCHAR'])
  expect(rows).toEqual([{ big: long }])
})

test('many pages come whole and in order', async () => {
  const { rows } = await select(
    'SELECT n, CONCAT("text ", CAST(n AS STRING)) AS s FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n DESC',
    'SELECT count(*)::INTEGER AS n, sum(n)::BIGINT AS sum, first(n)::INTEGER AS first, count(DISTINCT s)::INTEGER AS texts FROM {it}',
  )
  expect(rows).toEqual([{ n: 25000, sum: 312512500, first: 25000, texts: 25000 }])
  expect(
    started.server.requests.filter((request) => request.startsWith('GET /projects/rides/queries/')).length,
  ).toBeGreaterThan(3)
})

test('rows longer than usual come too', async () => {
  const { rows } = await select(
    "SELECT REPEAT('ä', 3000000) AS s, 1 AS n UNION ALL SELECT 'x', 2",
    'SELECT n, length(s)::INTEGER AS l FROM {it} ORDER BY n',
  )
  expect(rows).toEqual([
    { n: 1, l: 3_000_000 },
    { n: 2, l: 1 },
  ])
})

test('a query that would change something is refused before it runs, and so is one that would cost too much', async () => {
  await execute('CREATE TABLE kept AS SELECT 1 AS a')
  await expect(select('DELETE FROM kept WHERE true')).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/this is DELETE\. Write one SELECT/) },
  })
  await expect(select('SELECT a FROM kept', undefined, { maximum_bytes_billed: '1 MB' })).rejects.toMatchObject({
    failure: {
      code: 'limit',
      message: containing(/billed 10\.5 MB, which is more than the block allows for one query \(1\.0 MB\)/),
    },
  })
  expect((await select('SELECT a FROM kept')).rows).toEqual([{ a: 1 }])
  expect(started.log).toContainEqual('BigQuery read 8 B and bills 10.5 MB.')
})

test('statements are run once for each load id, and tell what they changed', async () => {
  expect(await execute('CREATE OR REPLACE TABLE many (a INT64)', 'make')).toEqual({
    statements: [{ command: 'CREATE_TABLE', rows: null }],
    repeated: false,
  })
  const sql = 'INSERT INTO many (a) VALUES (1), (2); UPDATE many SET a = 3 WHERE a = 2'
  const statements = [
    { command: 'INSERT', rows: 2 },
    { command: 'UPDATE', rows: 1 },
  ]
  expect(await execute(sql, 'change')).toEqual({ statements, repeated: false })
  expect(await execute(sql, 'change')).toEqual({ statements, repeated: true })
  expect((await select('SELECT a FROM many ORDER BY a')).rows).toEqual([{ a: 1 }, { a: 3 }])
  await expect(execute('INSERT INTO many (a) VALUES (9); INSERT INTO many (nope) VALUES (1)')).rejects.toMatchObject({
    failure: { code: 'invalid' },
  })
  expect((await select('SELECT a FROM many ORDER BY a')).rows).toHaveLength(2)
})

test('a dry run tells the bytes without a job', async () => {
  const client = await started.open({ maximum_bytes_billed: '2 GiB' })
  const jobs = started.server.jobs().length
  expect(await client.estimate?.('SELECT a FROM many', {}, signal)).toEqual({ bytes: 16, mostBytes: 2 ** 31 })
  expect(started.server.jobs()).toHaveLength(jobs)
  await expect(client.estimate?.('SELECT a FROM missing', {}, signal)).rejects.toMatchObject({
    failure: { code: 'not-found', message: containing(/There is no table rides\.trips\.missing/) },
  })
})

test('a question gives a few rows as JSON', async () => {
  const client = await started.open()
  const { columns, rows } = await client.query(
    'SELECT 1 AS a, 9007199254740993 AS big, STRUCT(true AS t, [1.5] AS l) AS s',
    5,
  )
  expect(columns.map(({ type }) => type)).toEqual(['BIGINT', 'BIGINT', 'STRUCT("t" BOOLEAN, "l" DOUBLE[])'])
  expect(rows).toEqual([{ a: 1, big: '9007199254740993', s: { t: true, l: [1.5] } }])
})

test('statements are told apart in GoogleSQL, and made a transaction where that is possible', () => {
  const sql =
    "-- one; two\nSELECT ';' || \"it's;\" || '\\';' || '''a;'b''' || r'\\' FROM `a;b`; # x;\n/* ; */ DELETE FROM t;"
  expect(splitGoogleStatements(sql)).toEqual([
    "SELECT ';' || \"it's;\" || '\\';' || '''a;'b''' || r'\\' FROM `a;b`",
    'DELETE FROM t',
  ])
  expect(scriptOf('INSERT INTO t VALUES (1); (SELECT 1)')).toEqual({
    sql: 'BEGIN TRANSACTION;\nINSERT INTO t VALUES (1);\n(SELECT 1);\nCOMMIT TRANSACTION;',
    isAtomic: true,
  })
  expect(scriptOf('CREATE TABLE t (a INT64); INSERT INTO t VALUES (1)')).toMatchObject({ isAtomic: false })
})

test('parameters by name have the types of their values, and rows are kept in a table as well', async () => {
  const client = await started.open()
  const ask = (parameters: QueryParameters, into?: string) =>
    duck.use(async (tables) => {
      const sql =
        "SELECT @text AS t, @n + 1 AS n, @f AS f, @yes AS yes, @day >= DATE '2021-01-01' AS later, 'b' IN UNNEST(@list) AS found"
      const request = {
        sql,
        tables,
        results: '',
        signal,
        progress: () => undefined,
        warn: () => undefined,
        parameters,
        ...(into !== undefined && { into }),
      }
      const table = await client.select(request)
      return tables.ask({ it: table }, 'SELECT * FROM {it}')
    })
  const values = { text: "it's \\ `x`", n: 41, f: 0.5, yes: true, day: '2021-06-01', list: ['a', 'b'] }
  const row = { t: values.text, n: 42, f: 0.5, yes: true, later: true, found: true }
  expect(await ask(values, 'kept_rows')).toEqual([row])
  expect(await ask(values, 'trips.kept_rows')).toEqual([row])
  expect((await client.query('SELECT t, n FROM kept_rows', 5)).rows).toEqual([{ t: row.t, n: 42 }])
  expect(await client.estimate?.('SELECT n FROM kept_rows WHERE t = @text', { text: 'x' }, signal)).toMatchObject({
    bytes: 8 + 2 + row.t.length,
  })
  await expect(ask({ ...values, list: ['a', 1] })).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/“list” holds values of several types/) },
  })
  await expect(ask({ ...values, text: { a: 1 } })).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/“text” holds .* a mapping/) },
  })
})
