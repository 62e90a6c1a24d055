import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { defineTask } from '#core/kinds/task-type.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { tableAggregate } from '#core/tasks/table-aggregate/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableUnion } from '#core/tasks/table-union/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { completed, fileOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const someNumber: unknown = expect.any(Number)

const jobs = tableJobs()
afterAll(jobs.close)

let files = 0
const source = (content: string, types: Record<string, string> = {}): Step => {
  files += 1
  const path = join(jobs.folder, `source-${files}.csv`)
  writeFileSync(path, content)
  return { type: tableRead, taskRun: 'read', with: { path, types } }
}

const kinds = async (steps: readonly Step[]) => (await jobs.run(steps)).outcomes.map(({ outcome }) => outcome.kind)

/** Adds a step that fails only when it is computed. */
const failing = (taskRun: string): Step => ({ type: tableSelect, taskRun, with: { cast: { b: 'BIGINT' } } })
const grouping = (taskRun: string): Step => ({ type: tableAggregate, taskRun, with: { by: ['a', 'b'] } })
const keeping = (taskRun: string, where = 'a > 1'): Step => ({ type: tableFilter, taskRun, with: { where } })

test('a chain is one statement: no file is written but the last one', async () => {
  const { outcomes } = await jobs.run([
    source('a,b\n1,x\n2,y\n3,z\n'),
    keeping('keep'),
    { type: tableWrite, taskRun: 'save' },
  ])
  const [read, keep, save] = outcomes.map(completed)
  expect(tableOf(read)).toMatchObject({ rows: 3, path: null })
  expect(tableOf(keep)).toMatchObject({ rows: 2, path: null })
  expect(existsSync(join(fileOf(save).path, '../../keep'))).toBe(true)
  expect(existsSync(join(fileOf(save).path, '../../keep/keep.parquet'))).toBe(false)
})

test.each([
  ['the second', [failing('at fault'), keeping('later')], 1],
  ['the third', [keeping('earlier'), failing('at fault'), keeping('later')], 2],
  ['the last but one', [keeping('earlier'), keeping('earlier too'), failing('at fault')], 3],
])('when the statement fails, the member at fault is found: %s', async (_, steps, at) => {
  const { outcomes } = await jobs.run([source('a,b\n1,x\n2,y\n3,z\n'), ...steps, { type: tableWrite, taskRun: 'save' }])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual([
    ...Array.from({ length: at }, () => 'completed'),
    'failed',
    ...Array.from({ length: steps.length + 1 - at }, () => 'returned'),
  ])
  expect(outcomes[at]).toMatchObject({
    taskRun: 'at fault',
    outcome: {
      failure: { code: 'data', message: containing(/column “b” holds “[xyz]”, which is no BIGINT/) },
    },
  })
  // Those before it keep exact row counts.
  expect(outcomes.slice(0, at).map((one) => tableOf(completed(one)).rows)).toEqual([3, 2, 2].slice(0, at))
})

test.each([
  ['before it', [failing('at fault'), grouping('group')], 1, [3]],
  ['after it', [keeping('earlier'), grouping('group'), failing('at fault')], 3, [3, 2, 2]],
])('a member at fault is found around one that groups: %s', async (_, steps, at, rows) => {
  const { outcomes } = await jobs.run([source('a,b\n1,x\n2,y\n3,z\n'), ...steps, { type: tableWrite }])
  expect(outcomes[at]).toMatchObject({ taskRun: 'at fault', outcome: { kind: 'failed' } })
  expect(outcomes.slice(0, at).map((one) => tableOf(completed(one)).rows)).toEqual(rows)
})

test('a filter that hides the bad rows from the step after it makes the chain succeed', async () => {
  expect(await kinds([source('a,b\n1,x\n2,5\n'), keeping('keep'), failing('cast'), { type: tableWrite }])).toEqual(
    Array.from({ length: 4 }, () => 'completed'),
  )
})

test('a bad line is laid at the task that reads', async () => {
  const steps = [source('a,b\n1,x\n2\n', { a: 'BIGINT', b: 'VARCHAR' }), keeping('keep'), { type: tableWrite }]
  expect(await kinds(steps)).toEqual(['failed', 'returned', 'returned'])
})

test('a last member that only adds a step: taken is a file, not taken is counted', async () => {
  const from = source('a,b\n1,x\n2,y\n')
  const [, counted] = await jobs.outputs([from, keeping('keep')])
  expect(tableOf(counted)).toMatchObject({ rows: 1, path: null, bytes: null })
  const [, taken] = await jobs.outputs([from, { ...keeping('keep'), taken: ['table'] }])
  expect(tableOf(taken)).toMatchObject({
    rows: 1,
    path: containing(/keep\.parquet$/),
    bytes: someNumber,
  })
})

test('a value that does not fit shows also when nobody takes the table', async () => {
  expect(await kinds([source('a,b\n1,x\n'), failing('cast')])).toEqual(['completed', 'failed'])
})

