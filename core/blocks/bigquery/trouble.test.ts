import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { duckTables } from '#core/blocks/postgres/testing/postgres-tables.ts'
import { containing } from '#test/fixtures/containing.ts'
import { startedBigQuery, type Started } from './testing/bigquery-tables.ts'

let started: Started
const duck = duckTables()
beforeAll(async () => {
  started = await startedBigQuery()
})
afterEach(() => {
  started.server.faults.clear()
  started.server.deny()
  started.log.splice(0)
})
afterAll(async () => {
  await duck.close()
  await started.close()
})

const many = 'SELECT range AS n, hash(range) AS h, uuid()::VARCHAR AS id FROM range(50000)'
const count = async (table: string) =>
  (await started.server.ask(`SELECT count(*)::INTEGER AS n FROM "rides"."trips"."${table}"`))[0]?.['n']
const load = async (into: string, loadId = into) => duck.load(await started.open(), many, { into, loadId })
const upload = /^\/upload\//

test('an upload that is cut goes on where it was cut', async () => {
  const before = started.server.uploadedBytes()
  started.server.faults.add({ method: 'PUT', path: upload, times: 1, does: { kind: 'reset-in-body', bytes: 700_000 } })
  expect(await load('cut')).toMatchObject({ rows: 50_000 })
  expect(await count('cut')).toBe(50_000)
  const whole = started.server.uploadedBytes() - before
  started.server.faults.add({ method: 'PUT', path: upload, times: 3, does: { kind: 'reset', when: 'before' } })
  expect(await load('cut3')).toMatchObject({ rows: 50_000 })
  expect(Math.abs(started.server.uploadedBytes() - before - 2 * whole)).toBeLessThan(whole / 5)
  expect(started.log).toContainEqual(containing(/^The upload to BigQuery was interrupted/))
})

test('an answer that is lost does not load twice: before the upload, after it, and of the job', async () => {
  for (const [index, fault] of [
    { method: 'POST', path: upload },
    { method: 'PUT', path: upload },
    { method: 'GET', path: /\/jobs\// },
  ].entries()) {
    started.server.faults.add({ ...fault, times: 1, does: { kind: 'reset', when: 'after' } })
    expect(await load(`lost${index}`)).toMatchObject({ rows: 50_000 })
    expect(await count(`lost${index}`)).toBe(50_000)
  }
})

test('a storm of 503 on the job, and on the upload, is waited out', async () => {
  started.server.faults.add({
    path: /\/jobs\/millrace/,
    times: 5,
    does: { kind: 'answer', status: 503, reason: 'backendError' },
  })
  started.server.faults.add({ path: upload, times: 2, does: { kind: 'answer', status: 503, reason: 'backendError' } })
  expect(await load('storm')).toMatchObject({ rows: 50_000, repeated: false })
  expect(await count('storm')).toBe(50_000)
  expect(started.log).toContainEqual(containing(/^BigQuery is busy or has trouble/))
})

test('a load that failed changed nothing, and is tried under the next id', async () => {
  started.server.deny('bigquery.tables.create')
  await expect(load('failing')).rejects.toMatchObject({ failure: { code: 'denied' } })
  started.server.deny()
  expect(await load('failing')).toMatchObject({ rows: 50_000, repeated: false })
  const ids = started.server
    .jobs()
    .map(({ reference }) => reference.jobId)
    .filter((id) => id.startsWith('millrace_failing_'))
  expect(ids.map((id) => id.replace(/_[0-9a-f]{12}_/, ' '))).toEqual([
    'millrace_failing load_0',
    'millrace_failing load_1',
  ])
})

test('a load that another process has submitted is waited for', async () => {
  const client = await started.open()
  await duck.load(client, 'SELECT 1 AS a', { into: 'again', loadId: 'first' })
  let release: () => void = () => undefined
  started.server.holdJobs(new Promise((resolve) => (release = resolve)))
  const one = duck.load(client, 'SELECT 2 AS a', { into: 'again', loadId: 'shared' })
  await expect
    .poll(() =>
      started.server
        .jobs()
        .some(({ reference, state }) => reference.jobId.startsWith('millrace_shared') && state === 'PENDING'),
    )
    .toBe(true)
  const other = duck.load(await started.open(), 'SELECT 2 AS a', { into: 'again', loadId: 'shared' })
  release()
  const both = await Promise.all([one, other])
  expect(both.filter(({ repeated }) => repeated)).toHaveLength(1)
  expect(await count('again')).toBe(2)
})

test('a cancelled load cancels its job', async () => {
  const controller = new AbortController()
  let release: () => void = () => undefined
  started.server.holdJobs(new Promise((resolve) => (release = resolve)))
  const loading = duck.load(await started.open({}, controller.signal), 'SELECT 1 AS a', {
    into: 'stopped',
    loadId: 'stopped',
    signal: controller.signal,
  })
  const ended = loading.catch((error: unknown) => error)
  await expect
    .poll(() => started.server.jobs().some(({ reference }) => reference.jobId.startsWith('millrace_stopped')))
    .toBe(true)
  controller.abort()
  expect(await ended).toMatchObject({ failure: { code: 'cancelled' } })
  const job = started.server.jobs().find(({ reference }) => reference.jobId.startsWith('millrace_stopped'))
  expect(job?.isCancelled).toBe(true)
  release()
  started.server.holdJobs(Promise.resolve())
  await job?.done
  expect(job?.error).toMatchObject({ reason: 'stopped' })
  expect(started.server.warehouse.has({ projectId: 'rides', datasetId: 'trips', tableId: 'stopped' })).toBe(false)
  expect(await duck.load(await started.open(), 'SELECT 1 AS a', { into: 'stopped', loadId: 'stopped' })).toMatchObject({
    rows: 1,
    repeated: false,
  })
})

test.each([
  ['bigquery.jobs.create', /lacks bigquery\.jobs\.create on project rides\. .*--role=roles\/bigquery\.jobUser/],
  [
    'bigquery.tables.create',
    /lacks bigquery\.tables\.create on dataset rides\.trips .*--role=roles\/bigquery\.dataEditor/,
  ],
  ['bigquery.datasets.get', /lacks bigquery\.datasets\.get .*Or give the block the location/],
])('without %s it says who lacks what, and how it is given', async (permission, message) => {
  started.server.deny(permission)
  await expect(load(`denied_${permission.replaceAll('.', '_')}`)).rejects.toMatchObject({
    failure: { code: 'denied', message: containing(message) },
  })
})

test('a dataset that is missing, or elsewhere, is refused with what to do, or made', async () => {
  const one = 'SELECT 1 AS a'
  await expect(duck.load(await started.open({ dataset: 'none' }), one, { into: 't' })).rejects.toMatchObject({
    failure: {
      code: 'not-found',
      message: containing(/There is no dataset rides\.none\. .*block test … --create.*bq mk /),
    },
  })
  await expect(duck.load(await started.open({ location: 'US' }), one, { into: 't' })).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/is in EU, and the block says US/) },
  })
  await duck.load(await started.open({ dataset: 'fresh', location: 'US', create_dataset: true }), one, { into: 't' })
  expect(started.server.warehouse.dataset('rides', 'fresh').location).toBe('US')
})

