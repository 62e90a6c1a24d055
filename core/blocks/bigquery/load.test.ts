import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckTables } from '#core/blocks/postgres/testing/postgres-tables.ts'
import { containing } from '#test/fixtures/containing.ts'
import { startedBigQuery, type Started } from './testing/bigquery-tables.ts'

let started: Started
const folder = mkdtempSync(join(tmpdir(), 'millrace-objects-'))
const object = join(folder, 'rides.parquet')
const duck = duckTables()
beforeAll(async () => {
  started = await startedBigQuery({
    objects: (uri) => Promise.resolve(uri === 'gs://lake/rides.parquet' ? [object] : []),
  })
})
afterAll(async () => {
  await duck.close()
  await started.close()
  rmSync(folder, { recursive: true, force: true })
})

const rows = (table: string, order = 'ALL') =>
  started.server.ask(`SELECT * FROM "rides"."trips"."${table}" ORDER BY ${order}`)
const failure = (message: RegExp, code = 'data') => ({ failure: { code, message: containing(message) } })

test('rows are loaded once for each load id, and appended or replaced', async () => {
  const client = await started.open()
  const select = "SELECT range AS n, 'text ' || range AS t FROM range(3)"
  expect(await duck.load(client, select, { into: 'plain', loadId: 'one' })).toMatchObject({ rows: 3, repeated: false })
  expect(await duck.load(client, select, { into: 'plain', loadId: 'one' })).toMatchObject({ rows: 3, repeated: true })
  expect(await rows('plain')).toHaveLength(3)
  await duck.load(client, 'SELECT 9 AS N, NULL::VARCHAR AS T', { into: 'trips.plain' })
  expect(await rows('plain')).toEqual([
    ...[0, 1, 2].map((n) => ({ n: String(n), t: `text ${n}` })),
    { n: '9', t: null },
  ])
  await duck.load(client, "SELECT DATE '2021-01-01' AS other", { into: 'plain', mode: 'replace' })
  expect(await rows('plain')).toEqual([{ other: '2021-01-01' }])
  expect(started.log).toContainEqual(
    containing(/^BigQuery job: https:\/\/console\.cloud\.google\.com\/bigquery\?project=rides&j=bq:EU:millrace_one_/),
  )
})

test('every type becomes a column of its kind', async () => {
  const client = await started.open()
  const select = `SELECT true AS b, 1::TINYINT AS i1, 2::UINTEGER AS u4, 3::UBIGINT AS u8, 4::HUGEINT AS huge, 1.5::FLOAT AS f, 0.1::DOUBLE AS d,
    1.25::DECIMAL(10,2) AS num, 1.0000000001::DECIMAL(38,10) AS big, 'x' AS s, '\\xAA'::BLOB AS bytes, DATE '2021-01-02' AS day, TIME '10:00:01' AS t,
    TIMESTAMP '2021-01-02 03:04:05.678' AS local, TIMESTAMPTZ '2021-01-02 03:04:05+00' AS moment, TIMESTAMP_NS '2021-01-02 03:04:05.123456' AS ns,
    [1, 2] AS list, [['x']] AS lists, {a: 1} AS struct, '{"k": 1}'::JSON AS json, INTERVAL '1 day' AS span, uuid() AS id`
  await duck.load(client, select, { into: 'types' })
  const fields = await started.server.warehouse.describe({ projectId: 'rides', datasetId: 'trips', tableId: 'types' })
  expect(fields?.map(({ name, type, mode }) => `${name} ${type}${mode === 'REPEATED' ? ' REPEATED' : ''}`)).toEqual([
    'b BOOLEAN', 'i1 INTEGER', 'u4 INTEGER', 'u8 NUMERIC', 'huge BIGNUMERIC', 'f FLOAT', 'd FLOAT', 'num NUMERIC', 'big BIGNUMERIC', 's STRING',
    'bytes BYTES', 'day DATE', 't TIME', 'local DATETIME', 'moment TIMESTAMP', 'ns DATETIME', 'list INTEGER REPEATED', 'lists STRING', 'struct STRING',
    'json STRING', 'span STRING', 'id STRING',
  ]) // prettier-ignore
  await expect(
    duck.load(client, "SELECT TIMESTAMP_NS '2021-01-02 03:04:05.123456789' AS ns", { into: 'nanoseconds' }),
  ).rejects.toMatchObject(failure(/nanoseconds/))
  await expect(duck.load(client, 'SELECT 1 AS "my column"', { into: 'names' })).rejects.toMatchObject(
    failure(/“my column”\. Rename them \(table\.select\)/),
  )
})

test('what does not fit the table is refused with what differs, before anything is sent', async () => {
  const client = await started.open()
  await duck.load(client, 'SELECT 1 AS a, 1.5::DOUBLE AS b', { into: 'there' })
  const before = started.server.uploadedBytes()
  await expect(duck.load(client, "SELECT 'x' AS a, 2 AS c", { into: 'there' })).rejects.toMatchObject(
    failure(
      /a is INTEGER in the table and VARCHAR in the rows; c \(INTEGER\) is not in the table; b is missing in the rows/,
    ),
  )
  expect(started.server.uploadedBytes()).toBe(before)
  await duck.load(client, 'SELECT 2 AS a, 3 AS b', { into: 'there' })
  expect(await rows('there')).toEqual([
    { a: '1', b: 1.5 },
    { a: '2', b: 3 },
  ])
  await expect(duck.load(client, 'SELECT 1 AS a, 9007199254740993 AS b', { into: 'there' })).rejects.toMatchObject(
    failure(/too large to be kept exactly/),
  )
})

