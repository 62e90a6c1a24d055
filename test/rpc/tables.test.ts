import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import { connect } from '#core/api/connect.ts'
import { openEngine, type Engine } from '#core/compose.ts'
import type { FlowRun } from '#core/model/flow-run.ts'

/** What the engine answers about tables and what is left with a run, over its socket and with its own workers. */
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-rpc-tables-'))
const bugs: unknown[] = []
let engine: Engine
let remote: { client: EngineClient; close(): Promise<void> }
const runs = () => remote.client.runs

beforeAll(async () => {
  const home = path.join(folder, 'home')
  engine = await openEngine({ home, passphrase: null, onBug: (error) => bugs.push(error) })
  remote = await connect(path.join(home, 'engine.sock'))
})
afterAll(async () => {
  await remote.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
  expect(bugs).toEqual([])
})

/** Written long ago, so that no run reads it before it was written. */
const csv = (name: string, text: string): string => {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  utimesSync(file, 1_600_000_000, 1_600_000_000)
  return file
}

const rows = (fares: readonly number[], flags = ['Y', 'N']): string =>
  `id,fare,flag\n${fares.map((fare, index) => `${index},${fare},${flags[index % flags.length]}\n`).join('')}`

const flow = (name: string, rest = '') => `millrace: 1
name: ${name}
parameters:
  file: { type: string }
tasks:
  trips: { type: table.read, with: { path: "{{ file }}" } }
  good: { type: table.filter, inputs: { table: trips.table }, with: { where: id >= 0 }, keep: true }
${rest}`

const run = async (text: string, file: string): Promise<FlowRun> => {
  const source = { from: 'text', text, folder } as const
  const { id } = await runs().submit({ source, parameters: { values: { file } } })
  await engine.ended(id)
  return (await runs().inspect({ flowRun: id })).flowRun
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => failureOfCall(error),
  )

test('a table has a profile, kept after it was made once', async () => {
  const { id } = await run(flow('profiled'), csv('one.csv', rows([1, 2, 3, 4])))
  const answer = await runs().profile({ flowRun: id, task: 'good' })
  expect(answer).toMatchObject({ flowRun: id, taskRun: 'good', output: 'table', changedSources: [], drift: null })
  expect(answer.profile).toMatchObject({
    rows: 4,
    columns: [
      { name: 'id', min: '0', max: '3', distinct: { count: 4, exact: true } },
      { name: 'fare', nulls: 0, quantiles: { exact: true, p50: '2' } },
      {
        name: 'flag',
        values: [
          { value: 'N', count: 2 },
          { value: 'Y', count: 2 },
        ],
      },
    ],
  })
  // Nobody could make it of this any more.
  const { taskRuns } = await runs().inspect({ flowRun: id })
  const table = taskRuns.find(({ key }) => key === 'good')?.outputs['table']
  writeFileSync(table?.kind === 'table' && table.path !== null ? table.path : '', 'no Parquet')
  expect((await engine.client.runs.profile({ flowRun: id, task: 'good' })).profile).toEqual(answer.profile)
  expect(await failureOf(runs().preview({ flowRun: id, task: 'good' }))).not.toBeNull()
})

test('a profile says what differs from the last good run before', async () => {
  const text = flow('drifting')
  const first = await run(text, csv('first.csv', rows([1, 2, 3, 4, 5, 6, 7, 8])))
  expect((await runs().profile({ flowRun: first.id, task: 'good', drift: true })).drift).toEqual({
    against: null,
    reason: 'No former run of the flow that completed has this table.',
    findings: [],
  })
  const second = await run(text, csv('second.csv', rows([1, 2, 3, 4, 5, 6, 7, 80], ['Y', 'X'])))
  await run(
    `${text}  fail: { type: table.check, inputs: { table: good.table }, with: { rules: [{ rule: rows, exactly: 0 }] } }\n`,
    csv('third.csv', rows([1])),
  )
  for (const client of [remote.client, engine.client]) {
    const { drift } = await client.runs.profile({ flowRun: second.id, task: 'good', drift: true })
    expect(drift?.against).toEqual({ flowRun: first.id, name: first.name, taskRun: 'good', otherParameters: ['file'] })
    expect(drift?.findings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: fare goes up to 80 (before: 8).',
      'warning: New in flag: “X” (4 rows).',
      'warning: No longer in flag: “N” (4 rows).',
    ])
  }
  const same = await run(text, path.join(folder, 'second.csv'))
  expect((await runs().profile({ flowRun: same.id, task: 'good', drift: true })).drift).toMatchObject({
    against: { flowRun: second.id },
    findings: [],
  })
})

test('the table of a file that was written since is told apart', async () => {
  const file = csv('changing.csv', rows([1, 2, 3]))
  const text = flow('changing')
  const first = await run(text, file)
  writeFileSync(file, rows([1, 2, 3, 4, 5]))
  utimesSync(file, Date.now() / 1000 + 60, Date.now() / 1000 + 60)
  expect((await runs().profile({ flowRun: first.id, task: 'trips' })).changedSources).toEqual([file])
  expect(await runs().preview({ flowRun: first.id, task: 'trips' })).toMatchObject({
    rowCount: 3,
    changedSources: [file],
  })
  expect(await runs().preview({ flowRun: first.id, task: 'good' })).toMatchObject({ rowCount: 3, changedSources: [] })
  utimesSync(file, 1_600_000_000, 1_600_000_000)
  const second = await run(text, file)
  utimesSync(file, (second.createdAt - 1) / 1000, (second.createdAt - 1) / 1000)
  const { changedSources, drift } = await runs().profile({ flowRun: second.id, task: 'trips', drift: true })
  expect(changedSources).toEqual([])
  expect(drift).toMatchObject({ against: null, findings: [] })
  expect(drift?.reason).toMatch(/^The file changing\.csv that flow run “[\w-]+” read was changed since/)
})