test('its test offers to create a dataset that is missing, and does so once it is told to', async () => {
  const settings = { dataset: 'offered', location: 'EU' }
  const last = async (asked: object) => (await Array.fromAsync(started.test(settings, asked))).at(-1)
  const offer = { action: 'create', title: 'Create the dataset in EU' }
  expect(await last({})).toMatchObject({ stage: 'Find the dataset', ok: false, offer })
  expect(await last({})).toMatchObject({ stage: 'Find the dataset', ok: false, offer })
  expect(await last({ create: true })).toMatchObject({
    stage: 'Create the dataset',
    ok: true,
    message: 'rides.offered in EU.',
  })
  expect(started.server.warehouse.dataset('rides', 'offered').location).toBe('EU')
  expect(await last({ create: true })).toMatchObject({ stage: 'Run queries', ok: true })
})

test('its test tells each stage, and what to do about the first that fails', async () => {
  const stages = async (settings = {}) =>
    (await Array.fromAsync(started.test(settings))).map(({ stage, ok }) => `${stage}: ${ok}`)
  expect(await stages()).toEqual([
    'Read the credentials: true',
    'Sign in: true',
    'Find the dataset: true',
    'Run queries: true',
    'Make a table: true',
  ])
  expect((await stages({ dataset: 'made_by_test', create_dataset: true })).slice(-2)).toEqual([
    'Create the dataset: true',
    'Make a table: true',
  ])
  const missing = (await Array.fromAsync(started.test({ dataset: 'nowhere' }))).at(-1)
  expect(missing).toMatchObject({
    stage: 'Find the dataset',
    ok: false,
    message: 'There is no dataset rides.nowhere.',
    remedy: containing(/bq mk/),
    offer: { action: 'create', title: 'Create the dataset in US' },
  })
  started.server.deny('bigquery.jobs.create')
  expect((await Array.fromAsync(started.test())).at(-1)).toMatchObject({
    stage: 'Run queries',
    ok: false,
    message: containing(/lacks bigquery\.jobs\.create/),
  })
})
