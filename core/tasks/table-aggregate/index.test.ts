import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tableAggregate } from '#core/tasks/table-aggregate/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { completed, fileOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const rides = ['zone,kind,fare,tip', 'A,x,10,1.5', 'A,y,20,0.5', 'B,x,30,', ',x,40,2', 'B,,,1', 'A,x,60,0']

let files = 0
const source = (lines: readonly string[] = rides): Step => {
  files += 1
  const path = join(jobs.folder, `rides-${files}.csv`)
  writeFileSync(path, [...lines, ''].join('\n'))
  const types = { zone: 'VARCHAR', kind: 'VARCHAR', fare: 'BIGINT', tip: 'DECIMAL(8, 2)' }
  return { type: tableRead, with: { path, types } }
}

const grouped = async (settings: Record<string, unknown>) => {
  const ran = await jobs.run([source(), { type: tableAggregate, with: settings, taken: ['table'] }])
  const table = tableOf(outputsOf(ran, 1))
  return { table, log: ran.log, rows: await jobs.askTable(table, 'SELECT * FROM {input}') }
}

const failure = async (settings: Record<string, unknown>): Promise<string> => {
  const { outcomes } = await jobs.run([source(), { type: tableAggregate, with: settings }])
  const outcome = outcomes[1]?.outcome
  return outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : `${outcome?.kind}`
}

test('each function looks at the values there are; count alone counts rows', async () => {
  const of = (name: string, column?: string) => ({ function: name, ...(column !== undefined && { column }) })
  const { table, rows } = await grouped({
    by: ['ZONE'],
    aggregates: {
      rides: of('count'),
      fares: of('count', 'fare'),
      kinds: of('count_distinct', 'kind'),
      total: of('sum', 'fare'),
      tips: of('sum', 'tip'),
      mean: of('avg', 'fare'),
      least: of('min', 'fare'),
      most: of('max', 'kind'),
      middle: of('median', 'fare'),
    },
    order: ['zone'],
  })
  expect(table.columns.map(({ type }) => type)).toEqual([
    'VARCHAR', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'DECIMAL(38,2)', 'DOUBLE', 'BIGINT', 'VARCHAR', 'DOUBLE',
  ]) // prettier-ignore
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['A', 3, 3, 2, 90, '2.00', 30, 10, 'y', 20],
    ['B', 2, 1, 1, 30, '1.00', 30, 30, 'x', 30],
    [null, 1, 1, 1, 40, '2.00', 40, 40, 'x', 40],
  ])
})

test('the log tells rows and groups, and that missing values are a group', async () => {
  const { log } = await grouped({ by: ['zone', 'kind'], limit: 3 })
  expect(log.filter((line) => line.startsWith('info'))).toEqual([
    'info: Grouped 6 rows into 5 groups. The first 3 are kept (limit).',
    'info: 1 row without a value in zone make a group of their own.',
    'info: 1 row without a value in kind make a group of their own.',
  ])
})

test('without groups there is one row, also for a table without rows', async () => {
  expect((await grouped({ aggregates: { rides: { function: 'count' } } })).rows).toEqual([{ rides: 6 }])
  expect((await grouped({ expressions: { one: '1' } })).rows).toEqual([{ one: 1 }])
  const ran = await jobs.run([
    source(),
    { type: tableFilter, with: { where: 'false' } },
    { type: tableAggregate, with: { expressions: { total: 'sum(fare)' } } },
    { type: tableWrite, with: { format: 'csv' } },
  ])
  expect(ran.outcomes.slice(0, 3).map((one) => tableOf(completed(one)).rows)).toEqual([6, 0, 1])
})

test('expressions combine aggregates, also over all groups', async () => {
  const { rows } = await grouped({
    by: ['kind'],
    expressions: {
      share: 'round(count(*) / sum(count(*)) OVER (), 2)',
      zones: "string_agg(zone, '+' ORDER BY zone)",
      large: 'count(*) FILTER (fare > 20)',
    },
    order: ['share desc', 'kind'],
  })
  expect(rows).toEqual([
    { kind: 'x', share: 0.67, zones: 'A+A+B', large: 3 },
    { kind: 'y', share: 0.17, zones: 'A', large: 0 },
    { kind: null, share: 0.17, zones: 'B', large: 0 },
  ])
})

