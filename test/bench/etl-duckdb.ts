import { existsSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { taxiColumns } from '#test/fixtures/generate-taxi.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { rides, type Rides } from './rides.ts'
import { withFolder } from './temporary-folder.ts'

/** A load into a warehouse that is not there yet, against one statement that makes the same file. */
export const etlDuckdb = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const source = await rides(short ? 1_370_000 : 7_670_000)
  const parquet = await asParquet(source)
  const speed = await withBenchEngine(
    (engine) => withFolder((folder) => speedOf(engine, { parquet, folder, pairs })),
    4,
  )
  return [figure('etl.duckdb', 'ms', speed, { at: 'most', times: 1.2 })]
}

/** Written once. */
export const asParquet = async ({ file, facts }: Rides): Promise<string> => {
  const parquet = file.replace(/\.csv\.gz$/, '.parquet')
  if (existsSync(parquet)) return parquet
  const columns = JSON.stringify(taxiColumns).replaceAll('"', "'")
  const partial = parquet.replace(/parquet$/, `${process.pid}.parquet`)
  await inDatabase(':memory:', (run) =>
    run(`COPY (FROM read_csv('${file}', header = true, columns = ${columns})) TO '${partial}' (FORMAT parquet)`),
  )
  expectEqual('the rows in Parquet', (await fingerprint(':memory:', `'${partial}'`)).rows, BigInt(facts.rows))
  renameSync(partial, parquet)
  return parquet
}

type Run = (sql: string) => Promise<readonly unknown[]>

/** Opened, used and closed: closing writes what is not in the file yet. */
export const inDatabase = async <T>(file: string, work: (run: Run) => Promise<T>): Promise<T> => {
  // As the worker has it: without the order of rows it is faster.
  const instance = await DuckDBInstance.create(file, { preserve_insertion_order: 'false' })
  const connection = await instance.connect()
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowObjects())
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const Fingerprint = z.object({ rows: z.bigint(), hash: z.string() })

/** Of rows in any order. */
const fingerprint = (file: string, table: string): Promise<z.output<typeof Fingerprint>> =>
  inDatabase(file, async (run) => {
    const [row] = await run(
      `SELECT count(*) AS rows, concat(bit_xor(hash(r)), ' ', sum(hash(r))) AS hash FROM (FROM ${table}) r`,
    )
    return Fingerprint.parse(row)
  })

const flowOf = (parquet: string): string =>
  [
    'millrace: 1',
    'name: rides',
    'tasks:',
    `  trips: { type: table.read, with: ${JSON.stringify({ path: parquet })} }`,
    '  load: { type: database.load, inputs: { table: trips.table }, with: { database: block:duckdb/warehouse, into: rides } }',
    '',
  ].join('\n')

type Setting = { readonly parquet: string; readonly folder: string; readonly pairs: number }

const speedOf = async (engine: BenchEngine, { parquet, folder, pairs }: Setting) => {
  const warehouse = path.join(engine.home, 'warehouse.duckdb')
  const plain = path.join(folder, 'plain.duckdb')
  const load = async () => {
    rmSync(warehouse, { force: true })
    const begin = performance.now()
    const flowRun = await engine.run(flowOf(parquet))
    const duration = performance.now() - begin
    await engine.check(flowRun, 2)
    return duration
  }
  const createTable = () => {
    rmSync(plain, { force: true })
    return timed(() => inDatabase(plain, (run) => run(`CREATE TABLE rides AS FROM '${parquet}'`)))
  }
  const expected = await fingerprint(':memory:', `'${parquet}'`)
  const check = async () => {
    const loaded = await fingerprint(warehouse, 'rides')
    expectEqual('the rows loaded', loaded.rows, expected.rows)
    expectEqual('the hash of the rows loaded', loaded.hash, expected.hash)
  }
  await load()
  await check()
  const measured = await inPairs(pairs, createTable, load)
  await check()
  return measured
}
