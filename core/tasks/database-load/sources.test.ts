import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDuckDBFile } from '#core/blocks/duckdb/client.ts'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { databaseLoad } from '#core/tasks/database-load/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { handleOf, outputsOf, tableJobs, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs({ 'block:duckdb/warehouse': { type: duckdbBlock, settings: { path: 'warehouse.duckdb' } } })
afterAll(jobs.close)
const database = openDuckDBFile(join(jobs.folder, 'warehouse.duckdb'))

const file = async (name: string, content: string) => {
  const path = join(jobs.folder, name)
  writeFileSync(path, content)
  return handleOf(path)
}

const load = (inputs: Step['inputs'], settings: object = {}): Step => ({
  type: databaseLoad,
  taskRun: 'load',
  loadId: `load ${JSON.stringify([inputs, settings])}`,
  with: { database: 'block:duckdb/warehouse', into: 'rides', ...settings },
  ...(inputs && { inputs }),
})

const failure = async (...steps: readonly Step[]) => {
  const last = (await jobs.run(steps)).outcomes.at(-1)
  return last?.outcome.kind === 'failed' ? last.outcome.failure : last
}

test('files are loaded as the rows that are in them, merged by keys that they have', async () => {
  const files = [await file('a.csv', 'a,b\n1,x\n2,y\n'), await file('b.csv', 'a,b\n3,z\n')]
  expect(outputsOf(await jobs.run([load({ files })]), 0)).toMatchObject({ rows: { value: 3 } })
  const changed = [await file('c.csv', 'a,b\n3,new\n4,w\n')]
  const merged = outputsOf(await jobs.run([load({ files: changed }, { mode: 'merge', keys: ['A'] })]), 0)
  expect(merged).toMatchObject({ inserted: { value: 1 }, updated: { value: 1 } })
  expect((await database.query('SELECT a, b FROM rides ORDER BY a', 9)).rows).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
    { a: 3, b: 'new' },
    { a: 4, b: 'w' },
  ])
})

test('what to load must be said once', async () => {
  const files = [await file('d.csv', 'a,b\n1,x\n')]
  expect(await failure(load({}))).toMatchObject({
    code: 'invalid',
    message: containing(/^There is nothing to load: connect “table” or “files”/),
  })
  const both = await failure({ type: tableRead, taskRun: 'read', with: { path: 'd.csv' } }, load({ files }))
  expect(both).toMatchObject({
    code: 'invalid',
    message: containing(/of “table”, “files” and “objects” give only one/),
  })
})

test('a database that fetches no objects, or has no partitions, says so and what to do', async () => {
  expect(await failure(load({}, { objects: ['gs://rides/data/*.parquet'] }))).toMatchObject({
    code: 'invalid',
    message: containing(/does not fetch gs:\/\/rides\/data\/\*\.parquet itself; BigQuery does\. .*storage\.download/),
  })
  const files = [await file('e.csv', 'a,b\n1,x\n')]
  expect(await failure(load({ files }, { partition_by: 'a' }))).toMatchObject({
    code: 'invalid',
    message: containing(/has no partitions and clusters; BigQuery has/),
  })
})
