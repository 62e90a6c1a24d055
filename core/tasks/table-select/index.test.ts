import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const source = (): Step => {
  const path = join(jobs.folder, 'rides.csv')
  writeFileSync(path, 'id,When,fare,note\n1,2020-11-01 10:30:00,1.50,7\n2,2020-11-02 00:00:00,2.25,eight\n3,,,\n')
  return {
    type: tableRead,
    with: { path, types: { id: 'BIGINT', When: 'TIMESTAMP', fare: 'DOUBLE', note: 'VARCHAR' } },
  }
}

const select = async (settings: Record<string, unknown>) => {
  const ran = await jobs.run([source(), { type: tableSelect, with: settings, taken: ['table'] }])
  const table = tableOf(outputsOf(ran, 1))
  return { table, rows: await jobs.askTable(table, 'SELECT * FROM {input}') }
}

const failure = async (settings: Record<string, unknown>, next: readonly Step[] = []): Promise<string> => {
  const { outcomes } = await jobs.run([source(), { type: tableSelect, with: settings }, ...next])
  const outcome = outcomes[1]?.outcome
  return outcome?.kind === 'failed' ? `${outcome.failure.code}: ${outcome.failure.message}` : `${outcome?.kind}`
}

test('columns are chosen in order, renamed, converted and computed', async () => {
  const { table, rows } = await select({
    columns: ['cents', 'when', 'id'],
    rename: { when: 'day' },
    cast: { When: 'TIMESTAMP_S', id: 'varchar' },
    add: { cents: '(fare * 100)::BIGINT' },
  })
  expect(table.columns).toEqual([
    { name: 'cents', type: 'BIGINT' },
    { name: 'day', type: 'TIMESTAMP_S' },
    { name: 'id', type: 'VARCHAR' },
  ])
  expect(rows).toEqual([
    { cents: 150, day: '2020-11-01 10:30:00', id: '1' },
    { cents: 225, day: '2020-11-02 00:00:00', id: '2' },
    { cents: null, day: null, id: '3' },
  ])
})

test('all columns stay unless chosen; some can be left out; a computed one may replace an old one', async () => {
  const { table } = await select({ drop: ['note'], add: { fare: 'fare + 1', Double: 'fare * 2' } })
  expect(table.columns.map(({ name }) => name)).toEqual(['id', 'When', 'fare', 'Double'])
})

test('a value that does not fit is refused with the column and the value, at this task', async () => {
  expect(await failure({ cast: { note: 'BIGINT' } })).toMatch(
    /^data: rides\.csv, line 3: column “note” holds “eight”, which is no BIGINT/,
  )
  expect(await failure({ cast: { fare: 'INTEGER' } }, [{ type: tableWrite }])).toMatch(
    /column “fare” holds “1.5”, which is no INTEGER/,
  )
  expect(await failure({ cast: { When: 'DATE' } })).toMatch(
    /column “When” holds “2020-11-01 10:30:00”, which is no DATE\. .*cut it in table\.select/,
  )
})

test('or it becomes null when asked', async () => {
  const { rows } = await select({
    columns: ['note', 'fare'],
    cast: { note: 'BIGINT', fare: 'INTEGER' },
    on_bad_value: 'null',
  })
  expect(rows).toEqual([
    { note: 7, fare: null },
    { note: null, fare: null },
    { note: null, fare: null },
  ])
})

test.each([
  [{ columns: ['nope'] }, /“nope” in columns is no column.*There are: id, When, fare, note/],
  [{ rename: { nope: 'x' } }, /“nope” in rename is no column/],
  [{ rename: { id: 'FARE' } }, /Two columns would be called “fare”/],
  [{ drop: ['id', 'When', 'fare', 'note'] }, /No column is left/],
  [{ cast: { id: 'NUMBERS' } }, /The type “NUMBERS” of column “id” is unknown/],
  [{ add: { x: '(SELECT 1)' } }, /holds a SELECT/],
  [{ add: { x: 'id, fare' } }, /is not one SQL expression/],
  [{ add: { x: 'missing + 1' } }, /Referenced column "missing" not found/],
])('%j is refused', async (settings, message) => {
  expect(await failure(settings)).toMatch(/^invalid: /)
  expect(await failure(settings)).toMatch(message)
})
