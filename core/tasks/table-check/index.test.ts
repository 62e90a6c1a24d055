import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tableCheck } from '#core/tasks/table-check/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { completed, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const source = (): Step => {
  const path = join(jobs.folder, 'zones.csv')
  writeFileSync(path, 'id,zone,day,fare\n1,A,2020-11-01,5\n2,A,2009-01-01,-3\n2,,2020-11-03,7\n,B,2020-11-04,\n')
  return { type: tableRead, with: { path } }
}

const check = (...rules: Record<string, unknown>[]) => jobs.run([source(), { type: tableCheck, with: { rules } }])

test.each([
  [{ rule: 'rows', exactly: 4 }],
  [{ rule: 'rows', at_least: 4, at_most: 4 }],
  [{ rule: 'not_null', columns: ['DAY'] }],
  [{ rule: 'unique', columns: ['id', 'zone'] }],
  [{ rule: 'range', column: 'fare', min: -3, max: 7 }],
  [{ rule: 'range', column: 'day', min: '2009-01-01' }],
])('%j holds', async (rule) => {
  const outputs = outputsOf(await check(rule), 1)
  expect(tableOf(outputs)).toMatchObject({ rows: 4, path: containing(/\.parquet$/) })
  expect(outputs['report']).toMatchObject({ value: [{ rule: rule.rule, holds: true }] })
})

test('all rules that do not hold are told at once, with counts and an example', async () => {
  const { outcomes, log } = await check(
    { rule: 'rows', at_least: 10, at_most: 20 },
    { rule: 'rows', exactly: 4 },
    { rule: 'not_null', columns: ['id', 'zone'] },
    { rule: 'unique', columns: ['id'] },
    { rule: 'range', column: 'fare', min: 0 },
    { rule: 'range', column: 'day', min: '2010-01-01', max: '2020-11-03' },
  )
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'failed'])
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: {
      code: 'check-failed',
      message:
        '6 of 7 checks do not hold. There are 4 rows, not at least 10 and at most 20. id has no value in 1 row. ' +
        'zone has no value in 1 row. id is not unique: 1 row repeats a value, for example 2 (2 times). ' +
        'fare should be at least 0, but is not in 1 row (from -3 to -3). ' +
        'day should be at least 2010-01-01 and at most 2020-11-03, but is not in 2 rows (from 2009-01-01 to 2020-11-04).',
    },
  })
  expect(log.filter((line) => line.startsWith('error'))).toHaveLength(6)
})

test('rows before the check are exact also when it fails', async () => {
  const { outcomes } = await jobs.run([
    source(),
    { type: tableFilter, with: { where: 'fare > 0' } },
    { type: tableCheck, with: { rules: [{ rule: 'rows', exactly: 3 }] } },
  ])
  expect(outcomes.slice(0, 2).map((one) => tableOf(completed(one)).rows)).toEqual([4, 2])
  expect(outcomes[2]?.outcome.kind).toBe('failed')
})

test('an unknown column, an unknown rule and a rule without bounds are refused', async () => {
  const { outcomes } = await check({ rule: 'not_null', columns: ['nope'] })
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: { code: 'invalid', message: containing(/“nope”.*There are: id, zone, day, fare/) },
  })
  for (const rule of [
    { rule: 'rows' },
    { rule: 'range', column: 'a' },
    { rule: 'nonsense' },
    { rule: 'rows', at_lest: 1 },
  ]) {
    expect(tableCheck.config.safeParse({ rules: [rule] }).success).toBe(false)
  }
})