test('what has no profile is refused with the reason', async () => {
  const { id, name } = await run(
    flow('refused', '  say: { type: log.message, with: { message: hi } }\n'),
    csv('x.csv', rows([1])),
  )
  const ask = (task: string, output?: string) =>
    failureOf(runs().profile({ flowRun: id, task, ...(output !== undefined && { output }) }))
  expect(await ask('nope')).toMatchObject({ code: 'not-found', message: `Flow run “${name}” has no task run “nope”.` })
  expect(await ask('say')).toMatchObject({ code: 'not-found', message: '“say” has no table to show.' })
  expect(await ask('good', 'other')).toMatchObject({ code: 'not-found' })
})

test('a profile that is given up is stopped, and leaves nothing behind', async () => {
  const { id } = await run(flow('stopped'), csv('y.csv', rows([1])))
  const giveUp = new AbortController()
  giveUp.abort()
  const given = engine.client.runs.profile({ flowRun: id, task: 'good' }, { signal: giveUp.signal })
  expect(await failureOf(given)).not.toBeNull()
  expect((await runs().profile({ flowRun: id, task: 'good' })).profile.rows).toBe(1)
})

test('rows that break a check are an artifact of its run, and go with it', async () => {
  const checks = `  check:
    type: table.check
    inputs: { table: good.table }
    with: { rules: [{ rule: range, column: fare, max: 5 }, { rule: in_set, column: flag, values: [Y], severity: warn }] }
`
  const { id, name, state } = await run(flow('checked', checks), csv('checked.csv', rows([1, 9, 3, 8])))
  expect(state.name).toBe('Failed')
  const { taskRuns } = await runs().inspect({ flowRun: id })
  expect(taskRuns.find(({ key }) => key === 'check')?.state.message).toBe(
    `A check does not hold. fare should be at most 5, but is not in 2 rows (from 8 to 9). The rows: millrace flow-run artifacts ${name}`,
  )
  const artifacts = await runs().artifacts({ flowRun: id })
  expect(artifacts).toMatchObject([
    { flowRun: id, taskRun: 'check', kind: 'table', title: 'fare is out of range' },
    { flowRun: id, taskRun: 'check', kind: 'table', title: 'flag is not in the set' },
  ])
  expect(await runs().artifact({ flowRun: id, id: artifacts[0]?.id ?? 0 })).toMatchObject({
    title: 'fare is out of range',
    columns: [{ name: 'id', type: 'BIGINT' }, { name: 'fare' }, { name: 'flag' }],
    rows: [
      [1, 9, 'N'],
      [3, 8, 'N'],
    ],
    total: 2,
  })
  expect(await failureOf(runs().artifact({ flowRun: id, id: 999_999 }))).toMatchObject({ code: 'not-found' })
  await runs().delete({ flowRun: id })
  expect(await failureOf(runs().artifacts({ flowRun: id }))).toMatchObject({ code: 'not-found' })
})

test('what a flow writes is entered in the catalogue, with what it was made from, and stays when the run is deleted', async () => {
  const zones = csv('zones.csv', 'id,zone\n1,a\n2,b\n')
  const text = `millrace: 1
name: writing
parameters:
  files: { type: array, items: { type: string } }
tasks:
  trips: { type: table.read, for_each: "{{ files }}", as: file, with: { path: "{{ file }}" } }
  good: { type: table.filter, for_each: trips, inputs: { table: trips.table }, with: { where: fare > 1 } }
  save: { type: table.write, for_each: trips, inputs: { table: good.table }, with: { format: csv } }
  upload: { type: storage.upload, for_each: trips, inputs: { files: save.file }, with: { storage: block:local-file-system/lake, to: data } }
  zones: { type: table.read, with: { path: ${zones} } }
  load: { type: database.load, inputs: { table: zones.table }, with: { database: block:duckdb/warehouse, into: zones } }
`
  const files = [csv('jan.csv', rows([1, 2, 3])), csv('feb.csv', rows([1, 2]))]
  const source = { from: 'text', text, folder } as const
  const { id } = await runs().submit({ source, parameters: { values: { files } } })
  expect((await engine.ended(id)).name).toBe('Completed')
  const datasets = await remote.client.datasets.list()
  const columns = ['id', 'fare', 'flag']
  expect(
    datasets.map(({ location, columns: all, rows: count, taskRun, madeFrom }) => [
      location.replace(/^.*home\//, ''),
      all.map(({ name }) => name),
      count,
      taskRun,
      madeFrom.map((one) => path.basename(one)),
    ]),
  ).toEqual([
    ['lake/data/save-0.csv', columns, 2, 'upload[0]', ['jan.csv']],
    ['lake/data/save-1.csv', columns, 1, 'upload[1]', ['feb.csv']],
    ['warehouse.duckdb#zones', ['id', 'zone'], 2, 'load', ['zones.csv']],
  ])
  const loaded = datasets.at(-1)
  expect(loaded).toMatchObject({ flowRun: id, madeFrom: [`file://${path.join(folder, 'zones.csv')}`] })
  await runs().delete({ flowRun: id })
  expect(await remote.client.datasets.inspect({ location: loaded?.location ?? '' })).toEqual(loaded)
  expect(await failureOf(remote.client.datasets.inspect({ location: 'nowhere' }))).toMatchObject({ code: 'not-found' })
})
