import { rmSync } from 'node:fs'
import path from 'node:path'
import { taxiColumns } from '#test/fixtures/generate-taxi.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { inDatabase } from './etl-duckdb.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { rides, type Rides } from './rides.ts'

/** Reading CSV.gz whose types are found: at first, when every value is looked at, and again, when they are remembered. */
export const etlInfer = async ({ pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(1_370_000)
  return withBenchEngine(async (engine) => {
    const types = path.join(engine.home, 'types')
    const first = await against(engine, source, pairs, () => rmSync(types, { recursive: true, force: true }))
    const again = await against(engine, source, pairs, () => undefined)
    return [
      figure('etl.infer.first', 'ms', first, { at: 'most', times: 2.5 }),
      figure('etl.infer.again', 'ms', again, { at: 'most', times: 1.15 }),
    ]
  }, 4)
}

const flowOf = (settings: Record<string, unknown>): string =>
  [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${JSON.stringify(settings)} }`,
    '  save: { type: table.write, inputs: { table: trips.table }, with: { format: parquet } }',
    '',
  ].join('\n')

const against = async (engine: BenchEngine, source: Rides, pairs: number, before: () => void) => {
  const declared = flowOf({ path: source.file, types: taxiColumns })
  const found = flowOf({ path: source.file })
  await checkRides(engine, source, await engine.run(declared))
  await checkRides(engine, source, await engine.run(found))
  const ids: string[] = []
  const measured = await inPairs(
    pairs,
    () => timed(async () => ids.push(await engine.run(declared))),
    () => {
      before()
      return timed(async () => ids.push(await engine.run(found)))
    },
  )
  for (const id of ids) await checkRides(engine, source, id)
  return measured
}

/** As many rows as were generated, with the sum that they have. */
const checkRides = async ({ client, check }: BenchEngine, { facts }: Rides, flowRun: string): Promise<void> => {
  await check(flowRun, 2)
  const { taskRuns } = await client.runs.inspect({ flowRun })
  const saved = taskRuns.find(({ task }) => task === 'save')?.outputs['file']
  if (saved?.kind !== 'file') throw new Error('The flow wrote no file.')
  const [row] = await inDatabase(':memory:', (run) =>
    run(
      `SELECT concat(count(*), ' ', round(sum(total_amount) * 100)::BIGINT, ' ', count(*) FILTER (passenger_count = 0)) AS it FROM '${saved.path}'`,
    ),
  )
  const expected = `${facts.rows} ${facts.totalCents} ${facts.zeroPassengers}`
  expectEqual('rows, cents and empty taxis', String(Object.values(row ?? {})[0]), expected)
}
