import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { taxiColumns } from '#test/fixtures/generate-taxi.ts'
import { startPostgres } from '#test/fixtures/postgres.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, inPairs, timed, type Figure, type Measured } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

const script = path.join(import.meta.dirname, 'with-pandas.py')

/** The Pythons that may have pandas: the first on the PATH, and the system's. */
const pythons = ['python3', '/usr/bin/python3']

const hasPandas = (python: string, modules: string): boolean =>
  spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0

/** The same work as a script with pandas, for comparison: a ratio without a target. Nothing where Python has no pandas. */
export const etlPandas = async ({ pairs }: Scale): Promise<Figure[]> => {
  const python = pythons.find((one) => hasPandas(one, 'pandas, sqlalchemy, psycopg2'))
  if (python === undefined) {
    process.stderr.write('etl.pandas: left out; no Python here has pandas, sqlalchemy and psycopg2.\n')
    return []
  }
  return withFolder((folder) =>
    withBenchEngine(async (engine) => {
      const file = await compare({ engine, python, pairs, source: await rides(1_370_000) }, toFile(folder))
      const database = await withDatabase(engine, async (target) =>
        compare({ engine, python, pairs, source: await rides(200_000) }, target),
      )
      return [comparison('etl.pandas.file', file), comparison('etl.pandas.postgres', database)]
    }, 4),
  )
}

const comparison = (name: string, { value, floor }: Measured): Figure => ({
  name,
  value: Math.round(value),
  unit: 'ms',
  floor: Math.round(floor),
  ratio: Number((value / floor).toPrecision(3)),
  target: 'none: pandas is the floor',
  pass: true,
})

/** The last task of our flow, and what the script is told to write to. */
type Target = { readonly task: string; readonly pandas: string }

const toFile = (folder: string): Target => ({
  task: 'save: { type: table.write, inputs: { table: clean.table }, with: { format: parquet } }',
  pandas: path.join(folder, 'with-pandas.parquet'),
})

const withDatabase = async (engine: BenchEngine, use: (target: Target) => Promise<Measured>): Promise<Measured> => {
  const server = await startPostgres({ access: ['host all all 127.0.0.1/32 trust'] })
  try {
    const { host, port, superuser } = server
    const settings = { host, port, user: superuser.user, database: 'postgres', tls: 'disable' }
    await engine.client.blocks.create({ type: 'postgres', name: 'pandas', settings })
    return await use({
      task: 'load: { type: database.load, inputs: { table: clean.table }, with: { database: block:postgres/pandas, into: with_flow, mode: replace } }',
      pandas: server.url(),
    })
  } finally {
    await server.close()
  }
}

type Case = {
  readonly engine: BenchEngine
  readonly python: string
  readonly pairs: number
  readonly source: Rides
}

const compare = async ({ engine, python, pairs, source }: Case, { task, pandas }: Target): Promise<Measured> => {
  const kept = source.facts.rows - source.facts.zeroPassengers
  const flow = [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${JSON.stringify({ path: source.file, types: taxiColumns })} }`,
    '  clean: { type: table.filter, inputs: { table: trips.table }, with: { where: passenger_count <> 0, nulls: keep } }',
    `  ${task}`,
    '',
  ].join('\n')
  const withPandas = () => {
    const { stdout, stderr } = spawnSync(python, [script, source.file, pandas], { encoding: 'utf8' })
    expectEqual(`the rows that pandas kept ${stderr}`, Number(stdout), kept)
  }
  const ids: string[] = []
  const run = async () => void ids.push(await engine.run(flow))
  await run()
  const measured = await inPairs(
    Math.min(pairs, 3),
    () => timed(withPandas),
    () => timed(run),
  )
  for (const flowRun of ids) {
    const { taskRuns } = await engine.client.runs.inspect({ flowRun })
    const table = taskRuns.find(({ task: name }) => name === 'clean')?.outputs['table']
    expectEqual('the rows that the flow kept', table?.kind === 'table' ? table.rows : null, kept)
  }
  return measured
}