test('a table that is made is partitioned and clustered; columns must be there and fit', async () => {
  const client = await started.open()
  const select = "SELECT DATE '2021-01-02' AS day, 'x' AS zone"
  const layout = { partition: { column: 'DAY', by: 'month' }, cluster: ['zone'] } as const
  await duck.load(client, select, { into: 'laid', layout })
  const facts = () => started.server.warehouse.facts({ projectId: 'rides', datasetId: 'trips', tableId: 'laid' })
  expect(facts()).toMatchObject({ timePartitioning: { type: 'MONTH', field: 'day' }, clustering: { fields: ['zone'] } })
  await duck.load(client, select, { into: 'laid', mode: 'replace' })
  expect(facts()).toMatchObject({ timePartitioning: { type: 'MONTH', field: 'day' }, clustering: { fields: ['zone'] } })
  const wrong = { partition: { column: 'zone', by: 'day' }, cluster: [] } as const
  await expect(duck.load(client, select, { into: 'laid2', layout: wrong })).rejects.toMatchObject(
    failure(/partitioned by a date or a time, and “zone” is STRING/, 'invalid'),
  )
})

test('a merge puts rows in place of those with the same key, in one statement and once', async () => {
  const client = await started.open()
  const merge = (values: string, loadId?: string) =>
    duck.load(client, `SELECT * FROM (VALUES ${values}) AS v(a, b)`, {
      into: 'merged',
      mode: 'merge',
      keys: ['a'],
      ...(loadId !== undefined && { loadId }),
    })
  expect(await merge("(1, 'x'), (2, 'y')")).toMatchObject({ rows: 2, updated: 0 })
  expect(await merge("(2, 'new'), (3, 'z')", 'merge')).toMatchObject({ rows: 2, updated: 1, repeated: false })
  expect(await merge("(2, 'new'), (3, 'z')", 'merge')).toMatchObject({ rows: 2, updated: 1, repeated: true })
  expect(await rows('merged')).toEqual([
    { a: '1', b: 'x' },
    { a: '2', b: 'new' },
    { a: '3', b: 'z' },
  ])
  await expect(merge("(7, 'p'), (7, 'q')")).rejects.toMatchObject(failure(/^The rows hold the key a = 7 2 times\./))
  await expect(merge("(7, 'p'), (NULL, 'q')")).rejects.toMatchObject(
    failure(/^1 row has no value in “a”, a key of the merge/),
  )
  expect(started.server.warehouse.tables('rides', 'trips').filter((name) => name.startsWith('_millrace'))).toEqual([])
  expect(await rows('merged')).toHaveLength(3)
})

test('an empty table is made with its columns', async () => {
  const client = await started.open()
  expect(await duck.load(client, 'SELECT 1 AS a, [1] AS l LIMIT 0', { into: 'empty' })).toMatchObject({ rows: 0 })
  expect(await rows('empty')).toEqual([])
})

test('a load that was made is made again when its table was dropped meanwhile', async () => {
  const client = await started.open()
  const load = () => duck.load(client, 'SELECT 1 AS a', { into: 'dropped', loadId: 'dropped' })
  await load()
  await started.server.warehouse.deleteTable({ projectId: 'rides', datasetId: 'trips', tableId: 'dropped' })
  expect(await load()).toMatchObject({ rows: 1, repeated: false })
  expect(await load()).toMatchObject({ rows: 1, repeated: true })
  expect(await rows('dropped')).toHaveLength(1)
})

test('objects are fetched by BigQuery itself: appended, replaced, merged, and once', async () => {
  const client = await started.open()
  const put = (select: string) =>
    duck.use(async (tables) =>
      tables.copyTo(await tables.derive({}, select), object, { format: 'parquet', compression: 'snappy' }),
    )
  const load = (mode: 'append' | 'replace' | 'merge', loadId: string, name = 'rides') =>
    duck.use(async (tables) =>
      client.loadObjects?.({
        objects: [`gs://lake/${name}.parquet`],
        tables,
        into: 'objects',
        mode,
        keys: mode === 'merge' ? ['n'] : [],
        loadId,
        signal: new AbortController().signal,
        progress: () => undefined,
        warn: () => undefined,
      }),
    )
  await put("SELECT 1 AS n, 'x' AS t")
  const columns = [
    { name: 'n', type: 'BIGINT' },
    { name: 't', type: 'VARCHAR' },
  ]
  expect(await load('append', 'o1')).toEqual({ rows: 1, columns, repeated: false })
  expect(await load('append', 'o1')).toMatchObject({ rows: 1, repeated: true })
  await put("SELECT * FROM (VALUES (1, 'new'), (2, 'y')) AS v(n, t)")
  expect(await load('merge', 'o2')).toMatchObject({ rows: 2, updated: 1 })
  expect(await rows('objects')).toEqual([
    { n: '1', t: 'new' },
    { n: '2', t: 'y' },
  ])
  expect(await load('replace', 'o3')).toMatchObject({ rows: 2 })
  await expect(load('append', 'o4', 'none')).rejects.toMatchObject(
    failure(/There is no object gs:\/\/lake\/none\.parquet/, 'not-found'),
  )
})
