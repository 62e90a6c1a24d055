import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { packageFolder } from '#core/places.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { runBundle } from './bundle.ts'
import { asParquet, inDatabase } from './etl-duckdb.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

const lookup = path.join(packageFolder, 'resources/samples/taxi_zone_lookup.csv')

/** MB: what DuckDB may take in each worker. */
const budget = 256
const workers = 4

/** Rides with their zones, one row for each zone and day, as a sorted CSV file; against the one statement that does the same. */
export const etlJoin = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(short ? 1_370_000 : 7_670_000)
  const parquet = await asParquet(source)
  return withFolder(async (folder) => {
    // Parquet too: beside a CSV file the plain statement takes three times as long.
    const zones = path.join(folder, 'zones.parquet')
    await inDatabase(':memory:', (run) => run(`COPY (FROM read_csv('${lookup}')) TO '${zones}' (FORMAT parquet)`))
    return measure({ source, files: { parquet, zones }, folder, short, pairs })
  })
}

type Files = { readonly parquet: string; readonly zones: string }
type Setting = { readonly source: Rides; readonly files: Files; readonly folder: string } & Scale

const measure = async (setting: Setting): Promise<Figure[]> => {
  const { short } = setting
  const speed = await withBenchEngine((engine) => speedOf(engine, setting), workers)
  const memory = await memoryOf(setting)
  return [
    // With less data what six tasks cost in themselves weighs more.
    figure('etl.join', 'ms', speed.plain, { at: 'most', times: 1.2, ...(short && { plus: 100 }) }),
    // The same against the statement and one more, which counts exactly the rows that match, as table.join tells them.
    figure('etl.join.counted', 'ms', speed.counted, { at: 'most', times: 1.25, ...(short && { plus: 100 }) }),
    // The floor is the budget; Node and DuckDB themselves stand beside it.
    figure('etl.join.worker_memory', 'MB', { value: memory, floor: budget }, { at: 'most', times: 1, plus: 200 }),
  ]
}

const flowOf = ({ parquet, zones }: Files): string =>
  [
    'millrace: 1',
    'name: zones',
    'tasks:',
    `  trips: { type: table.read, with: { path: ${JSON.stringify(parquet)} } }`,
    `  zones: { type: table.read, with: { path: ${JSON.stringify(zones)} } }`,
    '  joined:',
    '    type: table.join',
    '    inputs: { left: trips.table, right: zones.table }',
    '    with: { on: { PULocationID: LocationID } }',
    '  days:',
    '    type: table.select',
    '    inputs: { table: joined.table }',
    `    with: { add: { day: "CAST(tpep_pickup_datetime AS DATE)" } }`,
    '  report:',
    '    type: table.aggregate',
    '    inputs: { table: days.table }',
    '    with:',
    '      by: [Borough, Zone, day]',
    '      aggregates:',
    '        trips: { function: count }',
    '        passengers: { function: sum, column: passenger_count }',
    '        total: { function: sum, column: total_amount }',
    '        distance: { function: avg, column: trip_distance }',
    '        latest: { function: max, column: tpep_pickup_datetime }',
    '      order: [trips desc]',
    '  save: { type: table.write, inputs: { table: report.table }, with: { format: csv } }',
    '',
  ].join('\n')

const statement = ({ parquet, zones }: Files, to: string): string =>
  `COPY (SELECT Borough, Zone, CAST(tpep_pickup_datetime AS DATE) AS day, count(*) AS trips, sum(passenger_count) AS passengers, sum(total_amount) AS total,
     avg(trip_distance) AS distance, max(tpep_pickup_datetime) AS latest
   FROM '${parquet}' JOIN '${zones}' ON PULocationID = LocationID GROUP BY Borough, Zone, day ORDER BY trips DESC) TO '${to}' (HEADER)`

/** Rows of both sides that find a partner, and pairs. */
const countStatement = ({ parquet, zones }: Files): string =>
  `SELECT sum(trips.n) FILTER (WHERE zones.n IS NOT NULL), sum(zones.n) FILTER (WHERE trips.n IS NOT NULL), sum(trips.n * zones.n)
   FROM (SELECT PULocationID AS id, count(*) AS n FROM '${parquet}' GROUP BY ALL) AS trips
   FULL JOIN (SELECT LocationID AS id, count(*) AS n FROM '${zones}' GROUP BY ALL) AS zones USING (id)`

