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
  [{ rule: 'in_set', column: 'zone', values: ['A', 'B'] }],
  [{ rule: 'in_set', column: 'fare', values: [5, -3, 7] }],
  [{ rule: 'in_set', column: 'day', values: ['2020-11-01', '2009-01-01', '2020-11-03', '2020-11-04'] }],
  [{ rule: 'pattern', column: 'zone', matches: '[A-Z]' }],
  [{ rule: 'pattern', column: 'day', matches: '20\\d{2}-\\d{2}-\\d{2}' }],
  [{ rule: 'freshness', column: 'day', within: '36500d' }],
])('%j holds', async (rule) => {
  const outputs = outputsOf(await check(rule), 1)
  expect(tableOf(outputs)).toMatchObject({ rows: 4, path: containing(/\.parquet$/) })
  expect(outputs['report']).toMatchObject({ value: [{ rule: rule.rule, holds: true }] })
})

test('rules that hold for the values there are say how many rows have none', async () => {
  const { log } = await check(
    { rule: 'range', column: 'fare', min: -3, max: 7 },
    { rule: 'unique', columns: ['id', 'fare'] },
    { rule: 'range', column: 'day', min: '2009-01-01' },
  )
  const left = '1 row has no value, which this rule leaves out.'
  expect(log).toContain(`info: fare is at least -3 and at most 7 in every row with a value. ${left}`)
  expect(log).toContain(`info: id, fare is unique. ${left}`)
  expect(log).toContain('info: day is at least 2009-01-01 in every row with a value.')
})

test('of more broken rules than there may be artifacts the log says that their rows are not kept', async () => {
  const path = join(jobs.folder, 'wide.csv')
  const names = Array.from({ length: 22 }, (_, index) => `c${index}`)
  writeFileSync(path, `${names.join(',')}\n${names.map(() => '').join(',')}\n`)
  const rules = [{ rule: 'not_null', severity: 'warn', columns: names }]
  const { log, artifacts } = await jobs.run([
    { type: tableRead, with: { path } },
    { type: tableCheck, with: { rules } },
  ])
  expect(artifacts).toHaveLength(20)
  const broken = log.filter((line) => line.includes('has no value in 1 row'))
  expect(broken).toHaveLength(22)
  expect(broken.filter((line) => line.includes('not kept, since a task run leaves at most 20 artifacts'))).toHaveLength(
    2,
  )
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
        '1 row has no value, which this rule leaves out. ' +
        'fare should be at least 0, but is not in 1 row (from -3 to -3). ' +
        '1 row has no value, which this rule leaves out. ' +
        'day should be at least 2010-01-01 and at most 2020-11-03, but is not in 2 rows (from 2009-01-01 to 2020-11-04). ' +
        'The rows: millrace flow-run artifacts quiet-heron',
    },
  })
  expect(log.filter((line) => line.startsWith('error'))).toHaveLength(6)
})

test('the rows that break a rule are an artifact, and the first of them stand in the log', async () => {
  const { artifacts, log } = await check(
    { rule: 'range', column: 'fare', min: 0 },
    { rule: 'unique', columns: ['id'] },
    { rule: 'in_set', column: 'zone', values: ['B'] },
    { rule: 'not_null', columns: ['day'] },
  )
  const columns = ['id', 'zone', 'day', 'fare']
  expect(artifacts).toMatchObject([
    { kind: 'table', title: 'fare is out of range', total: 1, rows: [[2, 'A', '2009-01-01', -3]] },
    {
      title: 'id is not unique',
      total: 2,
      rows: [
        [2, 'A', '2009-01-01', -3],
        [2, null, '2020-11-03', 7],
      ],
    },
    { title: 'zone is not in the set', total: 2 },
  ])
  expect(artifacts.map((one) => one.kind === 'table' && one.columns.map(({ name }) => name))).toEqual([
    columns,
    columns,
    columns,
  ])
  expect(log).toContain(
    'error: fare should be at least 0, but is not in 1 row (from -3 to -3). 1 row has no value, which this rule leaves out.\n  id=2, zone=A, day=2009-01-01, fare=-3',
  )
  expect(log).toContain(
    'error: zone should be one of B, but is not in 2 rows: A (2 rows). 1 row has no value, which this rule leaves out.\n' +
      '  id=1, zone=A, day=2020-11-01, fare=5\n  id=2, zone=A, day=2009-01-01, fare=-3',
  )
})

const many = (rows: number): Step => {
  const path = join(jobs.folder, 'many.csv')
  writeFileSync(path, `n\n${Array.from({ length: rows }, (_, n) => n).join('\n')}\n`)
  return { type: tableRead, with: { path } }
}

test('of rows that repeat a value all are counted, and those that are alike stand together', async () => {
  const path = join(jobs.folder, 'repeated.csv')
  writeFileSync(path, `n\n${Array.from({ length: 300 }, (_, n) => n % 100).join('\n')}\n`)
  const steps = [
    { type: tableRead, with: { path } },
    { type: tableCheck, with: { rules: [{ rule: 'unique', columns: ['n'] }], keep_rows: 4 } },
  ]
  const { artifacts, log } = await jobs.run(steps)
  expect(artifacts).toMatchObject([{ total: 300, rows: [[0], [0], [0], [1]] }])
  expect(log.at(-1)).toMatch(/200 rows repeat a value.*\n.*\n.*\n.*\n {2}… in all 300 rows/)
})

