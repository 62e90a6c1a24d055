import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openDuckDBFile } from '#core/blocks/duckdb/client.ts'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { databaseLoad } from '#core/tasks/database-load/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { handleOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const jobs = tableJobs({ 'block:duckdb/warehouse': { type: duckdbBlock, settings: { path: 'db/warehouse.duckdb' } } })
afterAll(jobs.close)
const database = openDuckDBFile(join(jobs.folder, 'db/warehouse.duckdb'))
const query = async (sql: string) => (await database.query(sql, 1000)).rows

let files = 0
const source = (content = 'a,b\n1,x\n2,y\n', types: Record<string, string> = { a: 'BIGINT', b: 'VARCHAR' }): Step => {
  files += 1
  const path = join(jobs.folder, `${files}.csv`)
  writeFileSync(path, content)
  return { type: tableRead, taskRun: 'read', with: { path, types } }
}

const load = (into: string, mode: 'append' | 'replace' = 'append', loadId = `load ${(files += 1)}`): Step => ({
  type: databaseLoad,
  taskRun: 'load',
  loadId,
  with: { database: 'block:duckdb/warehouse', into, mode },
})

const failure = async (steps: readonly Step[]): Promise<string> => {
  const last = (await jobs.run(steps)).outcomes.find(({ outcome }) => outcome.kind === 'failed')
  return last?.outcome.kind === 'failed'
    ? `${last.taskRun}: ${last.outcome.failure.code}: ${last.outcome.failure.message}`
    : 'none failed'
}

test('the table is made, appended to and replaced', async () => {
  const [, outputs] = await jobs.outputs([source(), load('rides')])
  expect(outputs).toMatchObject({
    rows: { value: 2 },
    location: { value: containing(/^file:.*warehouse\.duckdb#rides$/) },
  })
  await jobs.outputs([source('b,a\nz,3\n'), load('rides')])
  expect(await query('SELECT a, b FROM rides ORDER BY a')).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
    { a: 3, b: 'z' },
  ])
  await jobs.outputs([source('c\n2020-11-01\n', { c: 'DATE' }), load('rides', 'replace')])
  expect(await query('SELECT * FROM rides')).toEqual([{ c: '2020-11-01' }])
})

test('folders in the names of files are columns of the table', async () => {
  const path = join(jobs.folder, 'in-folder.csv')
  writeFileSync(path, 'a\n1\n')
  const file = { ...(await handleOf(path)), name: 'year=2020/in-folder.csv' }
  await jobs.outputs([{ ...load('partitioned'), inputs: { files: [file] } }])
  expect(await query('SELECT a, year FROM partitioned')).toEqual([{ a: 1, year: 2020 }])
})

test('a load is made once, however often it is tried', async () => {
  const [, first] = await jobs.outputs([source(), load('once', 'append', 'the same')])
  const again = await jobs.run([source(), load('once', 'append', 'the same')])
  expect(outputsOf(again, 1)).toEqual(first)
  expect(again.log).toContainEqual(containing(/from an earlier attempt; nothing was loaded again/))
  expect(await query('SELECT count(*) AS n FROM once')).toEqual([{ n: 2 }])
  expect(await query(`SELECT load_id, table_name, row_count FROM _millrace_loads WHERE load_id = 'the same'`)).toEqual([
    { load_id: 'the same', table_name: 'once', row_count: 2 },
  ])
})

test('a load that was recorded is made again when its table was dropped', async () => {
  await jobs.outputs([source(), load('dropped', 'replace', 'again')])
  const drop: Step = { ...load('other'), type: databaseLoad }
  await jobs.outputs([source(), drop])
  await jobs.execute(join(jobs.folder, 'db/warehouse.duckdb'), 'DROP TABLE dropped')
  await jobs.outputs([source(), load('dropped', 'replace', 'again')])
  expect(await query('SELECT count(*) AS n FROM dropped')).toEqual([{ n: 2 }])
})

test('a schema is made; each has its own record of loads', async () => {
  await jobs.outputs([source(), load('taxi.rides')])
  expect(await query('SELECT count(*) AS n FROM taxi.rides')).toEqual([{ n: 2 }])
  expect(await query('SELECT table_name FROM taxi._millrace_loads')).toEqual([{ table_name: 'rides' }])
})

test('rows that do not fit the table are refused with all differences, and nothing is loaded', async () => {
  await jobs.outputs([source(), load('fits')])
  expect(await failure([source('a,c\nx,1\n', { a: 'VARCHAR', c: 'BIGINT' }), load('fits')])).toMatch(
    /^load: data: The rows do not fit the table “fits”: c \(BIGINT\) is not in the table; a is BIGINT in the table and VARCHAR in the rows\./,
  )
  expect(await query('SELECT count(*) AS n FROM fits')).toEqual([{ n: 2 }])
})