test('Parquet as it stands is counted from what its file says of itself, and never read for it', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `${index},x`)
  const outputs = await jobs.outputs([source(['a,b', ...lines, ''].join('\n')), { type: tableWrite, taskRun: 'save' }])
  const { path } = fileOf(outputs[1])
  // The values are no values any more; how many rows there are stands at the end of the file.
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0, 8, 2000))
  const read = (settings: object): Step => ({ type: tableRead, with: { path, ...settings }, taken: ['table'] })
  const [table] = await jobs.outputs([read({})])
  expect(tableOf(table)).toMatchObject({ rows: 5000, path: null })
  const [chosen] = await jobs.outputs([read({ columns: ['b', 'a'] })])
  expect(tableOf(chosen)).toMatchObject({ rows: 5000 })
  // A value that may not fit is looked at.
  expect(await kinds([read({ types: { a: 'TINYINT' } })])).toEqual(['failed'])
})

test('a join over tables is computed once for all that take it', async () => {
  const [table] = await jobs.outputs([{ ...source('a,b\n1,x\n2,y\n'), taken: ['table'] }])
  const tables = [tableOf(table), tableOf(table)]
  const [stacked] = await jobs.outputs([{ type: tableUnion, taskRun: 'stack', inputs: { tables }, taken: ['table'] }])
  expect(tableOf(stacked)).toMatchObject({ rows: 4, path: containing(/stack\.parquet$/) })
})

test('a plan that was never written can be read again by a later job', async () => {
  const [, outputs] = await jobs.outputs([source('a,b\n1,x\n2,y\n'), keeping('keep')])
  const [, save] = await jobs.outputs([
    { ...keeping('again', 'true'), inputs: { table: tableOf(outputs) } },
    { type: tableWrite },
  ])
  expect(await jobs.ask({ type: tableRead, with: { path: fileOf(save).path } }, 'SELECT * FROM {input}')).toEqual([
    { a: 2, b: 'y' },
  ])
})

test('a table whose file is gone says so', async () => {
  const [outputs] = await jobs.outputs([{ ...source('a,b\n1,x\n'), taken: ['table'] }])
  const table: TableHandle = tableOf(outputs)
  rmSync(table.path ?? '')
  await expect(jobs.askTable(table, 'SELECT * FROM {input}')).rejects.toThrow(
    /The result is missing: the file “read\.parquet”/,
  )
})

test('pages of a preview follow the order of the file', async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `${index},x`)
  const [outputs] = await jobs.outputs([{ ...source(['a,b', ...lines, ''].join('\n')), taken: ['table'] }])
  const pages = [0, 10_000, 29_990].map((offset) =>
    jobs.askTable(tableOf(outputs), `SELECT a FROM {input} LIMIT 5 OFFSET ${offset}`),
  )
  const order = (await Promise.all(pages)).map((rows) => rows.map((row) => row['a']))
  const sorted = order.map((page) => [...page].toSorted((one, other) => Number(one) - Number(other)))
  expect(order).toEqual(sorted)
})

test('a mistake of ours is a failure with the code of a bug, and the next job runs', async () => {
  const broken = defineTask({
    type: 'test.broken',
    version: 1,
    title: 'Broken',
    summary: 'Breaks.',
    group: 'transform',
    icon: 'bug',
    config: z.object({}),
    inputs: { table: { kind: 'table', title: 'Rows' } },
    outputs: {},
    examples: [{}],
    run: () => Promise.reject(new TypeError('x is not a function')),
  })
  const { outcomes } = await jobs.run([source('a,b\n1,x\n'), { type: broken }])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['completed', 'failed'])
  expect(outcomes[1]?.outcome).toMatchObject({ failure: { code: 'bug' } })
  expect(await kinds([source('a,b\n1,x\n'), keeping('keep')])).toEqual(['completed', 'completed'])
})

test('an abort in the middle of a statement stops it, and the warm engine serves the next job', async () => {
  const stop = new AbortController()
  const slow = defineTask({
    type: 'test.slow',
    version: 1,
    title: 'Slow',
    summary: 'Is slow.',
    group: 'transform',
    icon: 'timer',
    config: z.object({}),
    inputs: {},
    outputs: { rows: { kind: 'value', title: 'Rows' } },
    examples: [{}],
    run: async ({ tables }) => {
      const asked = tables.ask(
        {},
        'SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range <> b.range',
      )
      setImmediate(() => stop.abort())
      return { rows: { kind: 'value', value: [...(await asked)] } }
    },
  })
  const begin = performance.now()
  const { outcomes } = await jobs.run([source('a,b\n1,x\n'), { type: slow }], stop.signal)
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['cancelled', 'cancelled'])
  expect(performance.now() - begin).toBeLessThan(5000)
  expect(await kinds([source('a,b\n1,x\n'), keeping('keep')])).toEqual(['completed', 'completed'])
})