test('so many rows are kept as are asked for, and all are counted', async () => {
  const rule = { rule: 'range', column: 'n', max: -1 }
  const kept = async (settings: Record<string, unknown>) => {
    const { artifacts } = await jobs.run([many(500), { type: tableCheck, with: { rules: [rule], ...settings } }])
    return artifacts.map((one) => (one.kind === 'table' ? [one.rows.length, one.total] : []))
  }
  expect(await kept({})).toEqual([[100, 500]])
  expect(await kept({ keep_rows: 3 })).toEqual([[3, 500]])
  expect(await kept({ keep_rows: 0 })).toEqual([])
})

test('two rules of one kind on one column keep their rows apart', async () => {
  const { artifacts } = await check(
    { rule: 'range', column: 'fare', max: 6 },
    { rule: 'range', column: 'fare', min: 0 },
  )
  expect(artifacts.map(({ title }) => title)).toEqual(['fare is out of range', 'fare is out of range (2)'])
})

test('a rule that only warns lets the task go on, and still keeps the rows', async () => {
  const warned = await check({ rule: 'range', column: 'fare', min: 0, severity: 'warn' }, { rule: 'rows', exactly: 4 })
  expect(outputsOf(warned, 1)['report']).toMatchObject({
    value: [
      { holds: false, severity: 'warn', count: 1 },
      { holds: true, severity: 'fail' },
    ],
  })
  expect(warned.log.filter((line) => line.startsWith('warning: fare should be'))).toHaveLength(1)
  expect(warned.artifacts).toHaveLength(1)
  const failed = await check({ rule: 'range', column: 'fare', min: 0, severity: 'warn' }, { rule: 'rows', exactly: 3 })
  expect(failed.outcomes[1]?.outcome).toMatchObject({
    failure: { message: containing(/^A check does not hold\. There are 4 rows, not exactly 3\./) },
  })
})

/** A table with one time column, of values relative to now. */
const times = (type: string, ...offsets: string[]): Step => {
  const path = join(jobs.folder, 'times.csv')
  const at = offsets.map((hours) =>
    new Date(Date.now() + Number(hours) * 3_600_000).toISOString().replace('T', ' ').replace('Z', ''),
  )
  writeFileSync(
    path,
    `at\n${at.map((text) => (type === 'DATE' ? text.slice(0, 10) : type.includes('ZONE') ? `${text}+00` : text)).join('\n')}\n`,
  )
  return { type: tableRead, with: { path, types: { at: type } } }
}

const freshness = (dated: Step, rule: Record<string, unknown>) =>
  jobs.run([dated, { type: tableCheck, with: { rules: [{ rule: 'freshness', column: 'at', ...rule }] } }])

test.each([
  ['TIMESTAMP', ['-30', '-5'], { within: '6h' }, true],
  ['TIMESTAMP', ['-30', '-5'], { within: '4h' }, false],
  // Nine hours ahead of UTC: the same clock time was nine hours earlier.
  ['TIMESTAMP', ['-5'], { within: '6h', time_zone: 'Asia/Tokyo' }, false],
  ['TIMESTAMP WITH TIME ZONE', ['-5'], { within: '6h', time_zone: 'Asia/Tokyo' }, true],
  // A date lasts until its midnight.
  ['DATE', ['0'], { within: '1s' }, true],
  ['DATE', ['-48'], { within: '23h' }, false],
  ['DATE', ['-48'], { within: '49h' }, true],
])('a %s with values %j hours from now is fresh by %j: %s', async (type, offsets, rule, holds) => {
  const { outcomes } = await freshness(times(type, ...offsets), rule)
  expect(outcomes[1]?.outcome.kind).toBe(holds ? 'completed' : 'failed')
})

test('a value in the future makes nothing fresh, and is told', async () => {
  const { outcomes } = await freshness(times('TIMESTAMP', '-100', '1000'), { within: '2d' })
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: {
      message: containing(
        /at should be no older than 2 days, but its newest value, \d{4}-\d\d-\d\d .*, is 4 days old\. 1 row lies in the future, which this rule leaves out\./,
      ),
    },
  })
  const ahead = await freshness(times('TIMESTAMP', '1000'), { within: '2d' })
  expect(ahead.outcomes[1]?.outcome).toMatchObject({ failure: { message: containing(/has no value that tells/) } })
})

test('what a rule cannot look at is refused with what to do', async () => {
  const refusal = async (rule: Record<string, unknown>) => (await check(rule)).outcomes[1]?.outcome
  expect(await refusal({ rule: 'freshness', column: 'zone', within: '1d' })).toMatchObject({
    failure: { code: 'invalid', message: containing(/“zone”, which is VARCHAR. It needs a date or a time/) },
  })
  expect(await refusal({ rule: 'in_set', column: 'day', values: ['2020-11-01', 'soon'] })).toMatchObject({
    failure: { code: 'invalid', message: containing(/“soon” .* is no DATE/) },
  })
  expect(await refusal({ rule: 'pattern', column: 'zone', matches: '[A-' })).toMatchObject({
    failure: { code: 'invalid', message: containing(/“\[A-” cannot be read/) },
  })
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
    { rule: 'rows', at_least: 1, severity: 'shout' },
    { rule: 'in_set', column: 'a', values: [] },
    { rule: 'freshness', column: 'a', within: 'soon' },
    { rule: 'freshness', column: 'a', within: '1d', time_zone: 'Atlantis' },
  ]) {
    expect(tableCheck.config.safeParse({ rules: [rule] }).success).toBe(false)
  }
})
