import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckDBFile } from '#core/blocks/duckdb/client.ts'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { databaseLoad } from '#core/tasks/database-load/index.ts'
import { databaseQuery } from '#core/tasks/database-query/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const duckdb = (path: string) => ({ type: duckdbBlock, settings: { path } })
const jobs = tableJobs({
  'block:duckdb/warehouse': duckdb('warehouse.duckdb'),
  'block:duckdb/empty': duckdb('empty.duckdb'),
})
afterAll(jobs.close)
const file = join(jobs.folder, 'warehouse.duckdb')
const database = openDuckDBFile(file)
const query = async (sql: string) => (await database.query(sql, 1000)).rows
beforeAll(() => jobs.execute(join(jobs.folder, 'empty.duckdb'), 'CREATE TABLE nothing (n INTEGER)'))

let loads = 0
/** Rows are values of `columns`, in SQL. */
const merge = (into: string, columns: string, rows: string, { keys = ['a'], loadId = `load ${(loads += 1)}` } = {}) => {
  const types: Readonly<Record<string, string>> = { a: 'BIGINT', b: 'VARCHAR', c: 'BIGINT' }
  const typed = columns.split(',').map((name) => `${name}::${types[name]} AS ${name}`)
  return jobs.run([
    {
      type: databaseQuery,
      taskRun: 'rows',
      with: { database: 'block:duckdb/empty', sql: `SELECT ${typed.join(', ')} FROM (VALUES ${rows}) t(${columns})` },
    },
    {
      type: databaseLoad,
      loadId,
      with: { database: 'block:duckdb/warehouse', into, mode: 'merge', keys },
    },
  ])
}
const failure = async (...given: Parameters<typeof merge>) => {
  const outcome = (await merge(...given)).outcomes.at(-1)?.outcome
  return outcome?.kind === 'failed' ? outcome.failure : null
}
const value = (number: number) => ({ kind: 'value', value: number })

test('rows with the same keys take the place of others, the rest is added, and the result says how many', async () => {
  const made = outputsOf(await merge('t', 'a,b', `(1, 'x'), (2, 'y')`), 1)
  expect(made).toMatchObject({ rows: value(2), inserted: value(2), updated: value(0) })
  const merged = await merge('t', 'b,a', `('new', 2), ('z', 3), ('w', 4)`)
  expect(outputsOf(merged, 1)).toMatchObject({ rows: value(3), inserted: value(2), updated: value(1) })
  expect(merged.log).toContainEqual(containing(/Loaded 3 rows into t \(merge: 2 added, 1 in place of others\)/))
  expect(await query('SELECT * FROM t ORDER BY a')).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'new' },
    { a: 3, b: 'z' },
    { a: 4, b: 'w' },
  ])
})

test('several keys tell rows apart together, whatever the case of their names', async () => {
  await merge('pairs', 'a,b,c', `(1, 'x', 1), (1, 'y', 1)`, { keys: ['A', 'b'] })
  await merge('pairs', 'a,b,c', `(1, 'y', 2), (2, 'y', 2)`, { keys: ['a', 'B'] })
  expect(await query('SELECT * FROM pairs ORDER BY a, b')).toEqual([
    { a: 1, b: 'x', c: 1 },
    { a: 1, b: 'y', c: 2 },
    { a: 2, b: 'y', c: 2 },
  ])
})

test('a table with a primary key is merged into', async () => {
  await jobs.execute(
    file,
    'CREATE TABLE keyed (a BIGINT PRIMARY KEY, b VARCHAR); INSERT INTO keyed VALUES (1, NULL), (2, NULL)',
  )
  const merged = outputsOf(await merge('keyed', 'a,b', `(2, 'y'), (3, 'z')`), 1)
  expect(merged).toMatchObject({ inserted: value(1), updated: value(1) })
  expect(await query('SELECT * FROM keyed ORDER BY a')).toEqual([
    { a: 1, b: null },
    { a: 2, b: 'y' },
    { a: 3, b: 'z' },
  ])
})

