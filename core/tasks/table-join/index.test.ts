import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { TableHandle } from '#core/model/handle.ts'
import { tableAggregate } from '#core/tasks/table-aggregate/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableJoin } from '#core/tasks/table-join/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { completed, handleOf, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const jobs = tableJobs()
afterAll(jobs.close)

let files = 0
const table = async (lines: readonly string[], types: Record<string, string>): Promise<TableHandle> => {
  files += 1
  const path = join(jobs.folder, `${files}.csv`)
  writeFileSync(path, [...lines, ''].join('\n'))
  const read: Step = { type: tableRead, with: { path, types }, taken: ['table'] }
  return tableOf(outputsOf(await jobs.run([read]), 0))
}

const trips = () => table(['zone,fare', '1,10', '1,20', '2,30', '9,40', ',50'], { zone: 'BIGINT', fare: 'BIGINT' })
const zones = () => table(['id,name', '1,A', '2,B', '3,C'], { id: 'BIGINT', name: 'VARCHAR' })

const joined = async (left: TableHandle, right: TableHandle, settings: Record<string, unknown>) => {
  const step: Step = { type: tableJoin, inputs: { left, right }, with: settings, taken: ['table'] }
  const ran = await jobs.run([step])
  const out = tableOf(outputsOf(ran, 0))
  return { out, log: ran.log, rows: await jobs.askTable(out, 'SELECT * FROM {input} ORDER BY ALL NULLS LAST') }
}

const failure = async (left: TableHandle, right: TableHandle, settings: Record<string, unknown>): Promise<string> => {
  const { outcomes } = await jobs.run([{ type: tableJoin, inputs: { left, right }, with: settings }])
  const outcome = outcomes[0]?.outcome
  return outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : `${outcome?.kind}`
}

const on = { zone: 'id' }

test.each([
  ['inner', [[1, 10, 1, 'A'], [1, 20, 1, 'A'], [2, 30, 2, 'B']]],
  ['left', [[1, 10, 1, 'A'], [1, 20, 1, 'A'], [2, 30, 2, 'B'], [9, 40, null, null], [null, 50, null, null]]],
  ['right', [[1, 10, 1, 'A'], [1, 20, 1, 'A'], [2, 30, 2, 'B'], [null, null, 3, 'C']]],
  ['full', [[1, 10, 1, 'A'], [1, 20, 1, 'A'], [2, 30, 2, 'B'], [9, 40, null, null], [null, 50, null, null], [null, null, 3, 'C']]],
  ['semi', [[1, 10], [1, 20], [2, 30]]],
  ['anti', [[9, 40], [null, 50]]],
])('%s keeps the rows that it names', async (how, expected) => {
  const { out, rows } = await joined(await trips(), await zones(), { on, how })
  expect(out.rows).toBe(expected.length)
  expect(rows.map((row) => Object.values(row))).toEqual(expected)
}) // prettier-ignore

test('the log tells how the rows of both sides matched, and that a missing key matches nothing', async () => {
  const { log } = await joined(await trips(), await zones(), { on })
  expect(log.filter((line) => line.startsWith('info') || line.startsWith('warning'))).toEqual([
    'info: Left: 5 rows, 3 matched, 2 not (1 of them without a value in a key, which never matches). ' +
      'Right: 3 rows, 2 matched, 1 not. Rows that match nothing are left out.',
  ])
})

test('a join that multiplies rows is warned of', async () => {
  const twice = await table(['id,name', '1,A', '1,AA', '2,B'], { id: 'BIGINT', name: 'VARCHAR' })
  const { out, log } = await joined(await trips(), twice, { on })
  expect(out.rows).toBe(5)
  expect(log).toContainEqual(
    containing(
      /^warning: The join multiplies rows: 3 left rows became 5, since a key stands more than once in the right table and in the left one\./,
    ),
  )
  expect((await joined(await trips(), twice, { on, how: 'semi' })).log.join()).not.toContain('multiplies')
})

test('keys of one name come out once, with the value of whichever side there is', async () => {
  const left = await table(['k,a', '1,x', '2,y'], { k: 'INTEGER', a: 'VARCHAR' })
  const right = await table(['K,b', '2,z', '3,w'], { K: 'BIGINT', b: 'VARCHAR' })
  const { out, rows, log } = await joined(left, right, { on: ['K'], how: 'full' })
  expect(out.columns).toEqual([
    { name: 'k', type: 'BIGINT' },
    { name: 'a', type: 'VARCHAR' },
    { name: 'b', type: 'VARCHAR' },
  ])
  expect(rows).toEqual([
    { k: 1, a: 'x', b: null },
    { k: 2, a: 'y', b: 'z' },
    { k: 3, a: null, b: 'w' },
  ])
  expect(log).toContain('info: k (INTEGER) and K (BIGINT) are compared as BIGINT.')
})

