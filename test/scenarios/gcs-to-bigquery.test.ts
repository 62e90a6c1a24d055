import { createReadStream, existsSync, globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listenLocally } from '#test/fakes/listen.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { bigQueryPlace, type BigQueryPlace } from './google.ts'
import { leftOver } from './left-over.ts'
import { inspectionOf, resultOf, start, starterFlow, statesOf, taskOf } from './millrace.ts'
import { workspace } from './workspace.ts'

const bucket = ['-p', 'bucket=block:gcs-bucket/zoom-gcs']
const load = ['run', starterFlow('gcs-to-bigquery.yaml'), '--json', ...bucket, '-p', 'warehouse=block:bigquery/trips']

/** The shared files over HTTP, as the web has them. */
const servedFiles = async (): Promise<string> => {
  const server = createServer((request, response) => {
    const file = sharedFile(path.basename(request.url ?? ''))
    if (!existsSync(file)) return void response.writeHead(404).end()
    createReadStream(file).pipe(response)
  })
  const { url, close } = await listenLocally(server)
  onTestFinished(close)
  return url
}

const rides = async ({ bigquery, account }: BigQueryPlace, what = 'count(*)::INTEGER AS n'): Promise<unknown> =>
  (await bigquery.ask(`SELECT ${what} FROM "${account.project}"."trips"."rides"`))[0]

const uploaded = async (place: BigQueryPlace): Promise<void> => {
  const ended = await place.call(['run', starterFlow('web-to-gcs.yaml'), '--json', ...bucket])
  expect(ended.exitCode, ended.stderr).toBe(0)
}

describe('parent-flow', () => {
  testWithData(
    'two months, parameters in any order: two subflow runs, two objects, 141,090 rows after two loads',
    async () => {
      const place = await bigQueryPlace()
      const source = await servedFiles()
      const parameters = [
        '-p',
        'color=green',
        ...bucket,
        '-p',
        'months=[1, 2]',
        '-p',
        `source=${source}`,
        '-p',
        'year=2021',
      ]
      const ended = await place.call(['run', starterFlow('parent-flow.yaml'), ...parameters, '--json'])
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
      const inspected = inspectionOf(await place.call(['flow-run', 'inspect', resultOf(ended).flow_run.id, '--json']))
      expect(inspected.subflow_runs.map(({ flow, state }) => `${flow} ${state.name}`)).toEqual(
        Array(2).fill('web-to-gcs Completed'),
      )
      const objects = ['data/green/green_tripdata_2021-01.parquet', 'data/green/green_tripdata_2021-02.parquet']
      expect(place.gcs.names('zoom-lake')).toEqual(objects)

      const generation = place.gcs.generation('zoom-lake', objects[0] ?? '')
      const again = await place.call([
        'run',
        starterFlow('web-to-gcs.yaml'),
        '--json',
        '-p',
        'month=1',
        '-p',
        `source=${source}`,
        ...bucket,
        '-p',
        'year=2021',
      ])
      expect(again.exitCode, again.stderr).toBe(0)
      expect(place.gcs.names('zoom-lake')).toEqual(objects)
      expect(place.gcs.generation('zoom-lake', objects[0] ?? '')).not.toBe(generation)

      for (const month of [1, 2]) {
        const loaded = await place.call([...load, '-p', `month=${month}`, '-p', 'year=2021'])
        expect(loaded.exitCode, loaded.stdout + loaded.stderr).toBe(0)
      }
      expect(await rides(place, 'count(*)::INTEGER AS n, round(sum(total_amount), 2) AS total, count(passenger_count)::INTEGER AS counted')).toEqual({
      n: 141_090, total: 3_317_386.22, counted: 141_090,
    }) // prettier-ignore
      const fields = await place.bigquery.warehouse.describe({
        projectId: place.account.project,
        datasetId: 'trips',
        tableId: 'rides',
      })
      expect(fields?.slice(0, 3).map(({ name, type }) => `${name} ${type}`)).toEqual([
        'VendorID INTEGER',
        'lpep_pickup_datetime DATETIME',
        'lpep_dropoff_datetime DATETIME',
      ])
    },
  )

  test('runs with no account when only the blocks are others', async () => {
    const space = workspace()
    expect((await space.run(starterFlow('parent-flow.yaml'))).state.name).toBe('Completed')
    const { state, tasks } = await space.run(starterFlow('gcs-to-bigquery.yaml'))
    expect(state.name).toBe('Completed')
    expect(tasks.find(({ task }) => task === 'load')?.outputs['rows']).toBe(88_605)
  })
})