test.each([
  [{ by: ['nope'] }, /“nope” in by is no column of the table coming in\. Choose from zone, kind, fare, tip/],
  [{ aggregates: { x: { function: 'sum' } } }, /“x” in aggregates names no column: sum needs one/],
  [{ aggregates: { x: { function: 'sum', column: 'kind' } } }, /sum needs numbers, and kind is VARCHAR/],
  [{ by: ['zone'], aggregates: { Zone: { function: 'count' } } }, /Two columns would be called “Zone”/],
  [{ by: ['zone'], order: ['fare'] }, /“fare” in order is no column that there is\. Choose from zone/],
  [{}, /There is nothing to compute/],
  [{ expressions: { x: 'fare + 1' } }, /uses fare as it stands in one row, and a group has many/],
  [{ expressions: { x: 'first(fare)' } }, /uses first\(\), which depends on the order of the rows/],
  [{ expressions: { x: 'sum(fare), 1' } }, /is not one SQL expression/],
  [{ expressions: { x: '(SELECT 1)' } }, /holds a SELECT/],
  [{ expressions: { x: 'sum(nope)' } }, /Referenced column "nope" not found/],
])('%j is refused', async (settings, message) => {
  expect(await failure(settings)).toMatch(/^invalid: /)
  expect(await failure(settings)).toMatch(message)
})

test('a sum beyond BIGINT is refused and never wrapped around', async () => {
  const lines = ['zone,kind,fare,tip', 'A,x,9223372036854775807,', 'A,x,1,']
  const sum = { type: tableAggregate, with: { aggregates: { total: { function: 'sum', column: 'fare' } } } }
  const { outcomes } = await jobs.run([source(lines), sum, { type: tableWrite }])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'failed', 'returned'])
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: {
      code: 'data',
      message: containing(/“total” holds “9223372036854775808”, which is no BIGINT/),
    },
  })
})

const many = Array.from({ length: 130_000 }, (_, index) => `${(index * 7919) % 130_003},x,${index},`)

test.each(['csv', 'parquet'])(
  'a %s file keeps the order, through steps after it and past a kept table',
  async (format) => {
    const sorted: Step = {
      type: tableAggregate,
      with: { by: ['zone'], expressions: { total: 'sum(fare)' }, order: ['total desc'] },
    }
    const later: readonly Step[] = [
      { type: tableSelect, with: { drop: ['zone'] } },
      { type: tableFilter, with: { where: 'total % 3 <> 0' } },
    ]
    const save: Step = { type: tableWrite, with: { format } }
    const from = source(['zone,kind,fare,tip', ...many])
    const atOnce = (await jobs.run([from, sorted, ...later, save])).outcomes
    const kept = tableOf(outputsOf(await jobs.run([from, { ...sorted, taken: ['table'] }]), 1))
    const after = (await jobs.run([{ ...(later[0] ?? save), inputs: { table: kept } }, ...later.slice(1), save]))
      .outcomes
    for (const last of [atOnce.at(-1), after.at(-1)]) {
      if (!last) throw new Error('The job has no member.')
      const totals = await totalsIn(fileOf(completed(last)).path)
      expect(totals.length).toBeGreaterThan(70_000)
      expect(totals.every((total, index) => index === 0 || total <= (totals[index - 1] ?? 0))).toBe(true)
    }
  },
)

const totalsIn = async (path: string): Promise<readonly number[]> => {
  if (path.endsWith('.csv')) return readFileSync(path, 'utf8').trim().split('\n').slice(1).map(Number)
  const [table] = await jobs.outputs([{ type: tableRead, with: { path } }])
  return (await jobs.askTable(tableOf(table), 'SELECT total FROM {input}')).map((row) => Number(row['total']))
}

test('a file of a small sorted table is the same each time, equal rows by their keys', async () => {
  const top = {
    by: ['kind'],
    aggregates: { zones: { function: 'count_distinct', column: 'zone' } },
    order: ['zones'],
    limit: 2,
  }
  const outputs = await jobs.outputs([
    source(),
    { type: tableAggregate, with: top },
    { type: tableWrite, with: { format: 'csv' } },
  ])
  expect(readFileSync(fileOf(outputs[2]).path, 'utf8')).toBe('kind,zones\ny,1\n,1\n')
  expect(tableOf(outputs[1]).rows).toBe(2)
})