const speedOf = async (engine: BenchEngine, { source, files, folder, pairs }: Setting) => {
  const plain = path.join(folder, 'plain.csv')
  const text = flowOf(files)
  // Open beforehand, as a warm worker has it.
  const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' })
  const connection = await instance.connect()
  try {
    await connection.run(statement(files, plain))
    await checkReport(engine, await engine.run(text), { source, plain })
    const ids: string[] = []
    const run = () => timed(async () => ids.push(await engine.run(text)))
    const alone = await inPairs(pairs, () => timed(() => connection.run(statement(files, plain))), run)
    const counting = async () => {
      await connection.run(countStatement(files))
      await connection.run(statement(files, plain))
    }
    const counted = await inPairs(pairs, () => timed(counting), run)
    for (const id of ids) await checkReport(engine, id, { source, plain })
    return { plain: alone, counted }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const Facts = z.object({ groups: z.bigint(), trips: z.bigint(), cents: z.bigint(), hash: z.string() })

const factsOf = (file: string) =>
  inDatabase(':memory:', async (run) => {
    const [row] = await run(
      `SELECT count(*) AS groups, sum(trips)::BIGINT AS trips, round(sum(total) * 100)::BIGINT AS cents,
         sum(hash(Borough, Zone, day, trips, passengers, round(total, 2), round(distance * trips, 2), latest))::VARCHAR AS hash
       FROM read_csv('${file}', header = true)`,
    )
    return Facts.parse(row)
  })

/** Every ride is in it, with its money, in the same groups as the plain statement gives, the most rides first. */
const checkReport = async (
  { client, check }: BenchEngine,
  flowRun: string,
  { source, plain }: { source: Rides; plain: string },
): Promise<void> => {
  await check(flowRun, 6)
  const { taskRuns } = await client.runs.inspect({ flowRun })
  const outputs = Object.fromEntries(taskRuns.map((run) => [run.task, run.outputs]))
  const [joined, saved] = [outputs['joined']?.['table'], outputs['save']?.['file']]
  if (joined?.kind !== 'table' || saved?.kind !== 'file') throw new Error('An output of the flow is missing.')
  expectEqual('the rows joined', joined.rows, source.facts.rows)
  const [ours, theirs] = [await factsOf(saved.path), await factsOf(plain)]
  expectEqual('the rides in the report', ours.trips, BigInt(source.facts.rows))
  expectEqual('the cents in the report', ours.cents, BigInt(source.facts.totalCents))
  expectEqual('the groups in the report', ours.groups, theirs.groups)
  expectEqual('the hash of the report', ours.hash, theirs.hash)
  const trips = readFileSync(saved.path, 'utf8').match(/(?<=,)\d+(?=,\d*,[\d.]+,)/g) ?? []
  expectEqual('the order of the report', trips.join(), trips.toSorted((a, b) => Number(b) - Number(a)).join())
}

/** Peak of a worker of a process of its own, with the budget set. */
const memoryOf = ({ files, source: { facts }, pairs: runs }: Setting): Promise<number> =>
  withFolder(async (folder) => {
    const flow = path.join(folder, 'zones.yaml')
    const home = path.join(folder, 'home')
    writeFileSync(flow, flowOf(files))
    await runBundle(['--home', home, 'config', 'set', `memory-mb=${budget * workers}`])
    await runBundle(['--home', home, 'config', 'set', `concurrency=${workers}`])
    let peak = 0
    for (let run = 0; run < runs; run += 1) {
      const { lastLine, worker } = await runBundle(['--home', home, 'run', flow, '--json'])
      const joined = Result.parse(JSON.parse(lastLine)).tasks.find(({ task }) => task === 'joined')
      expectEqual('the rows joined', joined?.outputs.table?.rows, facts.rows)
      peak = Math.max(peak, worker)
    }
    return peak
  })

const Result = z.object({
  type: z.literal('result'),
  tasks: z.array(
    z.object({ task: z.string(), outputs: z.object({ table: z.object({ rows: z.number() }).optional() }) }),
  ),
})
