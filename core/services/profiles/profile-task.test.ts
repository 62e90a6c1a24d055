import { afterAll, expect, test } from 'vitest'
import type { ColumnProfile, TableProfile } from '#core/model/table-profile.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { profileTask } from './profile-task.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

/** A plan of any SELECT. */
const tableOf = async (select: string): Promise<TableHandle> => {
  const connection = await jobs.engine.connect(new AbortController().signal)
  const columns = await connection.describe(select)
  connection.close()
  const steps = [{ name: 'made', taskRun: 'made', sql: select, columns }]
  return { kind: 'table', columns, rows: null, bytes: null, path: null, steps, sources: [] }
}

const profileOf = async (table: TableHandle): Promise<TableProfile> => {
  const handle = outputsOf(await jobs.run([{ type: profileTask, inputs: { table } }]), 0)['profile']
  if (handle?.kind !== 'value') throw new Error('No profile')
  return handle.value as TableProfile
}

const profile = async (select: string): Promise<TableProfile> => profileOf(await tableOf(select))

const column = ({ columns }: TableProfile, name: string): ColumnProfile => {
  const found = columns.find((one) => one.name === name)
  if (!found) throw new Error(`No column ${name}`)
  return found
}

test('numbers, times, texts and what has no order, each as far as it goes', async () => {
  const found = await profile(`select
    i as id,
    case when i < 10 then null else i % 4 end as few,
    date '2020-01-01' + (i % 365)::int as day,
    timestamptz '2020-01-01 00:00:00+02' + to_hours(i::int) as at,
    time '00:00:00' + to_minutes(i::int) as clock,
    i % 2 = 0 as even,
    [i % 3] as list,
    null::double as never
    from range(1000) t(i)`)
  expect(found).toMatchObject({ rows: 1000, omitted: [] })
  expect(column(found, 'id')).toEqual({
    name: 'id',
    type: 'BIGINT',
    kind: 'number',
    nulls: 0,
    distinct: { count: 1000, exact: true },
    min: '0',
    max: '999',
    quantiles: { exact: true, p01: '9', p05: '49', p25: '249', p50: '499', p75: '749', p95: '949', p99: '989' },
    values: [],
    histogram: { from: 9, to: 989, counts: [50, ...Array.from({ length: 19 }, () => 49)], below: 9, above: 10 },
  })
  expect(column(found, 'few')).toMatchObject({
    nulls: 10,
    distinct: { count: 4, exact: true },
    values: [
      { value: '2', count: 248 },
      { value: '3', count: 248 },
      { value: '0', count: 247 },
      { value: '1', count: 247 },
    ],
  })
  expect(column(found, 'day')).toMatchObject({ kind: 'time', min: '2020-01-01', max: '2020-12-30' })
  expect(column(found, 'day').histogram?.from).toBe(Date.UTC(2020, 0, 4) / 1000)
  expect(column(found, 'at')).toMatchObject({ min: '2019-12-31 22:00:00+00', max: '2020-02-11 13:00:00+00' })
  expect(column(found, 'clock')).toMatchObject({
    kind: 'time',
    min: '00:00:00',
    max: '16:39:00',
    histogram: { above: 10 },
  })
  expect(column(found, 'even')).toMatchObject({
    min: null,
    quantiles: null,
    values: [
      { value: 'false', count: 500 },
      { value: 'true', count: 500 },
    ],
  })
  expect(column(found, 'list')).toMatchObject({
    kind: 'other',
    min: null,
    values: [{ value: '[0]', count: 334 }, {}, {}],
  })
  expect(column(found, 'never')).toMatchObject({
    nulls: 1000,
    distinct: { count: 0, exact: true },
    min: null,
    quantiles: null,
    histogram: null,
  })
})

test('big integers and decimals are exact', async () => {
  const found = await profile(`select * from (values
    (9007199254740993::bigint, 170141183460469231731687303715884105727::hugeint, 12345678901234567890123456789012.345678::decimal(38, 6)),
    (9007199254740995, -5, -0.000001)) t(big, huge, money)`)
  expect(column(found, 'big')).toMatchObject({ min: '9007199254740993', max: '9007199254740995' })
  expect(column(found, 'big').quantiles).toMatchObject({ exact: true, p50: '9007199254740993' })
  expect(column(found, 'huge')).toMatchObject({ type: 'HUGEINT', max: '170141183460469231731687303715884105727' })
  expect(column(found, 'money')).toMatchObject({ min: '-0.000001', max: '12345678901234567890123456789012.345678' })
})

test('nan, infinity and an infinite time spoil nothing', async () => {
  const found = await profile(`select case i when 5 then 'nan'::double when 6 then 'inf' else i end as x,
    case i when 7 then 'infinity'::timestamp else timestamp '2020-01-01' + to_days(i::int) end as at from range(1000) t(i)`)
  expect(column(found, 'x')).toMatchObject({
    min: '0.0',
    max: 'nan',
    distinct: { count: 1000 },
    histogram: { from: 11, to: 991 },
  })
  expect(column(found, 'at')).toMatchObject({ min: '2020-01-01 00:00:00', max: 'infinity' })
  expect(column(found, 'at').histogram?.counts).toHaveLength(20)
})

test('long texts and strange names are cut or quoted, and a table without rows has a profile', async () => {
  const found = await profile(
    `select repeat('ä', i::int * 400) as "say ""so"", {input}", left('abc', i::int) as short from range(4) t(i)`,
  )
  const [long, short] = found.columns
  expect(long).toMatchObject({
    name: 'say "so", {input}',
    max: `${'ä'.repeat(100)}…`,
    values: [],
    distinct: { count: 4, exact: false },
  })
  expect(short).toMatchObject({ min: '', max: 'abc' })
  const none = await profile('select 1 as a, null::varchar as b where false')
  expect(none).toMatchObject({
    rows: 0,
    columns: [{ nulls: 0, min: null, histogram: null }, { distinct: { count: 0 } }],
  })
})

test('of many different values the number is an estimate, and the frequent ones are counted exactly', async () => {
  const found = await profile(
    `select case when i % 10 = 0 then 'none' else 'v' || i end as name from range(200000) t(i)`,
  )
  const { distinct, values } = column(found, 'name')
  expect(distinct.exact).toBe(false)
  expect(Math.abs(distinct.count - 180_001)).toBeLessThan(18_000)
  expect(values[0]).toEqual({ value: 'none', count: 20_000 })
})

test('of a wide table the last columns are only named', async () => {
  const names = Array.from({ length: 320 }, (_, n) => `${n} as c${n}`)
  const found = await profile(`select ${names.join(', ')} where false`)
  expect([found.columns.length, found.omitted.length, found.omitted[0]]).toEqual([
    300,
    20,
    { name: 'c300', type: 'INTEGER' },
  ])
})

test('a profile that is given up stops in the middle', async () => {
  const giveUp = new AbortController()
  const table = await tableOf('select i from range(1000000000000) t(i)')
  const running = jobs.run([{ type: profileTask, inputs: { table } }], giveUp.signal)
  setImmediate(() => giveUp.abort())
  expect((await running).outcomes).toMatchObject([{ outcome: { kind: 'cancelled' } }])
})
