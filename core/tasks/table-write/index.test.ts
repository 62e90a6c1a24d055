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

const rowsOf = (path: string) => jobs.ask({ type: tableRead, with: { path } }, 'SELECT * FROM {input} ORDER BY ALL')

test('JSON as one array or one object a line, plain or gzip', async () => {
  const content = 'a,b,c\n1,"say ""hi""",12345678901234567890\n2,,1.5\n'
  const types = { c: 'DECIMAL(24, 2)' }
  const array = await write(source(content, { types }), { format: 'json' })
  expect(array.name).toBe('save.json')
  expect(JSON.parse(readFileSync(array.path, 'utf8'))).toMatchObject([
    { a: 1, b: 'say "hi"' },
    { a: 2, b: null, c: 1.5 },
  ])
  const lines = await write(source(content, { types }), { format: 'ndjson', compression: 'gzip' })
  expect(lines.name).toBe('save.ndjson.gz')
  expect(gunzipSync(readFileSync(lines.path)).toString()).toBe(
    '{"a":1,"b":"say \\"hi\\"","c":12345678901234567890.00}\n{"a":2,"b":null,"c":1.50}\n',
  )
})

test('a number that JSON cannot hold fails the task and is not altered', async () => {
  const { outcomes } = await jobs.run([
    source('a\nnan\n', { types: { a: 'DOUBLE' } }),
    { type: tableWrite, with: { format: 'ndjson' } },
  ])
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: { code: 'data', message: containing(/column “a” holds “nan”, which is no JSON number/) },
  })
})

const writeMany = async (from: Step, settings: Record<string, unknown>) => {
  const [, outputs] = await jobs.outputs([from, { type: tableWrite, taskRun: 'save', with: settings }])
  const files = outputs?.['files']
  if (files?.kind !== 'list') throw new Error('There is no list of files.')
  return files.handles.map((handle) => {
    if (handle.kind !== 'file') throw new Error('It is no file.')
    return handle
  })
}

test('folders by the values of columns, whatever stands in them, are read again as they were', async () => {
  const names = ['../x', 'a/b', 'ä b', '..', '%2F', '=', null, 'C:\\x']
  const rows = names.map((name, index) => `${index},${name === null ? '' : `"${name}"`},x`)
  const made = await writeMany(source(['n,p,q', ...rows, ''].join('\n')), { partition_by: ['P'], format: 'csv' })
  const folders = ['..%2Fx', 'a%2Fb', '%C3%A4%20b', '..', '%252F', '%3D', '__HIVE_DEFAULT_PARTITION__', 'C%3A%5Cx']
  expect(made.map(({ name }) => name).toSorted()).toEqual(folders.map((one) => `p=${one}/save-0.csv`).toSorted())
  for (const { path, name } of made) expect(path.endsWith(`/results/save/save.csv/${name}`)).toBe(true)
  const all = 'SELECT n, p, q FROM {input} ORDER BY n'
  const back = names.map((p, n) => ({ n, p, q: 'x' }))
  expect(await jobs.ask({ type: tableRead, inputs: { files: made } }, all)).toEqual(back)
  const [first] = made
  const pattern = `${dirname(dirname(first?.path ?? ''))}/*/*.csv`
  expect(await jobs.ask({ type: tableRead, with: { path: pattern } }, all)).toEqual(back)
  const without = { path: pattern, partitions: 'ignore' }
  expect(await jobs.ask({ type: tableRead, with: without }, 'SELECT * FROM {input} ORDER BY n')).toEqual(
    back.map(({ n, q }) => ({ n, q })),
  )
})

test('an empty text is another one than no value when it is read again', async () => {
  for (const settings of [{ format: 'csv' }, { format: 'csv', compression: 'gzip' }, { format: 'ndjson' }]) {
    const made = await write(source('a,b\n1,""\n2,\n', { types: { b: 'VARCHAR' } }), settings)
    expect(await rowsOf(made.path)).toEqual([
      { a: 1, b: '' },
      { a: 2, b: null },
    ])
  }
})

test('at most so many rows in a file, with folders and without', async () => {
  const content = ['n,p', ...Array.from({ length: 25 }, (_, n) => `${n},${n % 2}`), ''].join('\n')
  const plain = await writeMany(source(content), { rows_per_file: 10, format: 'ndjson', compression: 'gzip' })
  expect(plain.map(({ name }) => name)).toEqual(['save-0.ndjson.gz', 'save-1.ndjson.gz', 'save-2.ndjson.gz'])
  const counts = await Promise.all(plain.map(async ({ path }) => (await rowsOf(path)).length))
  expect(counts).toEqual([10, 10, 5])
  const split = await writeMany(source(content), { rows_per_file: 10, partition_by: ['p'], name: 'rides.parquet' })
  expect(split.map(({ name }) => name)).toContain('p=0/rides-1.parquet')
  expect(readdirSync(dirname(dirname(split[0]?.path ?? ''))).toSorted()).toEqual(['p=0', 'p=1'])
  const all = await Promise.all(split.map(({ path }) => rowsOf(path)))
  expect(Math.max(...all.map((one) => one.length))).toBeLessThanOrEqual(10)
  expect(all.flat()).toHaveLength(25)
})

test('a table of one file has it in both outputs; several files are no single one', async () => {
  expect((await writeMany(source(), {})).map(({ name }) => name)).toEqual(['save.parquet'])
  const { outcomes } = await jobs.run([source(), { type: tableWrite, taken: ['file'], with: { partition_by: ['a'] } }])
  expect(outcomes[1]?.outcome).toMatchObject({ failure: { message: containing(/Wire “.*\.files” there/) } })
})

test.each([
  [{ partition_by: ['z'] }, /no column “z” to write folders by\. There are: a, b/],
  [{ partition_by: ['a', 'b'] }, /some other column must be left/],
])('%j is refused', async (settings, message) => {
  const { outcomes } = await jobs.run([source(), { type: tableWrite, with: settings }])
  expect(outcomes[1]?.outcome).toMatchObject({ failure: { code: 'invalid', message: containing(message) } })
})

test('a text that is called as the folder of nulls is refused', async () => {
  const { outcomes } = await jobs.run([
    source('a,b\n1,__HIVE_DEFAULT_PARTITION__\n2,\n'),
    { type: tableWrite, taskRun: 'save', with: { partition_by: ['b'] } },
  ])
  expect(outcomes[1]?.outcome).toMatchObject({
    failure: { code: 'data', message: containing(/no value for a folder/) },
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