test('several keys match together', async () => {
  const left = await table(['a,b', '1,x', '1,y', '2,'], { a: 'BIGINT', b: 'VARCHAR' })
  const right = await table(['a,b,c', '1,x,7', '2,,8'], { a: 'BIGINT', b: 'VARCHAR', c: 'BIGINT' })
  const { rows, log } = await joined(left, right, { on: ['a', 'b'] })
  expect(rows).toEqual([{ a: 1, b: 'x', c: 7 }])
  expect(log).toContainEqual(containing(/Right: 2 rows, 1 matched, 1 not \(1 of them without a value/))
})

test('names that both have are refused, or get the suffix', async () => {
  const left = await table(['id,name', '1,x'], { id: 'BIGINT', name: 'VARCHAR' })
  expect(await failure(left, await zones(), { on: ['id'] })).toMatch(/^invalid: Both tables have name\. Set suffix/)
  const { out } = await joined(left, await zones(), { on: ['id'], suffix: '_zone' })
  expect(out.columns.map(({ name }) => name)).toEqual(['id', 'name', 'name_zone'])
  const taken = await table(['id,name,name_zone', '1,x,y'], { id: 'BIGINT' })
  expect(await failure(taken, await zones(), { on: ['id'], suffix: '_zone' })).toMatch(
    /Two columns would be called “name_zone”/,
  )
})

test('keys that cannot be compared are refused with both types and the remedy', async () => {
  expect(await failure(await trips(), await zones(), { on: { zone: 'name' } })).toBe(
    'invalid: The keys zone and name cannot be compared: zone is BIGINT in the left table, name is VARCHAR in the right one. ' +
      'Give both the same type first, with table.select and cast: { name: BIGINT }.',
  )
  expect(await failure(await trips(), await zones(), { on: ['zone'] })).toMatch(
    /^invalid: The right table has no column “zone” to join on\. Choose from id, name\./,
  )
})

test('whole numbers and doubles match exactly, or the one that a double does not hold is refused', async () => {
  const left = await table(['zone', '1.0', '2.5'], { zone: 'DOUBLE' })
  expect((await joined(left, await zones(), { on })).rows).toEqual([{ zone: 1, id: 1, name: 'A' }])
  const large = await table(['id', '9007199254740993'], { id: 'BIGINT' })
  expect(await failure(left, large, { on })).toMatch(
    /^data: .*column “id” holds “9007199254740993”, which is no DOUBLE/,
  )
})

test('what follows on a join runs with it, and every step has its exact rows', async () => {
  const { outcomes } = await jobs.run([
    { type: tableJoin, inputs: { left: await trips(), right: await zones() }, with: { on } },
    { type: tableAggregate, with: { by: ['name'], aggregates: { trips: { function: 'count' } } } },
    { type: tableWrite },
  ])
  expect(outcomes.slice(0, 2).map((one) => tableOf(completed(one)).rows)).toEqual([3, 2])
})

test('rows are counted as exactly where nearly all keys are different', async () => {
  const numbers = Array.from({ length: 60_000 }, (_, index) => index)
  const large = await table(['k,a', ...numbers.map((number) => `${number < 55_000 ? number : ''},1`)], { k: 'BIGINT' })
  const small = await table(['r', '54998', '54999', '54999', '99999', '""'], { r: 'BIGINT' })
  const counts = [
    /Left: 60,000 rows, 2 matched, 59,998 not \(5,000 of them/,
    /Right: 5 rows, 3 matched, 2 not \(1 of them/,
  ]
  const there = await joined(large, small, { on: { k: 'r' } })
  expect(there.out.rows).toBe(3)
  for (const count of counts) expect(there.log.join('\n')).toMatch(count)
  expect(there.log.join('\n')).toMatch(/2 left rows became 3, since a key stands more than once in the right table\./)
  const back = await joined(small, large, { on: { r: 'k' }, how: 'anti' })
  expect(back.out.rows).toBe(2)
  expect(back.log.join('\n')).toMatch(/Left: 5 rows, 3 matched, 2 not .*Right: 60,000 rows, 2 matched, 59,998 not/)
})

test('tables of tasks that are called left and right are joined too', async () => {
  const named = async (taskRun: string, lines: readonly string[]) => {
    const path = join(jobs.folder, `${taskRun}.csv`)
    writeFileSync(path, [...lines, ''].join('\n'))
    const rows: Step = { type: tableRead, taskRun: 'rows', with: { path }, taken: ['table'] }
    const [kept] = await jobs.outputs([{ ...rows, taskRun }])
    const [, plan] = await jobs.outputs([rows, { type: tableFilter, taskRun, with: { where: 'k > 0' } }])
    return { kept: tableOf(kept), plan: tableOf(plan) }
  }
  const [left, right] = [await named('left', ['k,a', '1,x', '0,y']), await named('right', ['k,b', '1,z'])]
  for (const inputs of [
    { left: left.kept, right: right.kept },
    { left: right.plan, right: left.plan },
  ]) {
    const [out] = await jobs.outputs([{ type: tableJoin, taskRun: 'left', inputs, with: { on: ['k'] } }])
    expect(tableOf(out).rows).toBe(1)
  }
})

test('rows and counts are those of a nested loop', async () => {
  const key = fc.option(fc.integer({ min: 0, max: 3 }))
  const side = fc.array(key, { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      side,
      side,
      fc.constantFrom('inner', 'left', 'right', 'full', 'semi', 'anti'),
      async (a, b, how) => {
        const left = await table(['k,i', ...a.map((value, index) => `${value ?? ''},${index}`)], {
          k: 'BIGINT',
          i: 'BIGINT',
        })
        const right = await table(['r,j', ...b.map((value, index) => `${value ?? ''},${index}`)], {
          r: 'BIGINT',
          j: 'BIGINT',
        })
        const pairs = a.flatMap((one, i) => b.flatMap((other, j) => (one !== null && one === other ? [[i, j]] : [])))
        const [lefts, rights] = [new Set(pairs.map(([i]) => i)), new Set(pairs.map(([, j]) => j))]
        const [aloneLeft, aloneRight] = [a.length - lefts.size, b.length - rights.size]
        const expected = {
          inner: pairs.length,
          left: pairs.length + aloneLeft,
          right: pairs.length + aloneRight,
          full: pairs.length + aloneLeft + aloneRight,
          semi: lefts.size,
          anti: aloneLeft,
        }[how]
        const { out, log } = await joined(left, right, { on: { k: 'r' }, how })
        expect(out.rows).toBe(expected)
        expect(log.join('\n')).toContain(`, ${lefts.size} matched, ${aloneLeft} not`)
        expect(log.join('\n')).toContain(`, ${rights.size} matched, ${aloneRight} not`)
      },
    ),
    { numRuns: 20 },
  )
})

testWithData('green 2020-11 with the zones gives the seven boroughs', async () => {
  const read = async (name: string, settings: object = {}): Promise<TableHandle> => {
    const step: Step = { type: tableRead, inputs: { files: [await handleOf(sharedFile(name))] }, with: { ...settings } }
    return tableOf(outputsOf(await jobs.run([{ ...step, taken: ['table'] }]), 0))
  }
  const left = await read('green_tripdata_2020-11.csv.gz', { columns: ['PULocationID', 'total_amount'] })
  const right = await read('taxi_zone_lookup.csv')
  const ran = await jobs.run([
    { type: tableJoin, inputs: { left, right }, with: { on: { PULocationID: 'LocationID' } } },
    {
      type: tableAggregate,
      with: { by: ['Borough'], aggregates: { trips: { function: 'count' } }, order: ['trips desc'] },
      taken: ['table'],
    },
  ])
  expect(await jobs.askTable(tableOf(outputsOf(ran, 1)), 'SELECT Borough, trips FROM {input}')).toEqual([
    { Borough: 'Manhattan', trips: 34_101 },
    { Borough: 'Brooklyn', trips: 23_777 },
    { Borough: 'Queens', trips: 18_095 },
    { Borough: 'Bronx', trips: 12_253 },
    { Borough: 'Unknown', trips: 302 },
    { Borough: 'Staten Island', trips: 75 },
    { Borough: 'EWR', trips: 2 },
  ])
  expect(tableOf(outputsOf(ran, 0)).rows).toBe(88_605)
})