test('replacing keeps the table with its keys where the rows fit, and says what goes where they do not', async () => {
  await jobs.execute(
    join(jobs.folder, 'db/warehouse.duckdb'),
    "CREATE TABLE keyed (a BIGINT PRIMARY KEY, b VARCHAR, remark VARCHAR, made DATE DEFAULT '2021-01-01'); INSERT INTO keyed VALUES (0, 'z', 'old', NULL)",
  )
  const appended = await jobs.run([source(), load('keyed')])
  expect(appended.log).toContainEqual(
    containing(/warning: The rows have no “remark”, which “keyed” has: null is written there\.$/),
  )
  await jobs.run([source(), load('keyed', 'replace')])
  expect(await query('SELECT * REPLACE (made::VARCHAR AS made) FROM keyed ORDER BY a')).toEqual([
    { a: 1, b: 'x', remark: null, made: '2021-01-01' },
    { a: 2, b: 'y', remark: null, made: '2021-01-01' },
  ])
  const keys =
    "SELECT count(*) AS n FROM duckdb_constraints() WHERE table_name = 'keyed' AND constraint_type = 'PRIMARY KEY'"
  expect(await query(keys)).toEqual([{ n: 1 }])
  const anew = await jobs.run([source('c\n1\n', { c: 'BIGINT' }), load('keyed', 'replace')])
  expect(anew.log).toContainEqual(
    containing(/warning: The table “keyed” is made anew, .*c \(BIGINT\) is not in the table/),
  )
  expect(await query(keys)).toEqual([{ n: 0 }])
})

test('a smaller whole number fits a larger column, a larger or a fraction does not', async () => {
  await jobs.outputs([source('a\n1\n', { a: 'BIGINT' }), load('sizes')])
  await jobs.outputs([source('a\n2\n', { a: 'INTEGER' }), load('sizes')])
  expect(await failure([source('a\n1.5\n', { a: 'DOUBLE' }), load('sizes')])).toMatch(
    /a is BIGINT in the table and DOUBLE in the rows/,
  )
})

test('a statement that fails in the middle leaves the table as it was, and the member at fault is named', async () => {
  await jobs.outputs([source(), load('safe', 'replace')])
  const cast: Step = { type: tableSelect, taskRun: 'cast', with: { cast: { b: 'BIGINT' } } }
  expect(await failure([source(), cast, load('safe', 'replace')])).toMatch(/^cast: data: .*column “b” holds “x”/)
  expect(await query('SELECT count(*) AS n FROM safe')).toEqual([{ n: 2 }])
  expect(await query(`SELECT count(*) AS n FROM _millrace_loads WHERE table_name = 'safe'`)).toEqual([{ n: 1 }])
})

test('a file that mixes line ends is loaded whole', async () => {
  const [read, outputs] = await jobs.outputs([source('a,b\r\n1,x\n2,y\r\n'), load('mixed')])
  expect(outputs).toMatchObject({ rows: { value: 2 } })
  expect(await jobs.askTable(tableOf(read), 'SELECT count(*) AS n FROM {input}')).toEqual([{ n: 2 }])
  expect(await query('SELECT count(*) AS n FROM mixed')).toEqual([{ n: 2 }])
})

test('a view, and the record of loads, are no targets', async () => {
  await jobs.outputs([source(), load('base')])
  await jobs.execute(join(jobs.folder, 'db/warehouse.duckdb'), 'CREATE VIEW seen AS SELECT * FROM base')
  expect(await failure([source(), load('seen', 'replace')])).toMatch(/“seen” is a view/)
  expect(await failure([source(), load('_millrace_loads')])).toMatch(/is where loads are recorded/)
})

test('a name with quotes, spaces or SQL in it is only a name', async () => {
  await jobs.outputs([source(), load('a "b"; DROP TABLE rides')])
  expect(await query('SELECT count(*) AS n FROM "a ""b""; DROP TABLE rides"')).toEqual([{ n: 2 }])
})

test('a file that another process holds is unavailable for now, and the process is named', async () => {
  const folder = join(jobs.folder, 'held')
  mkdirSync(folder)
  const path = join(folder, 'held.duckdb')
  const program = `const { DuckDBInstance } = await import('@duckdb/node-api')
    globalThis.held = await DuckDBInstance.create(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const other = tableJobs({ 'block:duckdb/warehouse': { type: duckdbBlock, settings: { path } } })
  onTestFinished(other.close)
  const from = source()
  const { outcomes } = await other.run([from, load('rides', 'append', 'locked')])
  expect(outcomes[1]?.outcome).toMatchObject({
    kind: 'failed',
    failure: { code: 'unavailable', retryable: true, message: containing(`(process ${holder.pid})`) },
  })
  await expect(openDuckDBFile(path).query('SELECT 1', 1)).rejects.toMatchObject({
    failure: { code: 'unavailable', retryable: true },
  })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect((await other.run([from, load('rides', 'append', 'locked')])).outcomes[1]?.outcome.kind).toBe('completed')
})

testWithData('the green month, in one statement with a filter', async () => {
  const read: Step = {
    type: tableRead,
    inputs: { files: [await handleOf(sharedFile('green_tripdata_2020-11.csv.gz'))] },
  }
  const filter: Step = { type: tableFilter, with: { where: 'passenger_count <> 0', nulls: 'keep' } }
  const outputs = await jobs.outputs([read, filter, load('green', 'replace')])
  expect(outputs.slice(0, 2).map((one) => tableOf(one).rows)).toEqual([88_605, 88_413])
  expect(outputs[2]).toMatchObject({ rows: { value: 88_413 } })
  expect(await query('SELECT count(*) AS n FROM green')).toEqual([{ n: 88_413 }])
})
