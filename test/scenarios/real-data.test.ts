import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { firstRow, holdOpen } from './duckdb-rows.ts'
import { jsonLines, resultOf, statesOf, taskOf } from './millrace.ts'
import { openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(() => space.remove())

/** A file is read, and what is asked of it is counted. */
const reading = (name: string, file: string, rest = '') =>
  space.flow(
    name,
    `tasks:\n  trips: { type: table.read, with: { path: ${JSON.stringify(sharedFile(file))} } }\n${rest}`,
  )

testWithData('a file that ends in the middle of a line fails, naming its line, and loads nothing', async () => {
  const flow = reading(
    'truncated',
    'yellow_tripdata_2021-01.truncated.csv',
    `  load: { type: database.load, inputs: { table: trips.table }, with: { database: block:duckdb/warehouse, into: cut } }\n`,
  )
  const ended = await space.millrace(['run', flow, '--json'])
  expect(ended.exitCode).toBe(1)
  const result = resultOf(ended)
  expect(statesOf(result)).toEqual({ trips: 'Failed', load: 'Skipped' })
  expect(taskOf(result, 'trips').state.message).toMatch(/line 22,?794/)
})

testWithData.each([
  ['2019-01', 'yellow_tripdata_sample_2019-01.csv.gz', '157242.31'],
  ['2020-06', 'yellow_tripdata_sample_2020-06.csv.gz', '187594.99'],
])('the yellow sample of %s has 10,000 rows and its total', async (month, file, total) => {
  const into = `yellow_${month.replace('-', '_')}`
  const flow = reading(
    `yellow-${month}`,
    file,
    `  load: { type: database.load, inputs: { table: trips.table }, with: { database: block:duckdb/warehouse, into: ${into}, mode: replace } }\n`,
  )
  const result = await space.run(flow)
  expect(statesOf(result)).toEqual({ trips: 'Completed', load: 'Completed' })
  expect(taskOf(result, 'trips').outputs['table']).toMatchObject({ rows: 10_000 })
  const sql = `select count(*) as n, round(sum(total_amount), 2)::decimal(18, 2) as total from ${into}`
  expect(await firstRow(sql, path.join(space.home, 'warehouse.duckdb'))).toEqual({ n: '10000', total })
})

testWithData('a filter says how many rows it kept and dropped, and warns of those it could not decide', async () => {
  const flow = reading(
    'unknown',
    'green_tripdata_2020-11.csv.gz',
    `  strict: { type: table.filter, inputs: { table: trips.table }, with: { where: passenger_count <> 0 } }
  lenient: { type: table.filter, inputs: { table: trips.table }, with: { where: passenger_count <> 0, nulls: keep } }
  say:
    type: log.message
    with: { message: "{{ tasks.strict.table.rows }} or {{ tasks.lenient.table.rows }} of {{ tasks.trips.table.rows }}" }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'])
  const result = resultOf(ended)
  expect(result.state.name).toBe('Completed')
  expect(taskOf(result, 'strict').outputs['table']).toMatchObject({ rows: 48_299 })
  expect(taskOf(result, 'lenient').outputs['table']).toMatchObject({ rows: 88_413 })
  const { stdout: warnings } = await space.millrace(['flow-run', 'logs', result.flow_run.id, '--level', 'warning'])
  expect(warnings).toMatch(/WARNING \| Task run 'strict-0' - Kept 48,299 rows, dropped 40,306\. For 40,114 rows/)
  const { stdout: log } = await space.millrace(['flow-run', 'logs', result.flow_run.id])
  expect(log).toContain("Task run 'lenient-0' - Kept 88,413 rows, dropped 192.")
  expect(log).toContain('48299 or 88413 of 88605')
})

testWithData('a table is looked at while its run is kept', async () => {
  const flow = reading('zones', 'taxi_zone_lookup.csv')
  const { flow_run: run } = await space.run(flow)
  const preview = await space.millrace(['flow-run', 'preview', run.id, 'trips', '--limit', '2', '--json'])
  expect(preview.exitCode, preview.stderr).toBe(0)
  expect(jsonLines(preview.stdout)).toEqual([
    { LocationID: 1, Borough: 'EWR', Zone: 'Newark Airport', service_zone: 'EWR' },
    { LocationID: 2, Borough: 'Queens', Zone: 'Jamaica Bay', service_zone: 'Boro Zone' },
  ])
  const shown = await space.millrace(['flow-run', 'preview', run.id, 'trips'])
  expect(shown.stdout).toMatch(/^LOCATIONID +BOROUGH/i)
  expect(shown.stderr).toContain('265 rows, 4 columns')
  expect(await space.millrace(['flow-run', 'preview', run.id, 'trisp'])).toMatchObject({ exitCode: 3 })
})

testWithData('an append that fails after it loaded is not doubled by its retry, nor by a resume', async () => {
  const warehouse = path.join(space.home, 'warehouse.duckdb')
  const flow = reading(
    'append',
    'taxi_zone_lookup.csv',
    `  load: { type: database.load, inputs: { table: trips.table }, with: { database: block:duckdb/warehouse, into: zones } }
  fails: { type: script.shell, after: [load], with: { script: "test -e '${space.path('fixed')}'" } }
`,
  )
  const failed = await space.run(flow)
  expect(statesOf(failed)).toMatchObject({ load: 'Completed', fails: 'Failed' })
  space.write('fixed', '')
  expect(await space.millrace(['flow-run', 'resume', failed.flow_run.id])).toMatchObject({ exitCode: 0 })
  expect(await firstRow('select count(*) as n from zones', warehouse)).toEqual({ n: '265' })
  await space.run(flow)
  expect(await firstRow('select count(*) as n from zones', warehouse)).toEqual({ n: '530' })
})

testWithData(
  'a warehouse that another program has open is tried again, and the reason names that program',
  async () => {
    await space.millrace(['block', 'create', 'duckdb', 'held', '--set', 'path=held.duckdb'])
    const flow = reading(
      'held',
      'taxi_zone_lookup.csv',
      `  load:
    type: database.load
    inputs: { table: trips.table }
    with: { database: block:duckdb/held, into: zones }
    retries: 50
    retry_delay: 200ms
`,
    )
    const warehouse = path.join(space.home, 'held.duckdb')
    const release = await holdOpen(warehouse)
    const running = space.start(['run', flow, '--json'])
    await running.saw('"name":"AwaitingRetry"')
    release()
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stdout).toMatch(new RegExp(`"name":"AwaitingRetry","message":"[^"]*${process.pid}`))
    expect(await firstRow('select count(*) as n from zones', warehouse)).toEqual({ n: '265' })
  },
)
