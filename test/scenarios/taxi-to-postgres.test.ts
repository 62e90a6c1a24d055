import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import pg from 'pg'
import { isPostgresHere, startPostgres, testWithPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { leftOver } from './left-over.ts'
import { millrace, resultOf, start, starterFlow, statesOf, type Ended } from './millrace.ts'
import { postgresHome, vault, type PostgresHome } from './postgres-home.ts'
import { workspace } from './workspace.ts'

const flow = starterFlow('taxi-to-postgres.yaml')
const args = ['run', flow, '--json', '-p', 'database=block:postgres/pg']

let server: PostgresServer
beforeAll(async () => {
  if (isPostgresHere) server = await startPostgres()
})
afterAll(() => server?.close())

const run = (space: PostgresHome, ...more: readonly string[]): Promise<Ended> =>
  millrace([...args, ...more], { home: space.home, env: vault })

const counts = async ({ database }: PostgresHome) => {
  const [row] = await server.ask(
    `select count(*)::int as rides, round(sum(total_amount)::numeric, 2)::text as total, count(passenger_count)::int as known,
       (select count(*)::int from _millrace_loads) as loads from green_rides`,
    database,
  )
  return row
}

const loaded = { rides: 88_413, known: 48_299 }

/** Holds the table, so that whoever wants to change it waits, until `release`. */
const holdTable = async ({ database }: PostgresHome) => {
  const holder = new pg.Client({ connectionString: server.url({ database }) })
  // The server may be stopped under it.
  holder.on('error', () => undefined)
  await holder.connect()
  await holder.query('begin; lock table green_rides in access exclusive mode')
  const waiting = () =>
    server.ask(
      "select pid from pg_stat_activity where wait_event_type = 'Lock' and query not like '%pg_stat%'",
      database,
    )
  return {
    isAwaited: async () => {
      await expect.poll(async () => (await waiting()).length, { timeout: 60_000 }).toBeGreaterThan(0)
    },
    release: () => holder.end().catch(() => undefined),
  }
}

describe('the taxi-to-postgres starter', () => {
  testWithPostgres('loads the rows it keeps into PostgreSQL, and a second run replaces them', async () => {
    const space = await postgresHome(server)
    for (const _ of ['once', 'again']) {
      const ended = await run(space)
      expect(ended.exitCode, ended.stderr).toBe(0)
      expect(await counts(space)).toMatchObject(loaded)
    }
    const tested = await space.millrace(['block', 'test', 'postgres/pg'], { env: vault })
    expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0)
    expect(tested.stdout + tested.stderr).not.toContain(server.superuser.password)
  })

  testWithPostgres('loads a generated file of 7.67 million rows whole', async () => {
    const space = await postgresHome(server)
    const rows = 7_670_000
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    // Every column of another kind, and nulls in each.
    await connection.run(
      `COPY (SELECT i AS id, nullif(i % 97, 0) AS small, i / 7.0 AS amount, nullif('zone ' || i % 263, 'zone 0') AS zone,
         TIMESTAMP '2021-01-01' + to_seconds(i) AS picked_up, i % 2 = 0 AS even FROM range(${rows}) t(i))
       TO '${space.path('large.parquet')}' (FORMAT parquet)`,
    )
    instance.closeSync()
    const large = space.flow(
      'large',
      'tasks:\n  rows: { type: table.read, with: { path: large.parquet } }\n' +
        '  load: { type: database.load, inputs: { table: rows.table }, with: { database: block:postgres/pg, into: large } }\n',
    )
    const ended = await space.millrace(['run', large, '--json'], { env: vault })
    expect(ended.exitCode, ended.stderr).toBe(0)
    const found = await server.ask(
      `select count(*)::int as rows, sum(id)::text as ids, count(small)::int as small, count(zone)::int as zones,
         count(distinct picked_up)::int as moments from large`,
      space.database,
    )
    expect(found).toEqual([
      {
        rows,
        ids: String((BigInt(rows) * BigInt(rows - 1)) / 2n),
        small: rows - Math.ceil(rows / 97),
        zones: rows - Math.ceil(rows / 263),
        moments: rows,
      },
    ])
  })

  testWithPostgres('needs to be told the database, and a block of another kind is refused', async () => {
    const space = workspace()
    const without = await space.millrace(['run', flow])
    expect(without).toMatchObject({ exitCode: 2 })
    const wrong = await space.millrace(['run', flow, '-p', 'database=block:duckdb/warehouse'])
    expect(wrong.exitCode).toBe(2)
  })

  testWithPostgres(
    'rows are there once when the engine is killed in the middle of the load and the run is resumed',
    async () => {
      const space = await postgresHome(server)
      await run(space)
      const table = await holdTable(space)
      const running = start(args, { home: space.home, env: vault })
      await table.isAwaited()
      running.signal('SIGKILL')
      await running.ended
      await table.release()
      const [crashed] = await space.flowRuns()
      const resumed = await space.millrace(['flow-run', 'resume', crashed?.id ?? '', '--json'], { env: vault })
      expect(resumed.exitCode, resumed.stderr).toBe(0)
      expect(statesOf(resultOf(resumed))).toMatchObject({ load: 'Completed' })
      expect(await counts(space)).toMatchObject(loaded)
      expect(leftOver(space.home)).toEqual([])
    },
  )

  testWithPostgres('a load whose worker is killed is tried again, and its rows are there once', async () => {
    const space = await postgresHome(server)
    await run(space)
    const table = await holdTable(space)
    const running = start(args, { home: space.home, env: vault })
    await table.isAwaited()
    const workers = leftOver(space.home)
    expect(workers.length).toBeGreaterThan(0)
    for (const pid of workers) process.kill(Number(pid), 'SIGKILL')
    await running.saw('AwaitingRetry')
    await table.release()
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(await counts(space)).toMatchObject(loaded)
  })

  testWithPostgres(
    'a load during which PostgreSQL is restarted is tried again, and its rows are there once',
    async () => {
      const space = await postgresHome(server)
      await run(space)
      const table = await holdTable(space)
      const running = start(args, { home: space.home, env: vault })
      await table.isAwaited()
      await server.crash()
      await running.saw('AwaitingRetry')
      await server.start()
      await table.release()
      const ended = await running.ended
      expect(ended.exitCode, ended.stderr).toBe(0)
      expect(await counts(space)).toMatchObject(loaded)
    },
  )
})
