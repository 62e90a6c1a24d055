import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseExecute } from '#core/tasks/database-execute/index.ts'
import { databaseLoad } from '#core/tasks/database-load/index.ts'
import { databaseQuery } from '#core/tasks/database-query/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { duckdbBlock } from './index.ts'

const jobs = tableJobs({ 'block:duckdb/warehouse': { type: duckdbBlock, settings: { path: 'warehouse.duckdb' } } })
afterAll(jobs.close)
const file = join(jobs.folder, 'warehouse.duckdb')
const program = fileURLToPath(import.meta.resolve('#test/fixtures/killed-after-commit.ts'))

const killedAfterCommit = (what: 'load' | 'execute', loadId: string, sql: string) => {
  const { signal, stdout, stderr } = spawnSync(process.execPath, [program, what, file, loadId, sql], {
    encoding: 'utf8',
  })
  expect({ signal, stdout, stderr }).toMatchObject({ signal: 'SIGKILL', stdout: '' })
  expect(existsSync(`${file}.wal`)).toBe(true)
}

const database = 'block:duckdb/warehouse'
const query = (sql: string): Step => ({ type: databaseQuery, taskRun: 'query', with: { database, sql } })
const count = async (table: string) => {
  const rows = await jobs.run([query(`SELECT count(*) AS n FROM ${table}`)])
  return jobs.askTable(tableOf(outputsOf(rows, 0)), 'SELECT n FROM {input}')
}

beforeAll(() => jobs.execute(file, 'CREATE TABLE source AS SELECT range AS n FROM range(1000)'))

test('statements that were committed by a process that died are there once after a retry', async () => {
  const sql = 'CREATE TABLE IF NOT EXISTS counted (n BIGINT); INSERT INTO counted SELECT n FROM source'
  killedAfterCommit('execute', 'execution', sql)
  expect(await count('counted')).toEqual([{ n: 1000 }])
  const retry = await jobs.run([{ type: databaseExecute, loadId: 'execution', with: { database, sql } }])
  expect(retry.log).toEqual([containing(/run by an earlier attempt/)])
  expect(outputsOf(retry, 0)).toMatchObject({
    statements: { value: [{ rows: null }, { command: 'INSERT', rows: 1000 }] },
  })
  expect(await count('counted')).toEqual([{ n: 1000 }])
})

test('rows that were committed by a process that died are there once after a retry', async () => {
  const sql = 'SELECT n FROM source'
  killedAfterCommit('load', 'load', sql)
  const load: Step = { type: databaseLoad, loadId: 'load', with: { database, into: 'rides' } }
  const retry = await jobs.run([query(sql), load])
  expect(retry.log).toContainEqual(containing(/from an earlier attempt; nothing was loaded again/))
  expect(outputsOf(retry, 1)).toMatchObject({ rows: { value: 1000 } })
  expect(await count('rides')).toEqual([{ n: 1000 }])
})
