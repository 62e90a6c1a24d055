import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { taxiColumns } from '#test/fixtures/generate-taxi.ts'
import { startPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { asParquet, inDatabase } from './etl-duckdb.ts'
import { expectEqual, figure, inPairs, timed, type Figure, type Measured } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

/** Flows into and out of PostgreSQL against psql, which copies plain CSV. In rows a second. */
export const etlPostgres = async ({ pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(1_370_000)
  const parquet = await asParquet(source)
  const server = await startPostgres({
    access: ['host all all 127.0.0.1/32 trust'],
    settings: { shared_buffers: '512MB', autovacuum: 'off', checkpoint_timeout: '1h' },
  })
  try {
    return await withFolder((folder) =>
      withBenchEngine((engine) => measure({ engine, server, source, parquet, folder, pairs }), 4),
    )
  } finally {
    await server.close()
  }
}

type Case = {
  readonly engine: BenchEngine
  readonly server: PostgresServer
  readonly source: Rides
  readonly parquet: string
  readonly folder: string
  readonly pairs: number
}

const measure = async (it: Case): Promise<Figure[]> => {
  const { client } = it.engine
  const { host, port, superuser } = it.server
  const settings = { host, port, user: superuser.user, database: 'postgres', tls: 'disable' }
  await client.blocks.create({ type: 'postgres', name: 'pg', settings })
  const csv = path.join(it.folder, 'rides.csv')
  await pipeline(createReadStream(it.source.file), createGunzip(), createWriteStream(csv))
  const columns = `{ path: ${it.source.file}, types: ${JSON.stringify(taxiColumns)} }`
  const { rows, zeroPassengers } = it.source.facts
  const clean = `  clean: { type: table.filter, inputs: { table: trips.table }, with: { where: "${condition}", nulls: keep } }`
  const fromParquet = loadFlow(`{ path: ${it.parquet} }`, [], 'trips')
  const fromCsv = loadFlow(columns, [clean], 'clean')
  await it.engine.run(fromParquet)
  await it.server.ask(
    'CREATE TABLE plain (LIKE rides); CREATE VIEW kept AS SELECT * FROM plain WHERE (passenger_count <> 0) IS NOT FALSE',
  )
  const psqlIn = () => psql(it.server, ['TRUNCATE plain', `\\copy plain FROM '${csv}' WITH (FORMAT csv, HEADER)`])
  const parquetIn = await compare(it, { floor: psqlIn, flow: fromParquet, tasks: 2, rows, floorRows: rows })
  expectEqual(
    'rows and hash after the load',
    await fingerprint(it.server, 'rides'),
    await fingerprint(it.server, 'plain'),
  )
  const kept = rows - zeroPassengers
  const csvIn = await compare(it, { floor: psqlIn, flow: fromCsv, tasks: 3, rows: kept, floorRows: rows })
  expectEqual(
    'rows and hash after the load of CSV',
    await fingerprint(it.server, 'rides'),
    await fingerprint(it.server, 'kept'),
  )
  await it.engine.run(fromParquet)
  const out = path.join(it.folder, 'out.csv')
  const psqlOut = () => psql(it.server, [`\\copy (SELECT * FROM rides) TO '${out}' WITH (FORMAT csv, HEADER)`])
  const rowsOut = await compare(it, { floor: psqlOut, flow: queryFlow, tasks: 1, rows, floorRows: rows })
  return [
    figure('etl.postgres', 'rows/s', parquetIn, { at: 'least', times: 1.4 }),
    figure('etl.postgres.csv', 'rows/s', csvIn, { at: 'least', times: 0.8 }),
    figure('etl.postgres.out', 'rows/s', rowsOut, { at: 'least', times: 0.8 }),
  ]
}

const condition = 'passenger_count <> 0'

const loadFlow = (read: string, steps: readonly string[], from: string): string =>
  [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${read} }`,
    ...steps,
    `  load: { type: database.load, inputs: { table: ${from}.table }, with: { database: block:postgres/pg, into: rides, mode: replace } }`,
    '',
  ].join('\n')

const queryFlow = [
  'millrace: 1',
  'name: rides',
  'tasks:',
  '  rides: { type: database.query, keep: true, with: { database: block:postgres/pg, sql: SELECT * FROM rides } }',
  '',
].join('\n')

type Comparison = {
  floor(): Promise<void>
  readonly flow: string
  readonly tasks: number
  /** Of the flow, and of psql. */
  readonly rows: number
  readonly floorRows: number
}

const compare = async (it: Case, { floor, flow, tasks, rows, floorRows }: Comparison): Promise<Measured> => {
  const { engine } = it
  const ids: string[] = []
  const run = async () => void ids.push(await engine.run(flow))
  await floor()
  await run()
  const times = await inPairs(
    it.pairs,
    () => timed(floor),
    () => timed(run),
  )
  for (const id of ids) await check(it, id, { tasks, rows })
  return { value: (rows / times.value) * 1000, floor: (floorRows / times.floor) * 1000 }
}

/** The flow tells as many rows as there are; a table is the one that was loaded before. */
const check = async ({ engine, parquet }: Case, flowRun: string, { tasks, rows }: { tasks: number; rows: number }) => {
  await engine.check(flowRun, tasks)
  const { taskRuns } = await engine.client.runs.inspect({ flowRun })
  const { rows: loaded, table } = taskRuns.at(-1)?.outputs ?? {}
  if (loaded?.kind === 'value') expectEqual('the rows loaded', loaded.value, rows)
  if (table?.kind !== 'table' || tasks > 1) return
  expectEqual('the rows queried', table.rows, rows)
  const [first, second] = [await hashOf(table.path ?? ''), await hashOf(parquet)]
  expectEqual('the hash of the rows queried', first, second)
}

const hashOf = async (file: string): Promise<string> => {
  const [row] = await inDatabase(':memory:', (run) =>
    run(`SELECT concat(count(*), ' ', bit_xor(hash(r)), ' ', sum(hash(r))) AS it FROM (FROM '${file}') r`),
  )
  return String(Object.values(row ?? {})[0])
}

/** In any order. */
const fingerprint = async (server: PostgresServer, table: string): Promise<string> => {
  const rows = await server.ask(`SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM ${table} t`)
  return JSON.stringify(rows)
}

const psql = async (server: PostgresServer, commands: readonly string[]): Promise<void> => {
  const given = commands.flatMap((command) => ['-c', command])
  const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', server.url(), ...given], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'exit')
  expectEqual('the exit code of psql', child.exitCode, 0)
}
