import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { DuckDBInstance } from '@duckdb/node-api'
import { taxiColumns } from '#test/fixtures/generate-taxi.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { runBundle } from './bundle.ts'
import { expectEqual, figure, inPairs, median, timed, type Figure } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

type Size = { readonly name: string; readonly rows: number; readonly times: number }

const month: Size = { name: 'etl.csv', rows: 1_370_000, times: 2.1 }
const large: Size = { name: 'etl.csv.large', rows: 7_670_000, times: 1.7 }

export const etlCsv = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const figures: Figure[] = []
  for (const size of short ? [month] : [month, large]) figures.push(...(await measure(size, pairs)))
  return figures
}

const condition = 'passenger_count <> 0'

const flowOf = (file: string): string =>
  [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${JSON.stringify({ path: file, types: taxiColumns })} }`,
    `  clean: { type: table.filter, inputs: { table: trips.table }, with: { where: "${condition}", nulls: keep } }`,
    '  save: { type: table.write, inputs: { table: clean.table }, with: { format: parquet } }',
    '',
  ].join('\n')

const gunzip = async (file: string): Promise<void> => {
  const child = spawn('gzip', ['-dc', file], { stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'exit')
  expectEqual('the exit code of gzip', child.exitCode, 0)
}

const measure = async (size: Size, pairs: number): Promise<Figure[]> => {
  const source = await rides(size.rows)
  const speed = await withBenchEngine((engine) => speedOf(engine, source, pairs), 4)
  const memory = await memoryOf(source, pairs)
  return [
    figure(size.name, 'ms', speed, { at: 'most', times: size.times }),
    figure(`${size.name}.worker_memory`, 'MB', memory.worker, { at: 'most', times: 0, plus: 400 }),
    figure(`${size.name}.engine_memory`, 'MB', memory.engine, { at: 'most', times: 0, plus: 150 }),
  ]
}

const speedOf = async (engine: BenchEngine, source: Rides, pairs: number) => {
  const text = flowOf(source.file)
  await checkRides(engine, await engine.run(text), source)
  const ids: string[] = []
  const measured = await inPairs(
    pairs,
    () => timed(() => gunzip(source.file)),
    () => timed(async () => ids.push(await engine.run(text))),
  )
  for (const id of ids) await checkRides(engine, id, source)
  return measured
}

/** The Parquet file holds exactly the rows that a plain statement over the CSV gives, and as many as were generated. */
const checkRides = async ({ client, check }: BenchEngine, flowRun: string, { file, facts }: Rides): Promise<void> => {
  await check(flowRun, 3)
  const { taskRuns } = await client.runs.inspect({ flowRun })
  const outputs = Object.fromEntries(taskRuns.map((run) => [run.task, run.outputs]))
  const [trips, clean, saved] = [outputs['trips']?.['table'], outputs['clean']?.['table'], outputs['save']?.['file']]
  if (trips?.kind !== 'table' || clean?.kind !== 'table' || saved?.kind !== 'file')
    throw new Error('An output of the flow is missing.')
  const kept = facts.rows - facts.zeroPassengers
  expectEqual('the rows read', trips.rows, facts.rows)
  expectEqual('the rows kept', clean.rows, kept)
  const columns = JSON.stringify(taxiColumns).replaceAll('"', "'")
  const rows = `select * from read_csv('${file}', header = true, columns = ${columns}) where (${condition}) is not false`
  const [ours, plain] = await Promise.all([fingerprint(`select * from '${saved.path}'`), fingerprint(rows)])
  expectEqual('the rows written', ours.rows, BigInt(kept))
  expectEqual('the hash of the rows written', ours.hash, plain.hash)
}

const Fingerprint = z.object({ rows: z.bigint(), hash: z.string() })

/** Of rows in any order. */
const fingerprint = async (select: string) => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(
      `select count(*) as rows, concat(bit_xor(hash(r)), ' ', sum(hash(r))) as hash from (${select}) r`,
    )
    return Fingerprint.parse(reader.getRowObjects()[0])
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Of processes of their own, as a person starts them; the floor is a process that only says its version. */
const memoryOf = ({ file, facts }: Rides, runs: number) =>
  withFolder(async (folder) => {
    const flow = path.join(folder, 'rides.yaml')
    writeFileSync(flow, flowOf(file))
    const idle: number[] = []
    const measured: { engine: number; worker: number }[] = []
    for (let run = 0; run < runs; run += 1) {
      idle.push((await runBundle(['version'])).engine)
      const { lastLine, ...peaks } = await runBundle(['--home', path.join(folder, 'home'), 'run', flow, '--json'])
      checkResult(lastLine, facts.rows - facts.zeroPassengers)
      measured.push(peaks)
    }
    const floor = median(idle)
    return {
      engine: { floor, value: Math.max(...measured.map(({ engine }) => engine)) },
      worker: { floor, value: Math.max(...measured.map(({ worker }) => worker)) },
    }
  })

const Result = z.object({
  type: z.literal('result'),
  tasks: z.array(
    z.object({ task: z.string(), outputs: z.object({ table: z.object({ rows: z.number() }).optional() }) }),
  ),
})

const checkResult = (line: string, kept: number): void => {
  const clean = Result.parse(JSON.parse(line)).tasks.find(({ task }) => task === 'clean')
  expectEqual('the rows kept', clean?.outputs.table?.rows, kept)
}
