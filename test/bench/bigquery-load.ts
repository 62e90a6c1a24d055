import { fork, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { asParquet } from './etl-duckdb.ts'
import { expectEqual, figure, inPairs, timed, type Figure, type Measured } from './figure.ts'
import { rides } from './rides.ts'

/** A load task against the same bytes sent by curl, each until the server has loaded them. In milliseconds. */
export const bigqueryLoad = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(short ? 500_000 : 1_370_000)
  const parquet = await asParquet(source)
  const server = await startServer()
  try {
    const taken = await withBenchEngine(
      (engine) => measure({ engine, parquet, url: server.url, rows: source.facts.rows, pairs }),
      4,
      { BIGQUERY_EMULATOR_HOST: server.url },
    )
    return [figure('bigquery.load', 'ms', taken, { at: 'most', times: 1.2 })]
  } finally {
    server.end()
  }
}

const startServer = async (): Promise<{ readonly url: string; end(): void }> => {
  const child = fork(path.join(import.meta.dirname, 'bigquery-server.ts'))
  const [message] = (await once(child, 'message')) as [unknown]
  return { ...z.object({ url: z.string() }).parse(message), end: () => child.disconnect() }
}

type Case = {
  readonly engine: BenchEngine
  readonly parquet: string
  readonly url: string
  readonly rows: number
  readonly pairs: number
}

const measure = async ({ engine, parquet, url, rows, pairs }: Case): Promise<Measured> => {
  const settings = { project: 'bench', dataset: 'bench' }
  await engine.client.blocks.create({ type: 'bigquery', name: 'bench', settings })
  // The rows are in a file before they are loaded, as curl has them.
  const flow = [
    'millrace: 1',
    'name: load',
    'tasks:',
    `  trips: { type: table.read, with: { path: ${parquet} } }`,
    '  all: { type: table.filter, keep: true, inputs: { table: trips.table }, with: { where: "true" } }',
    '  load: { type: database.load, inputs: { table: all.table }, with: { database: block:bigquery/bench, into: rides, mode: replace } }',
    '',
  ].join('\n')
  let file = ''
  const load = async (): Promise<number> => {
    const id = await engine.run(flow)
    await engine.check(id, 3)
    const { taskRuns } = await engine.client.runs.inspect({ flowRun: id })
    const [all, one] = ['all', 'load'].map((task) => taskRuns.find((run) => run.task === task))
    const table = all?.outputs?.['table']
    file = table?.kind === 'table' ? (table.path ?? '') : ''
    await expectLoaded(url, 'rides', rows)
    return (one?.endedAt ?? 0) - (one?.startedAt ?? 0)
  }
  const curl = async (): Promise<number> => {
    const taken = await timed(() => loadByCurl(url, file))
    await expectLoaded(url, 'by_curl', rows)
    return taken
  }
  await load()
  await curl()
  return inPairs(pairs, curl, load)
}

const jobsAt = (url: string): string => `${url}/bigquery/v2/projects/bench/jobs`

const Job = z.object({ status: z.object({ state: z.string(), errorResult: z.unknown().optional() }) })

const loadByCurl = async (url: string, file: string): Promise<void> => {
  const jobId = randomUUID()
  const destinationTable = { projectId: 'bench', datasetId: 'bench', tableId: 'by_curl' }
  const load = { destinationTable, sourceFormat: 'PARQUET', writeDisposition: 'WRITE_TRUNCATE' }
  const begun = await fetch(`${url}/upload/bigquery/v2/projects/bench/jobs?uploadType=resumable`, {
    method: 'POST',
    body: JSON.stringify({ jobReference: { jobId, location: 'EU' }, configuration: { load } }),
  })
  const child = spawn('curl', ['-sS', '--fail', '-o', '/dev/null', '-T', file, begun.headers.get('location') ?? ''], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  expectEqual('the exit code of curl', code, 0)
  for (;;) {
    const { status } = Job.parse(await (await fetch(`${jobsAt(url)}/${jobId}?location=EU`)).json())
    expectEqual('the error of the job', status.errorResult, undefined)
    if (status.state === 'DONE') return
    // Its end is told to nobody: this is how clients wait.
    await sleep(10)
  }
}

const expectLoaded = async (url: string, table: string, rows: number): Promise<void> => {
  const answer = await fetch(`${url}/bigquery/v2/projects/bench/datasets/bench/tables/${table}`)
  const { numRows } = z.object({ numRows: z.coerce.number() }).parse(await answer.json())
  expectEqual('the rows that arrived', numRows, rows)
}