test('a merge is made once, and a retry says what the first said', async () => {
  await merge('once', 'a,b', `(1, 'x')`)
  const first = outputsOf(await merge('once', 'a,b', `(1, 'y'), (2, 'y')`, { loadId: 'the same' }), 1)
  await merge('once', 'a,b', `(1, 'later')`)
  expect(outputsOf(await merge('once', 'a,b', `(1, 'y'), (2, 'y')`, { loadId: 'the same' }), 1)).toEqual(first)
  expect(await query('SELECT b FROM once ORDER BY a')).toEqual([{ b: 'later' }, { b: 'y' }])
})

test.each([
  ['fresh', 'is made'],
  ['there', 'is there'],
])('a key twice, or none, is refused with the key and nothing is changed: the table %s %s', async (into) => {
  if (into === 'there') await merge(into, 'a,b', `(1, 'x')`)
  const before = into === 'there' ? await query(`SELECT * FROM ${into}`) : null
  expect(await failure(into, 'a,b', `(1, 'x'), (7, 'p'), (7, 'q'), (8, 'r'), (8, 's'), (8, 't')`)).toMatchObject({
    code: 'data',
    message: containing(/^The rows hold the key a = 8 3 times, and 1 other key more than once\./),
  })
  expect(await failure(into, 'a,b', `(1, 'x'), (NULL, 'y')`)).toMatchObject({
    code: 'data',
    message: containing(/^1 row has no value in “a”, a key of the merge/),
  })
  if (before) expect(await query(`SELECT * FROM ${into}`)).toEqual(before)
  else await expect(query(`SELECT * FROM ${into}`)).rejects.toThrow(/does not exist/)
})

test('what differs from the table is refused as ever, and an unknown key with what was probably meant', async () => {
  await merge('other', 'a,b', `(1, 'x')`)
  expect(await failure('other', 'a,c', '(1, 1)')).toMatchObject({
    message: containing(/c \(BIGINT\) is not in the table/),
  })
  expect(await failure('other', 'a,b', `(1, 'x')`, { keys: ['aa'] })).toMatchObject({
    code: 'invalid',
    message: containing(/no column “aa” to merge by\. Did you mean “a”/),
  })
})

test('merge needs keys, and the other modes take none', () => {
  const parsed = (settings: object) =>
    databaseLoad.config.safeParse({ database: 'block:duckdb/warehouse', into: 't', ...settings })
  expect(parsed({ mode: 'merge' }).error?.issues).toMatchObject([
    { path: ['keys'], message: containing(/Merge needs/) },
  ])
  expect(parsed({ mode: 'append', keys: ['a'] }).error?.issues).toMatchObject([{ path: ['keys'] }])
  expect(parsed({ mode: 'merge', keys: ['a'] }).success).toBe(true)
})

const batch = fc.uniqueArray(fc.record({ a: fc.integer({ min: 0, max: 12 }), c: fc.integer({ min: 0, max: 99 }) }), {
  selector: ({ a }) => a,
  minLength: 1,
  maxLength: 8,
})

test('merges one after the other leave what a map would hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const into = `map_${(loads += 1)}`
      const expected = new Map<number, number>()
      for (const rows of batches) {
        const updated = rows.filter(({ a }) => expected.has(a)).length
        const values = rows.map(({ a, c }) => `(${a}, ${c})`).join(', ')
        expect(outputsOf(await merge(into, 'a,c', values), 1)).toMatchObject({ updated: value(updated) })
        for (const { a, c } of rows) expected.set(a, c)
      }
      const found = await query(`SELECT a, c FROM ${into} ORDER BY a`)
      expect(found).toEqual([...expected].map(([a, c]) => ({ a, c })).toSorted((one, other) => one.a - other.a))
    }),
    { numRuns: 5 },
  )
})
