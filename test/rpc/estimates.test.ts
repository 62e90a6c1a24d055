import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '#core/api/connect.ts'
import type { EngineClient } from '#core/api/client.ts'
import { openEngine, type Engine } from '#core/compose.ts'
import type { TaskEstimate } from '#core/model/task-estimate.ts'
import { startBigQuery, type BigQueryServer } from '#test/fakes/bigquery/server.ts'
import { containing } from '#test/fixtures/containing.ts'

/** What tasks of an open flow would read, over the engine's socket and with its own workers. */
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-rpc-estimates-'))
const home = path.join(folder, 'home')
const bugs: unknown[] = []
let server: BigQueryServer
let engine: Engine
let remote: { client: EngineClient; close(): Promise<void> }

beforeAll(async () => {
  server = await startBigQuery()
  await server.warehouse.createDataset({ projectId: 'rides', datasetId: 'trips', location: 'EU' })
  const connection = await server.warehouse.connect({ projectId: 'rides', datasetId: 'trips' })
  await connection.run("CREATE TABLE green AS SELECT range AS n, 'x' AS color FROM range(1000)")
  connection.closeSync()
  await server.warehouse.refresh()
  const environment = { ...process.env, BIGQUERY_EMULATOR_HOST: server.url }
  engine = await openEngine({ home, passphrase: null, environment, onBug: (error) => bugs.push(error) })
  remote = await connect(path.join(home, 'engine.sock'))
  const settings = { project: 'rides', dataset: 'trips', maximum_bytes_billed: '1 GiB' }
  await remote.client.blocks.create({ type: 'bigquery', name: 'trips', settings })
})
afterAll(async () => {
  await remote.close()
  await engine.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  expect(bugs).toEqual([])
})

let flows = 0
const estimate = async (...lines: readonly string[]): Promise<TaskEstimate> => {
  mkdirSync(path.join(home, 'flows'), { recursive: true })
  const file = path.join(home, 'flows', `flow-${(flows += 1)}.yaml`)
  writeFileSync(file, ['millrace: 1', `name: flow-${flows}`, ...lines, ''].join('\n'))
  await remote.client.flows.open({ source: { from: 'file', path: file, cwd: folder } })
  return remote.client.flows.estimate({ file, task: 'ask' })
}

const parameters = [
  'parameters:',
  '  color: { type: string, default: "it\'s \\\\ green" }',
  '  warehouse: { type: block, types: [bigquery, duckdb], default: block:bigquery/trips }',
  '  no_default: { type: integer }',
  'tasks:',
]
const asking = (sql: string) =>
  estimate(
    ...parameters,
    `  ask: { type: database.query, with: { database: "{{ warehouse }}", sql: ${JSON.stringify(sql)} } }`,
  )

test('the bytes are those that BigQuery tells, with parameters at their defaults, and known questions are not asked again', async () => {
  const sql = 'SELECT n FROM green WHERE color = {{ color }}'
  expect(await asking(sql)).toEqual({ kind: 'bytes', bytes: 11_000, mostBytes: 2 ** 30 })
  const asked = server.requests.length
  expect(await asking(sql)).toMatchObject({ kind: 'bytes', bytes: 11_000 })
  expect(server.requests.length).toBe(asked)
  expect(server.jobs()).toEqual([])
})

test('parameters of the query count too, with their expressions', async () => {
  const lines = (parameter: string) => [
    ...parameters,
    '  ask:',
    '    type: database.query',
    '    with:',
    '      database: block:bigquery/trips',
    '      sql: SELECT n FROM green WHERE color = @color',
    `      parameters: { color: ${parameter} }`,
  ]
  expect(await estimate(...lines('"{{ color }}"'))).toMatchObject({ kind: 'bytes', bytes: 11_000 })
  expect(await estimate(...lines('"{{ no_default }}"'))).toMatchObject({ kind: 'unknown' })
})

test('SQL in a file beside the flow, or in a storage, counts too; a file that was changed is asked of again', async () => {
  const beside = (file: string) =>
    estimate(...parameters, `  ask: { type: database.query, with: { database: "{{ warehouse }}", file: ${file} } }`)
  mkdirSync(path.join(home, 'flows'), { recursive: true })
  writeFileSync(path.join(home, 'flows/green.sql'), 'SELECT n FROM green')
  expect(await beside('"{{ color | size }}-{{ no_default }}.sql"')).toMatchObject({ kind: 'unknown' })
  expect(await beside('green.sql')).toMatchObject({ kind: 'bytes', bytes: 8000 })
  writeFileSync(path.join(home, 'flows/green.sql'), 'SELECT n, color FROM green')
  expect(await beside('green.sql')).toMatchObject({ kind: 'bytes', bytes: 11_000 })
  expect(await beside('none.sql')).toMatchObject({ kind: 'refused', message: containing(/none\.sql/) })

  await remote.client.blocks.create({ type: 'local-file-system', name: 'sql', settings: { path: 'flows' } })
  const from = 'from: block:local-file-system/sql, file: green.sql'
  const stored = `  ask: { type: database.execute, with: { database: block:bigquery/trips, ${from} } }`
  expect(await estimate('tasks:', stored)).toMatchObject({ kind: 'bytes', bytes: 11_000 })
})

test('a mistake in the SQL, or what is not known yet, is told in words', async () => {
  expect(await asking('SELECT nope FROM missing')).toMatchObject({
    kind: 'refused',
    message: containing(/There is no table rides\.trips\.missing/),
  })
  expect(await asking('SELECT {{ no_default }}')).toMatchObject({
    kind: 'unknown',
    reason: containing(/the parameter “no_default” has no default/),
  })
})

test('of other databases and tasks nothing is said', async () => {
  expect(
    await estimate(
      'tasks:',
      '  ask: { type: database.query, with: { database: block:duckdb/warehouse, sql: SELECT 1 } }',
    ),
  ).toEqual({ kind: 'none' })
  expect(await estimate('tasks:', '  ask: { type: log.message, with: { message: hello } }')).toEqual({ kind: 'none' })
})

test('an imported flow asks nothing of anybody before somebody has looked at it', async () => {
  const lines = [
    'millrace: 1',
    'name: brought',
    ...parameters,
    '  ask: { type: database.query, with: { database: block:bigquery/trips, sql: SELECT color FROM green } }',
    '',
  ]
  await remote.client.flows.import({ text: lines.join('\n') })
  const { file } = await remote.client.flows.open({ source: { from: 'library', name: 'brought' } })
  const asked = server.requests.length
  expect(await remote.client.flows.estimate({ file, task: 'ask' })).toMatchObject({
    kind: 'unknown',
    reason: containing(/came from elsewhere/),
  })
  expect(server.requests.length).toBe(asked)
  const source = { from: 'library', name: 'brought' } as const
  const { fingerprint } = await remote.client.flows.touches({ source })
  await remote.client.flows.trust({ source, fingerprint })
  expect(await remote.client.flows.estimate({ file, task: 'ask' })).toMatchObject({ kind: 'bytes', bytes: 3000 })
})
