import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tableFill } from '#core/tasks/table-fill/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { completed, handleOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const source = (): Step => {
  const path = join(jobs.folder, 'values.csv')
  writeFileSync(
    path,
    'id,who,n,x,name,day\n1,a,,1.5,,2020-01-01\n2,a,5,,z,\n3,b,,,,2020-01-03\n4,a,,3.5,y,\n5,b,7,,,\n',
  )
  const types = { id: 'INTEGER', who: 'VARCHAR', n: 'BIGINT', x: 'DOUBLE', name: 'VARCHAR', day: 'DATE' }
  return { type: tableRead, with: { path, types } }
}

const filled = async (settings: Record<string, unknown>) => {
  const ran = await jobs.run([source(), { type: tableFill, with: settings, taken: ['table'] }])
  const table = tableOf(outputsOf(ran, 1))
  return { table, log: ran.log, rows: await jobs.askTable(table, 'SELECT * FROM {input} ORDER BY id') }
}

const failure = async (settings: Record<string, unknown>): Promise<string> => {
  const { outcomes } = await jobs.run([source(), { type: tableFill, with: settings }])
  const outcome = outcomes[1]?.outcome
  return outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : `${outcome?.kind}`
}

test('constants fill, columns keep their types and places, and the log says how many', async () => {
  const { table, rows, log } = await filled({ columns: { N: 0, name: 'none', day: { value: '2020-02-29' } } })
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id INTEGER', 'who VARCHAR', 'n BIGINT', 'x DOUBLE', 'name VARCHAR', 'day DATE',
  ]) // prettier-ignore
  expect(rows.map(({ n, name, day }) => [n, name, day])).toEqual([
    [0, 'none', '2020-01-01'],
    [5, 'z', '2020-02-29'],
    [0, 'none', '2020-01-03'],
    [0, 'y', '2020-02-29'],
    [7, 'none', '2020-02-29'],
  ])
  expect(log.filter((line) => line.startsWith('info'))).toEqual([
    'info: Filled 3 missing values of n.',
    'info: Filled 3 missing values of name.',
    'info: Filled 3 missing values of day.',
  ])
})

test.each([
  [{ columns: { n: { with: 'previous' } }, order: ['id'] }, [null, 5, 5, 5, 7]],
  [{ columns: { n: { with: 'next' } }, order: ['id'] }, [5, 5, 7, 7, 7]],
  [{ columns: { n: { with: 'previous' } }, order: ['id desc'] }, [5, 5, 7, 7, 7]],
  [{ columns: { n: { with: 'previous' } }, order: ['id'], within: ['who'] }, [null, 5, null, 5, 7]],
  [{ columns: { n: { column: 'id' } } }, [1, 5, 3, 4, 7]],
])('%j', async (settings, expected) => {
  expect((await filled(settings)).rows.map(({ n }) => n)).toEqual(expected)
})

test.each([
  [{ columns: { x: { with: 'mean' } } }, [1.5, 2.5, 2.5, 3.5, 2.5]],
  [{ columns: { x: { with: 'median' } }, within: ['who'] }, [1.5, 2.5, null, 3.5, null]],
])('%j', async (settings, expected) => {
  const { rows, log } = await filled(settings)
  expect(rows.map(({ x }) => x)).toEqual(expected)
  const left = expected.filter((value) => value === null).length
  expect(log.join()).toContain(
    left === 0
      ? 'Filled 3 missing values of x.'
      : `Filled ${3 - left} missing value of x; ${left} had nothing to be filled with and still miss.`,
  )
})

test('counts are exact in a chain of one statement, also of a column that a later step leaves out', async () => {
  const ran = await jobs.run([
    source(),
    { type: tableFilter, with: { where: 'id > 1' } },
    { type: tableFill, with: { columns: { n: 0, x: { with: 'previous' } }, order: ['id'] } },
    { type: tableFilter, with: { where: 'n = 0' } },
    { type: tableSelect, with: { columns: ['id'] } },
    { type: tableWrite },
  ])
  expect(ran.outcomes.slice(0, 5).map((one) => tableOf(completed(one)).rows)).toEqual([5, 4, 4, 2, 2])
  expect(ran.log).toContain('info: Filled 2 missing values of n.')
  expect(ran.log).toContain('info: Filled 1 missing value of x; 2 had nothing to be filled with and still miss.')
})

test.each([
  [{ columns: { nope: 0 } }, /“nope” in columns is no column of the table coming in/],
  [{ columns: { n: 'none' } }, /“none” cannot fill n, which is BIGINT/],
  [{ columns: { n: 1.5 } }, /“1.5” cannot fill n, which is BIGINT/],
  [{ columns: { n: true } }, /“true” cannot fill n/],
  [{ columns: { day: '2020-02-30' } }, /“2020-02-30” cannot fill day, which is DATE/],
  [
    { columns: { n: { with: 'previous' } } },
    /n takes the previous value, and rows have no order of their own\. Set order/,
  ],
  [{ columns: { n: { with: 'mean' } } }, /n \(BIGINT\) cannot be filled with its mean: a mean may be a fraction/],
  [{ columns: { name: { with: 'median' } } }, /name \(VARCHAR\) cannot be filled with its median: it is no number/],
  [{ columns: { id: { column: 'n' } } }, /id is INTEGER and cannot take all values of n, which is BIGINT/],
  [{ columns: { n: 0, N: 1 } }, /n stands twice in columns/],
])('%j is refused', async (settings, message) => {
  expect(await failure(settings)).toMatch(/^invalid: /)
  expect(await failure(settings)).toMatch(message)
})

testWithData('the rides that do not say how many they carried', async () => {
  const read: Step = {
    type: tableRead,
    inputs: { files: [await handleOf(sharedFile('green_tripdata_2020-11.csv.gz'))] },
  }
  const ran = await jobs.run([read, { type: tableFill, with: { columns: { passenger_count: 1 } } }])
  expect(ran.log).toContain('info: Filled 40,114 missing values of passenger_count.')
  expect(tableOf(outputsOf(ran, 1)).rows).toBe(88_605)
})