describe('gcs-to-bigquery loads 88,605 rows once', () => {
  test('also when the upload is cut in the middle, and the job meets a storm of 503', async () => {
    const place = await bigQueryPlace()
    await uploaded(place)
    const { faults } = place.bigquery
    faults.add({ method: 'PUT', path: /^\/upload\//, times: 1, does: { kind: 'reset-in-body', bytes: 600_000 } })
    faults.add({ method: 'PUT', path: /^\/upload\//, times: 1, does: { kind: 'reset', when: 'after' } })
    faults.add({ path: /\/jobs\/millrace/, times: 6, does: { kind: 'answer', status: 503, reason: 'backendError' } })
    const ended = await place.call(load)
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
    expect(faults.happened()).toBe(8)
    const result = resultOf(ended)
    expect(taskOf(result, 'load')).toMatchObject({ run_count: 1, outputs: { rows: 88_605 } })
    expect(await rides(place)).toEqual({ n: 88_605 })
    expect(ended.stdout).toContain('https://console.cloud.google.com/bigquery?project=')
    expect(ended.stdout).toContain('BigQuery is not Google’s: BIGQUERY_EMULATOR_HOST says')
  })

  test('also when the engine is killed after the job was sent, and the run is resumed', async () => {
    const place = await bigQueryPlace()
    await uploaded(place)
    let begin: () => void = () => undefined
    place.bigquery.holdJobs(new Promise((resolve) => (begin = resolve)))
    const running = start(load, { home: place.space.home, cwd: place.space.folder, env: place.env })
    await expect.poll(() => place.bigquery.jobs().length, { timeout: 60_000 }).toBe(1)
    running.signal('SIGKILL')
    await running.ended
    begin()
    const [crashed] = await place.space.flowRuns('--state', 'crashed')
    const bytes = place.bigquery.uploadedBytes()
    const resumed = await place.call(['flow-run', 'resume', crashed?.id ?? '', '--json'])
    expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0)
    expect(statesOf(resultOf(resumed))).toMatchObject({ extract: 'Completed', load: 'Completed' })
    expect(resumed.stdout).toContain('from an earlier attempt; nothing was loaded again')
    expect(await rides(place)).toEqual({ n: 88_605 })
    expect(place.bigquery.jobs()).toHaveLength(1)
    expect(place.bigquery.uploadedBytes()).toBe(bytes)
    expect(leftOver(place.space.home)).toEqual([])
  })

  test('is cancelled with its job', async () => {
    const place = await bigQueryPlace()
    await uploaded(place)
    let begin: () => void = () => undefined
    place.bigquery.holdJobs(new Promise((resolve) => (begin = resolve)))
    const running = start(load, { home: place.space.home, cwd: place.space.folder, env: place.env })
    await expect.poll(() => place.bigquery.jobs().length, { timeout: 60_000 }).toBe(1)
    running.signal('SIGINT')
    expect((await running.ended).exitCode).toBe(130)
    expect(place.bigquery.jobs()[0]?.isCancelled).toBe(true)
    begin()
  })
})

describe('BigQuery', () => {
  test('fetches objects of a bucket itself, and no other database claims to', async () => {
    const place = await bigQueryPlace()
    await uploaded(place)
    const objects = 'objects: ["gs://zoom-lake/data/green/*.parquet"]'
    const flow = (database: string) =>
      place.space.flow(
        'objects',
        `tasks:\n  load: { type: database.load, with: { database: "${database}", into: rides, ${objects}, cluster_by: [PULocationID] } }\n`,
      )
    const ended = await place.call(['run', flow('block:bigquery/trips'), '--json'])
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
    expect(await rides(place)).toEqual({ n: 88_605 })
    const refused = await place.call(['run', flow('block:duckdb/warehouse'), '--json'])
    expect(refused.stdout).toContain('has no partitions and clusters; BigQuery has')
  })

  test('is asked with values that would end a text there, and answers with them', async () => {
    const place = await bigQueryPlace()
    const hostile = `\\' OR 1=1; DROP TABLE x; -- " \`\n it''s`
    const sql = "SELECT {{ text }} AS said, 'it\\'s' AS plain"
    const tasks = [
      'parameters:',
      '  text: { type: string }',
      'tasks:',
      `  ask: { type: database.query, with: { database: block:bigquery/trips, sql: ${JSON.stringify(sql)} } }`,
      '  save: { type: table.write, inputs: { table: ask.table }, with: { format: json, compression: none, name: said.json } }',
    ]
    const flow = place.space.flow('ask', `${tasks.join('\n')}\n`)
    const ended = await place.call(['run', flow, '--json', '-p', `text=${hostile}`])
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
    const [file = ''] = globSync('runs/*/results/save/said.json', { cwd: place.space.home })
    expect(JSON.parse(readFileSync(path.join(place.space.home, file), 'utf8'))).toEqual([
      { said: hostile, plain: "it's" },
    ])
  })
})
