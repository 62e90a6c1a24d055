import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect } from 'vitest'
import { isPostgresHere, startPostgres, testWithPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { leftOver } from './left-over.ts'
import type { Command } from './millrace.ts'
import { postgresHome, vault, type PostgresHome } from './postgres-home.ts'

let server: PostgresServer
beforeAll(async () => {
  if (isPostgresHere) server = await startPostgres()
})
afterAll(() => server?.close())

const rows = 3_000_000

/** A flow that appends many rows, and a run of it of which PostgreSQL has taken some, but not all. */
const midway = async (): Promise<{ space: PostgresHome; running: Command }> => {
  const space = await postgresHome(server)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT i AS id, 'row ' || i AS words FROM range(${rows}) t(i)) TO '${space.path('rows.parquet')}' (FORMAT parquet)`,
  )
  instance.closeSync()
  const flow = space.flow(
    'append',
    'tasks:\n  rows: { type: table.read, with: { path: rows.parquet } }\n' +
      '  load: { type: database.load, inputs: { table: rows.table }, retries: 3, retry_delay: 1s, with: { database: block:postgres/pg, into: appended } }\n',
  )
  const running = space.start(['run', flow, '--json'], { env: vault })
  const taken = async () => {
    const [copy] = await server.ask('select tuples_processed::int as rows from pg_stat_progress_copy', space.database)
    return Number(copy?.['rows'] ?? 0)
  }
  await expect.poll(taken, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0)
  return { space, running }
}

const expectOnce = async ({ database }: PostgresHome): Promise<void> => {
  const found = await server.ask(
    'select count(*)::int as rows, count(distinct id)::int as ids, (select count(*)::int from _millrace_loads) as loads from appended',
    database,
  )
  expect(found).toEqual([{ rows, ids: rows, loads: 1 }])
}

testWithPostgres('rows that were under way when the engine was killed are there once after a resume', async () => {
  const { space, running } = await midway()
  running.signal('SIGKILL')
  await running.ended
  const [crashed] = await space.flowRuns()
  const resumed = await space.millrace(['flow-run', 'resume', crashed?.id ?? '', '--json'], { env: vault })
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  await expectOnce(space)
})

testWithPostgres('rows that were under way when the worker was killed are there once after the next try', async () => {
  const { space, running } = await midway()
  for (const pid of leftOver(space.home)) process.kill(Number(pid), 'SIGKILL')
  await running.saw('AwaitingRetry')
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(0)
  await expectOnce(space)
})

testWithPostgres('rows that were under way when PostgreSQL fell over are there once after the next try', async () => {
  const { space, running } = await midway()
  await server.crash()
  await running.saw('AwaitingRetry')
  await server.start()
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(0)
  await expectOnce(space)
})
