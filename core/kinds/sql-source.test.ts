import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { databaseExecute } from '#core/tasks/database-execute/index.ts'
import { databaseQuery } from '#core/tasks/database-query/index.ts'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { localFileSystemBlock } from '#core/blocks/local-file-system/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const lake = mkdtempSync(join(tmpdir(), 'millrace-sql-'))
afterAll(() => rmSync(lake, { recursive: true, force: true }))
writeFileSync(
  join(lake, 'make.sql'),
  "CREATE TABLE t AS SELECT '{{ as it is }}' AS words; INSERT INTO t VALUES ('two')",
)
writeFileSync(join(lake, 'empty.sql'), '  \n')
writeFileSync(join(lake, 'large.sql'), '-'.repeat(1_000_001))

const database = 'block:duckdb/warehouse'
const from = 'block:local-file-system/lake'
const jobs = tableJobs({
  [database]: { type: duckdbBlock, settings: { path: 'warehouse.duckdb' } },
  [from]: { type: localFileSystemBlock, settings: { path: lake } },
})
afterAll(jobs.close)

const failureOf = async (settings: Record<string, string>) => {
  const [one] = (await jobs.run([{ type: databaseExecute, with: { database, ...settings } }])).outcomes
  return one?.outcome.kind === 'failed' ? one.outcome.failure : null
}

test('SQL comes from a file in a storage, or beside the flow, as it is', async () => {
  const ran = await jobs.run([{ type: databaseExecute, with: { database, from, file: 'make.sql' } }])
  expect(outputsOf(ran, 0)['statements']).toMatchObject({
    value: [{ command: 'CREATE' }, { command: 'INSERT', rows: 1 }],
  })
  const path = join(lake, 'read.sql')
  writeFileSync(path, 'SELECT words FROM t')
  const read = await jobs.run([{ type: databaseQuery, with: { database, file: path }, taken: ['table'] }])
  expect(outputsOf(read, 0)['table']).toMatchObject({ kind: 'table', rows: 2 })
})

test('a file that is not there, empty or far too large is told', async () => {
  expect(await failureOf({ from, file: 'made.sql' })).toMatchObject({
    code: 'not-found',
    message: containing(/make\.sql/),
  })
  expect(await failureOf({ from, file: 'empty.sql' })).toMatchObject({
    code: 'invalid',
    message: containing(/is empty/),
  })
  expect(await failureOf({ from, file: 'large.sql' })).toMatchObject({ code: 'limit' })
})

test.each([
  [{}, /Write SQL, or name a file/],
  [{ sql: 'SELECT 1', file: 'a.sql' }, /not both/],
  [{ sql: 'SELECT 1', from }, /Name the file that is in it/],
])('the settings %o are refused', (settings, says) => {
  expect(() => databaseQuery.config.parse({ database, ...settings })).toThrow(says)
})
