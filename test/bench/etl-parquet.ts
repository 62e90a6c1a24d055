import path from 'node:path'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { asParquet, inDatabase } from './etl-duckdb.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

const condition = 'passenger_count <> 0'

/** Parquet, a filter, Parquet: a flow of three tasks against the one statement. */
export const etlParquet = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(short ? 1_370_000 : 7_670_000)
  const parquet = await asParquet(source)
  const speed = await withBenchEngine(
    (engine) => withFolder((folder) => speedOf(engine, { source, parquet, folder, pairs })),
    4,
  )
  return [figure('etl.parquet', 'ms', speed, { at: 'most', times: 1.3 })]
}

const flowOf = (parquet: string): string =>
  [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${JSON.stringify({ path: parquet })} }`,
    `  clean: { type: table.filter, inputs: { table: trips.table }, with: { where: "${condition}", nulls: keep } }`,
    '  save: { type: table.write, inputs: { table: clean.table }, with: { format: parquet } }',
    '',
  ].join('\n')

type Case = { readonly source: Rides; readonly parquet: string; readonly folder: string; readonly pairs: number }

const speedOf = async (engine: BenchEngine, { source, parquet, folder, pairs }: Case) => {
  const text = flowOf(parquet)
  const plain = path.join(folder, 'plain.parquet')
  const statement = () =>
    inDatabase(':memory:', (run) =>
      run(`COPY (FROM '${parquet}' WHERE (${condition}) IS NOT FALSE) TO '${plain}' (FORMAT parquet)`),
    )
  await statement()
  const expected = await fingerprint(plain)
  const ids = [await engine.run(text)]
  const measured = await inPairs(
    pairs,
    () => timed(statement),
    () => timed(async () => ids.push(await engine.run(text))),
  )
  for (const id of ids) {
    await engine.check(id, 3)
    const { taskRuns } = await engine.client.runs.inspect({ flowRun: id })
    const outputs = Object.fromEntries(taskRuns.map((run) => [run.task, run.outputs]))
    const saved = outputs['save']?.['file']
    const clean = outputs['clean']?.['table']
    if (saved?.kind !== 'file' || clean?.kind !== 'table') throw new Error('An output of the flow is missing.')
    expectEqual('the rows kept', clean.rows, source.facts.rows - source.facts.zeroPassengers)
    expectEqual('rows and hash of what was written', await fingerprint(saved.path), expected)
  }
  return measured
}

/** Of rows in any order. */
const fingerprint = async (file: string): Promise<string> => {
  const [row] = await inDatabase(':memory:', (run) =>
    run(`SELECT concat(count(*), ' ', bit_xor(hash(r)), ' ', sum(hash(r))) AS it FROM (FROM '${file}') r`),
  )
  return String(Object.values(row ?? {})[0])
}
