import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BigQuery } from '@google-cloud/bigquery'
import { PassThroughClient } from 'google-auth-library'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBigQuery, type BigQueryServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'fake-bigquery-test-'))
let server: BigQueryServer
let client: BigQuery

beforeAll(async () => {
  server = await startBigQuery()
  client = new BigQuery({ projectId: 'rides', apiEndpoint: server.url, authClient: new PassThroughClient() })
  await client.createDataset('taxi', { location: 'EU' })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('Google’s own client makes datasets and tables, and is told what there is', async () => {
  const [datasets] = await client.getDatasets()
  expect(datasets.map(({ id }) => id)).toEqual(['taxi'])
  await client.dataset('taxi').createTable('made', {
    schema: { fields: [{ name: 'n', type: 'INTEGER' }] },
    timePartitioning: { type: 'DAY' },
  })
  const made = await client.dataset('taxi').table('made').getMetadata()
  expect(made[0]).toMatchObject({ numRows: '0', location: 'EU', timePartitioning: { type: 'DAY' } })
  await expect(client.createDataset('taxi')).rejects.toMatchObject({ code: 409 })
  await expect(client.dataset('none').table('none').getMetadata()).rejects.toMatchObject({
    code: 404,
    errors: [{ reason: 'notFound' }],
  })
})

test('it loads a file, asks for the rows with parameters, and takes them page by page', async () => {
  const file = join(folder, 'rows.csv')
  writeFileSync(file, `a,b\n${Array.from({ length: 50 }, (_, n) => `${n},text ${n}`).join('\n')}\n`)
  const schema = {
    fields: [
      { name: 'a', type: 'INTEGER' },
      { name: 'b', type: 'STRING' },
    ],
  }
  const [job] = await client
    .dataset('taxi', { location: 'EU' })
    .table('loaded')
    .load(file, { schema, skipLeadingRows: 1, location: 'EU' })
  await once(client.job(job.jobReference?.jobId ?? '', { location: 'EU' }), 'complete')
  const [query] = await client.createQueryJob({
    query: "SELECT a AS `the a`, b FROM `rides.taxi.loaded` WHERE a >= @least AND b != 'it\\'s' ORDER BY a",
    params: { least: 10 },
    location: 'EU',
  })
  const [rows, next] = await query.getQueryResults({ maxResults: 30, autoPaginate: false })
  expect(rows[0]).toEqual({ 'the a': 10, b: 'text 10' })
  expect(rows).toHaveLength(30)
  const [rest] = await query.getQueryResults({ ...next, autoPaginate: false })
  expect(rest).toHaveLength(10)
})

test('a dry run tells the bytes, a cap refuses, and a job id is taken once', async () => {
  const query = 'SELECT a FROM taxi.loaded'
  const [dry] = await client.createQueryJob({ query, dryRun: true, location: 'EU' })
  expect(dry.metadata).toMatchObject({
    statistics: { totalBytesProcessed: '400', query: { statementType: 'SELECT' } },
  })
  const [capped] = await client.createQueryJob({ query, maximumBytesBilled: '100', location: 'EU' })
  await expect(capped.getQueryResults()).rejects.toMatchObject({ errors: [{ reason: 'bytesBilledLimitExceeded' }] })
  await client.createJob({ jobId: 'once', location: 'EU', configuration: { query: { query, useLegacySql: false } } })
  await expect(
    client.createJob({ jobId: 'once', location: 'EU', configuration: { query: { query, useLegacySql: false } } }),
  ).rejects.toMatchObject({ code: 409 })
})

test('types, MERGE, scripts and what a table is partitioned by are GoogleSQL’s', async () => {
  const run = async (query: string) => {
    const [job] = await client.createQueryJob({
      query,
      location: 'EU',
      defaultDataset: { projectId: 'rides', datasetId: 'taxi' },
    })
    const [rows] = await job.getQueryResults({ wrapIntegers: true })
    const answer: readonly unknown[] = await job.getMetadata()
    return { rows, metadata: answer[0] }
  }
  const { rows } =
    await run(`SELECT CAST('1.5' AS NUMERIC) n, CAST('0.1' AS BIGNUMERIC) big, TIMESTAMP '2021-01-01 00:00:00+00' t, DATE '2021-01-02' d,
    [1, 2] list, STRUCT(1 AS x, 'y' AS y) s, b'abc' bytes, ST_GEOGPOINT(1, 2) g, 9007199254740993 i, CAST(NULL AS STRING) absent, DATETIME '2021-01-01 10:00:00' dt`)
  expect(JSON.parse(JSON.stringify(rows[0]))).toMatchObject({
    n: '1.5',
    big: '0.1',
    t: { value: '2021-01-01T00:00:00.000Z' },
    d: { value: '2021-01-02' },
    i: { value: '9007199254740993' },
    list: [{ value: '1' }, { value: '2' }],
    s: { x: { value: '1' }, y: 'y' },
    g: { value: 'POINT(1 2)' },
    absent: null,
    dt: { value: '2021-01-01T10:00:00' },
  })
  await run(
    'CREATE OR REPLACE TABLE kept (a INT64, b STRING) PARTITION BY RANGE_BUCKET(a, [1]) CLUSTER BY b OPTIONS(description="x")',
  )
  const merged = await run(
    'MERGE INTO kept AS target USING (SELECT a, b FROM loaded) AS source ON target.a = source.a WHEN MATCHED THEN UPDATE SET b = source.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (source.a, source.b)',
  )
  expect(merged.metadata).toMatchObject({
    statistics: { query: { dmlStats: { insertedRowCount: '50', updatedRowCount: '0' } } },
  })
  await run('DELETE kept WHERE a < 10; UPDATE kept SET b = "x" WHERE a = 11')
  expect((await run('SELECT COUNT(*) AS n FROM kept')).rows).toMatchObject([{ n: { value: '40' } }])
  const kept = await client.dataset('taxi').table('kept').getMetadata()
  expect(kept[0]).toMatchObject({ clustering: { fields: ['b'] } })
})

test('permissions that are missing are refused in Google’s words', async () => {
  server.deny('bigquery.jobs.create')
  await expect(client.createQueryJob('SELECT 1')).rejects.toMatchObject({
    code: 403,
    message: expect.stringContaining('User does not have bigquery.jobs.create permission in project rides') as string,
  })
  server.deny()
})
