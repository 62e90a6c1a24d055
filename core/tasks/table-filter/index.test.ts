import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { completed, handleOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const green = async (): Promise<Step> => ({
  type: tableRead,
  inputs: { files: [await handleOf(sharedFile('green_tripdata_2020-11.csv.gz'))] },
})

testWithData('unknown rows are dropped by default, and the log says how many', async () => {
  const { outcomes, log } = await jobs.run([
    await green(),
    { type: tableFilter, with: { where: 'passenger_count <> 0' } },
  ])
  expect(outcomes.map((one) => tableOf(completed(one)).rows)).toEqual([88_605, 48_299])
  expect(log.filter((line) => line.startsWith('warning'))).toEqual([
    'warning: Kept 48,299 rows, dropped 40,306. For 40,114 rows the condition is unknown, since a value is missing; ' +
      'they are among the rows dropped (nulls: keep would keep them).',
  ])
})

testWithData('unknown rows are kept when asked, which needs no warning', async () => {
  const filter = { type: tableFilter, with: { where: 'passenger_count <> 0', nulls: 'keep' } }
  const ran = await jobs.run([await green(), filter, { type: tableWrite }])
  expect(tableOf(outputsOf(ran, 1)).rows).toBe(88_413)
  expect(ran.log).toContainEqual(containing(/^info: Kept 88,413 rows, dropped 192\. For 40,114 rows/))
})

const small = (name: string, lines: readonly string[]): Step => {
  const path = join(jobs.folder, name)
  writeFileSync(path, ['a,b', ...lines, ''].join('\n'))
  return { type: tableRead, with: { path, types: { a: 'BIGINT', b: 'VARCHAR' } } }
}

test.each([
  ['true', 'drop', 3],
  ['false', 'keep', 0],
  ['null::BOOLEAN', 'drop', 0],
  ['null::BOOLEAN', 'keep', 3],
  ['a > 1', 'drop', 1],
  ['a > 1', 'keep', 2],
  ["b = 'x' -- a comment", 'drop', 1],
  ['a IS NULL OR a BETWEEN 1 AND 1', 'drop', 2],
  ["b IN ('x', 'y') AND length(b) = 1", 'drop', 2],
])('where %s, nulls %s keeps %d of three rows', async (where, nulls, kept) => {
  const { outcomes } = await jobs.run([
    small('three.csv', ['1,x', ',y', '2,']),
    { type: tableFilter, with: { where, nulls } },
  ])
  expect(outcomes.map((one) => tableOf(completed(one)).rows)).toEqual([3, kept])
})

test.each([
  ['a', /“a” gives BIGINT, not true or false/],
  ['c > 1', /Referenced column "c" not found.*Candidate bindings: "a"/],
  ['lower(a, b)', /No function matches.*lower/],
  ['a >', /cannot be read as SQL/],
  ['sum(a) > 1', /“sum\(a\) > 1” gives one value for many rows, and here every row needs its own/],
  ['a > 1; DROP TABLE x', /is not one SQL expression/],
])('the condition %s fails at the filter and says why', async (where, message) => {
  const { outcomes } = await jobs.run([
    small('three.csv', ['1,x']),
    { type: tableFilter, with: { where } },
    { type: tableWrite },
  ])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'failed', 'returned'])
  expect(outcomes[1]?.outcome).toMatchObject({ failure: { code: 'invalid', message: containing(message) } })
})

test('rows of every step are exact in one statement, whatever the filters leave out', async () => {
  const row = fc.record({ a: fc.option(fc.integer({ min: 0, max: 9 })), b: fc.option(fc.constantFrom('x', 'y')) })
  const rule = fc.record({
    where: fc.constantFrom(
      'a > 4',
      "b = 'x'",
      'a <> 0',
      'true',
      'a % 2 = 0',
      'a IS NOT NULL',
      'random() < 2',
      "a > 2 OR b = 'y'",
    ),
    nulls: fc.constantFrom('drop', 'keep'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 30 }),
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      async (rows, rules) => {
        const source = small(
          'random.csv',
          rows.map(({ a, b }) => `${a ?? ''},${b ?? ''}`),
        )
        const filters = rules.map((settings): Step => ({ type: tableFilter, with: settings }))
        const fused = (await jobs.run([source, ...filters, { type: tableWrite }])).outcomes.slice(0, -1)
        const alone: (number | null)[] = []
        for (let count = 0; count <= rules.length; count += 1) {
          const last = outputsOf(await jobs.run([source, ...filters.slice(0, count)]), -1)
          const [total] = await jobs.askTable(tableOf(last), 'SELECT count(*) AS total FROM {input}')
          alone.push(Number(total?.['total']))
        }
        expect(fused.map((one) => tableOf(completed(one)).rows)).toEqual(alone)
      },
    ),
    { numRuns: 15 },
  )
})
