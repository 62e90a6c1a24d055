import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { fileOf, handleOf, tableJobs, type Step } from '#test/fixtures/table-job.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'

const someNumber: unknown = expect.any(Number)

const jobs = tableJobs()
afterAll(jobs.close)

const source = (content = 'a,b\n1,x\n2,"p,q"\n', settings: Record<string, unknown> = {}): Step => {
  const path = join(jobs.folder, 'source.csv')
  writeFileSync(path, content)
  return { type: tableRead, with: { path, ...settings } }
}

const write = async (from: Step, settings: Record<string, unknown> = {}) => {
  const outputs = await jobs.outputs([from, { type: tableWrite, taskRun: 'save', with: settings }])
  return fileOf(outputs[1])
}

test.each(['snappy', 'zstd', 'gzip', 'none'])('Parquet with %s holds the rows', async (compression) => {
  const made = await write(source(), { compression })
  expect(made).toMatchObject({ name: 'save.parquet', bytes: someNumber })
  const rows = await jobs.ask({ type: tableRead, with: { path: made.path } }, 'SELECT * FROM {input} ORDER BY a')
  expect(rows).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'p,q' },
  ])
  expect(readdirSync(dirname(made.path))).toEqual(['save.parquet'])
})

test('CSV, plain or gzip, with another delimiter and without a header', async () => {
  expect(readFileSync((await write(source(), { format: 'csv' })).path, 'utf8')).toBe('a,b\n1,x\n2,"p,q"\n')
  const zipped = await write(source(), { format: 'csv', compression: 'gzip' })
  expect(zipped.name).toBe('save.csv.gz')
  expect(gunzipSync(readFileSync(zipped.path)).toString()).toBe('a,b\n1,x\n2,"p,q"\n')
  const bare = await write(source(), { format: 'csv', header: false, delimiter: 'tab', name: 'bare.tsv' })
  expect(readFileSync(bare.path, 'utf8')).toBe('1\tx\n2\tp,q\n')
})

test('a whole number beyond BIGINT is written exactly, as DECIMAL', async () => {
  const made = await write(source('a\n99999999999999999999999999999999999999\n', { types: { a: 'HUGEINT' } }))
  const [row] = await jobs.ask(
    { type: tableRead, with: { path: made.path } },
    'SELECT a, typeof(a) AS type FROM {input}',
  )
  expect(row).toEqual({ a: '99999999999999999999999999999999999999', type: 'DECIMAL(38,0)' })
})

test('a table without rows makes a file with its columns', async () => {
  const made = await write(source('a,b\n', { types: { a: 'DATE', b: 'BIGINT' } }))
  const [row] = await jobs.ask({ type: tableRead, with: { path: made.path } }, 'SELECT count(*) AS total FROM {input}')
  expect(row).toEqual({ total: 0 })
})

test('a failing statement leaves no file, and the task at fault is the one that read', async () => {
  const { outcomes } = await jobs.run([
    source('a,b\n1,2\n3\n', { types: { a: 'BIGINT', b: 'BIGINT' } }),
    { type: tableWrite, taskRun: 'save' },
  ])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'returned'])
  expect(outcomes[0]?.outcome).toMatchObject({
    failure: { code: 'data', message: containing(/source\.csv, line 3/) },
  })
})

test('zstd for CSV and a name with folders are refused', async () => {
  const { outcomes } = await jobs.run([source(), { type: tableWrite, with: { format: 'csv', compression: 'zstd' } }])
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: { code: 'invalid', message: containing(/Choose gzip or none/) },
  })
  for (const name of ['../x', 'a/b', '..', '']) expect(tableWrite.config.safeParse({ name }).success).toBe(false)
})

testWithData('the sum of the green month survives', async () => {
  const from: Step = {
    type: tableRead,
    inputs: { files: [await handleOf(sharedFile('green_tripdata_2020-11.csv.gz'))] },
  }
  const made = await write(from, { compression: 'gzip' })
  const rows = await jobs.ask(
    { type: tableRead, with: { path: made.path } },
    'SELECT count(*) AS total, round(sum(total_amount), 2) AS amount FROM {input}',
  )
  expect(rows).toEqual([{ total: 88_605, amount: 2_062_623.15 }])
})
