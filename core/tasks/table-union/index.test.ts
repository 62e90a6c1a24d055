import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { TableHandle } from '#core/model/handle.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableUnion } from '#core/tasks/table-union/index.ts'
import { completed, handleOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const table = async (
  taskRun: string,
  lines: readonly string[],
  types: Record<string, string>,
): Promise<TableHandle> => {
  const path = join(jobs.folder, `${taskRun}.csv`)
  writeFileSync(path, [...lines, ''].join('\n'))
  return tableOf(outputsOf(await jobs.run([{ type: tableRead, taskRun, with: { path, types }, taken: ['table'] }]), 0))
}

const november = () => table('november', ['id,fare,note', '1,1.5,x', '2,2.5,'], { id: 'BIGINT', fare: 'DOUBLE' })
const december = () =>
  table('december', ['Fare,ID,flag', '7,3,true'], { Fare: 'BIGINT', ID: 'INTEGER', flag: 'BOOLEAN' })

const union = (tables: readonly TableHandle[], settings: Record<string, unknown> = {}, rest: readonly Step[] = []) =>
  jobs.run([{ type: tableUnion, inputs: { tables }, with: settings, taken: ['table'] }, ...rest])

const failure = async (tables: readonly TableHandle[], settings: Record<string, unknown> = {}): Promise<string> => {
  const outcome = (await union(tables, settings)).outcomes[0]?.outcome
  return outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : `${outcome?.kind}`
}

test('tables that are alike are stacked by name, and the log says how many rows', async () => {
  const ran = await union([await november(), await november()])
  expect(tableOf(outputsOf(ran, 0)).rows).toBe(4)
  expect(outputsOf(ran, 0)['drift']).toBeUndefined()
  expect(ran.log).toContain('info: Stacked 2 tables: 4 rows (2 + 2).')
})

test('by default every difference is told at once, and nothing is made', async () => {
  expect(await failure([await november(), await december()])).toBe(
    'data: The tables differ: id is INTEGER in december and BIGINT in november; ' +
      'fare is BIGINT in december and DOUBLE in november; december has no note; ' +
      'december has flag (BOOLEAN), which the first has not. ' +
      'Set drift: widen to take them together anyway, or make them alike first (table.select).',
  )
})

test('widened, each column has the type that holds the values of all, and null where it is missing', async () => {
  const ran = await union([await november(), await december()], { drift: 'widen' })
  const out = tableOf(outputsOf(ran, 0))
  expect(out.columns).toEqual([
    { name: 'id', type: 'BIGINT' },
    { name: 'fare', type: 'DOUBLE' },
    { name: 'note', type: 'VARCHAR' },
    { name: 'flag', type: 'BOOLEAN' },
  ])
  expect(await jobs.askTable(out, 'SELECT * FROM {input} ORDER BY id')).toEqual([
    { id: 1, fare: 1.5, note: 'x', flag: null },
    { id: 2, fare: 2.5, note: null, flag: null },
    { id: 3, fare: 7, note: null, flag: true },
  ])
  expect(ran.log.filter((line) => line.startsWith('warning'))).toEqual([
    'warning: id is INTEGER in december and BIGINT in november: both are taken as BIGINT.',
    'warning: fare is BIGINT in december and DOUBLE in november: both are taken as DOUBLE.',
    'warning: december has no note: null where it is missing.',
    'warning: december has flag (BOOLEAN), which the first has not: null where it is missing.',
  ])
})

test('reported, the differences are a value for the next task', async () => {
  const outputs = outputsOf(await union([await november(), await december()], { drift: 'report' }), 0)
  expect(outputs['drift']).toMatchObject({
    kind: 'value',
    value: [
      {
        table: 'december',
        column: 'id',
        kind: 'type',
        type: 'INTEGER',
        expected: 'BIGINT',
        first: 'november',
        result: 'BIGINT',
      },
      { column: 'fare', kind: 'type' },
      { column: 'note', kind: 'missing', type: null },
      { column: 'flag', kind: 'added', type: 'BOOLEAN' },
    ],
  })
  const same = outputsOf(await union([await november(), await november()], { drift: 'report' }), 0)
  expect(same['drift']).toEqual({ kind: 'value', value: [] })
})

test('types that only text holds become text; types that nothing holds are refused', async () => {
  const texts = await table('texts', ['id', 'one'], { id: 'VARCHAR' })
  const out = tableOf(outputsOf(await union([await november(), texts], { drift: 'widen' }), 0))
  expect(await jobs.askTable(out, 'SELECT id FROM {input} ORDER BY id')).toEqual([
    { id: '1' },
    { id: '2' },
    { id: 'one' },
  ])
  const flags = await table('flags', ['id', 'true'], { id: 'BOOLEAN' })
  expect(await failure([await november(), flags], { drift: 'widen' })).toMatch(
    /^data: The tables differ: id is BOOLEAN in flags and BIGINT in november\. No type holds the values of id in all tables/,
  )
})

test('a whole number beyond 2^53 is never rounded into a double', async () => {
  const large = await table('large', ['fare', '9007199254740993'], { fare: 'BIGINT' })
  expect(await failure([await november(), large], { drift: 'widen' })).toMatch(
    /^data: column “fare” holds “9007199254740993”, which is no DOUBLE/,
  )
  const exact = await table('exact', ['fare', '9007199254740994', '-9007199254740992'], { fare: 'BIGINT' })
  const out = tableOf(outputsOf(await union([await november(), exact], { drift: 'widen' }), 0))
  expect(await jobs.askTable(out, 'SELECT max(fare)::HUGEINT AS top FROM {input}')).toEqual([
    { top: '9007199254740994' },
  ])
})

test('one table is itself, none is refused, and what follows runs in the same statement', async () => {
  expect(tableOf(outputsOf(await union([await november()]), 0)).rows).toBe(2)
  expect(await failure([])).toMatch(/no table to stack/)
  const ran = await union([await november(), await november()], {}, [
    { type: tableFilter, with: { where: 'fare > 2' } },
  ])
  expect(ran.outcomes.map((one) => tableOf(completed(one)).rows)).toEqual([4, 2])
})

testWithData('the two months that pandas wrote are stacked, and their drift is reported', async () => {
  const month = async (name: string, taskRun: string): Promise<TableHandle> => {
    const inputs = { files: [await handleOf(sharedFile(name))] }
    return tableOf(outputsOf(await jobs.run([{ type: tableRead, taskRun, inputs, taken: ['table'] }]), 0))
  }
  const tables = [
    await month('green_tripdata_2020-11.pandas.parquet', 'november'),
    await month('green_tripdata_2021-02.pandas.parquet', 'february'),
  ]
  expect(await failure(tables)).toMatch(/lpep_pickup_datetime is TIMESTAMP.* in february and VARCHAR in november/)
  const outputs = outputsOf(await union(tables, { drift: 'report' }), 0)
  expect(tableOf(outputs)).toMatchObject({ rows: 88_605 + 64_572 })
  const drift = outputs['drift']?.kind === 'value' ? outputs['drift'].value : null
  expect(drift).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ column: 'lpep_pickup_datetime', kind: 'type', result: 'VARCHAR' }),
      expect.objectContaining({ column: 'tpep_pickup_datetime', kind: 'missing', table: 'february' }),
    ]),
  )
  const [row] = await jobs.askTable(
    tableOf(outputs),
    'SELECT round(sum(total_amount), 2)::DECIMAL(18, 2)::VARCHAR AS total FROM {input}',
  )
  expect(row).toEqual({ total: '3576111.32' })
})
