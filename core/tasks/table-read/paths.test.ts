import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { tableJobs, tableOf } from '#test/fixtures/table-job.ts'
import { tableRead } from './index.ts'
import { failure, file, jobs as others, table } from './testing/read-files.ts'

const jobs = tableJobs()
afterAll(async () => {
  await jobs.close()
  await others.close()
})

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(jobs.folder, path)), { recursive: true })
  writeFileSync(join(jobs.folder, path), content)
}

const read = async (settings: Record<string, unknown>) => {
  const { outcomes } = await jobs.run([{ type: tableRead, with: settings }])
  const outcome = outcomes[0]?.outcome
  return outcome?.kind === 'completed' ? tableOf(outcome.outputs).rows : outcome
}

test('patterns match files in the order of their names, also in all folders below', async () => {
  write('data/2020/a.csv', 'n\n1\n')
  write('data/2021/b.csv', 'n\n2\n')
  write('data/c.csv', 'n\n3\n')
  write('data/notes.txt', 'x\n')
  write('data/folder.csv/d.txt', 'x\n')
  expect(await read({ path: 'data/*.csv' })).toBe(1)
  expect(await read({ path: 'data/**/*.csv' })).toBe(3)
  expect(await read({ path: 'data/202?/*.csv', paths: ['data/c.csv'] })).toBe(3)
  expect(await read({ path: join(jobs.folder, 'data/2020/*.csv') })).toBe(1)
})

test('a file whose name looks like a pattern is read as it is', async () => {
  write('k=v [1]*.csv', 'n\n1\n')
  expect(await read({ path: 'k=v [1]*.csv' })).toBe(1)
})

test('a pattern without a match names the folder that was looked in', async () => {
  write('here/a.csv', 'n\n1\n')
  const said = async (path: string) => (await read({ path })) as unknown
  expect(await said('here/*.parquet')).toMatchObject({
    failure: {
      code: 'not-found',
      message: containing(/No file matches “here\/\*\.parquet” \(looked in the folder “.*here”\)/),
    },
  })
  expect(await said('nowhere/x/*.csv')).toMatchObject({ failure: { message: containing(/nowhere.x” does not exist/) } })
})

test('the fingerprint follows the content of the files that match', async () => {
  const contentHash = (path: string) => Promise.resolve(existsSync(path) ? readFileSync(path, 'utf8') : null)
  const place = { flowFolder: jobs.folder, contentHash }
  const fingerprint = () => tableRead.fingerprint(tableRead.config.parse({ path: 'prints/*.csv' }), place)
  write('prints/a.csv', 'n\n1\n')
  const first = await fingerprint()
  expect(await fingerprint()).toEqual(first)
  write('prints/a.csv', 'n\n2\n')
  const second = await fingerprint()
  expect(second).not.toEqual(first)
  write('prints/b.csv', 'n\n2\n')
  expect(await fingerprint()).not.toEqual(second)
})

const columnsOf = async (settings: Record<string, unknown>) => {
  const ran = await jobs.run([{ type: tableRead, with: settings, taken: ['table', 'rejects'] }])
  const outcome = ran.outcomes[0]?.outcome
  if (outcome?.kind === 'failed') return { message: outcome.failure.message, log: ran.log }
  if (outcome?.kind !== 'completed') throw new Error(JSON.stringify(outcome))
  const made = tableOf(outcome.outputs)
  const types = Object.fromEntries(made.columns.map(({ name, type }) => [name, type]))
  return { types, rows: await jobs.askTable(made, 'SELECT * FROM {input} ORDER BY ALL'), log: ran.log }
}

test('folders of a pattern become columns of the types that their values have', async () => {
  write('lake/year=2020/color=green/a.csv', 'n\n1\n2\n')
  write('lake/year=2021/color=__HIVE_DEFAULT_PARTITION__/a.csv', 'n\n3\n')
  write('lake/year=2021/color=%2B%C3%A4/b.csv', 'n\n4\n')
  const all = await columnsOf({ path: 'lake/**/*.csv' })
  expect(all.types).toEqual({ n: 'BIGINT', year: 'BIGINT', color: 'VARCHAR' })
  expect(all.rows).toEqual([
    { n: 1, year: 2020, color: 'green' },
    { n: 2, year: 2020, color: 'green' },
    { n: 3, year: 2021, color: null },
    { n: 4, year: 2021, color: '+ä' },
  ])
  // What the pattern says itself is no column.
  expect((await columnsOf({ path: 'lake/year=2021/*/*.csv' })).types).toEqual({ n: 'BIGINT', color: 'VARCHAR' })
  expect((await columnsOf({ path: 'lake/**/*.csv', partitions: 'ignore' })).types).toEqual({ n: 'BIGINT' })
  const chosen = { path: 'lake/**/*.csv', columns: ['YEAR'], types: { year: 'VARCHAR' } }
  expect((await columnsOf(chosen)).types).toEqual({ year: 'VARCHAR' })
  expect((await columnsOf({ path: 'lake/**/*.csv', types: { color: 'BIGINT' } })).message).toMatch(
    /column “color” holds “(green|\+ä)”, which is no BIGINT/,
  )
})

test('a column of the files stands before a folder of its name, and the log says so', async () => {
  write('both/year=2020/a.csv', 'n,Year\n1,1999\n')
  const found = await columnsOf({ path: 'both/*/*.csv' })
  expect(found.rows).toEqual([{ n: 1, Year: 1999 }])
  expect(found.log).toContainEqual(containing(/^info: Column year is in the files and in the names of their folders/))
})

test.each([
  ['a.csv', 'n\n1\nx\n'],
  ['a.ndjson', '{"n":1}\n{"n":"x"}\n'],
])('folders stay columns where bad rows of %s are taken out', async (name, content) => {
  write(`bad/${name}/p=7/${name}`, content)
  const settings = { path: `bad/${name}/*/*`, bad_rows: 'reject', types: { n: 'BIGINT' } }
  const found = await columnsOf(settings)
  expect(found.types).toEqual({ n: 'BIGINT', p: 'BIGINT' })
  expect(found.rows).toEqual([{ n: 1, p: 7 }])
})

test('files in folders and files beside them do not go together', async () => {
  write('odd/p=1/a.csv', 'n\n1\n')
  write('odd/a.csv', 'n\n1\n')
  expect((await columnsOf({ path: 'odd/**/*.csv' })).message).toMatch(/do not have the same columns/)
})

test('the fingerprint follows the names of the folders', async () => {
  const contentHash = (path: string) => Promise.resolve(readFileSync(path, 'utf8'))
  const place = { flowFolder: jobs.folder, contentHash }
  const fingerprint = (settings: Record<string, unknown>) =>
    tableRead.fingerprint(tableRead.config.parse(settings), place)
  write('one/p=1/a.csv', 'n\n1\n')
  write('two/p=2/a.csv', 'n\n1\n')
  const [one, two] = [{ path: 'one/*/*.csv' }, { path: 'two/*/*.csv' }]
  expect(await fingerprint(one)).not.toEqual(await fingerprint(two))
  const without = { partitions: 'ignore' }
  expect(await fingerprint({ ...one, ...without })).toEqual(await fingerprint({ ...two, ...without }))
})

test('a file that several patterns name is read once, with a warning', async () => {
  write('twice/phones.csv', 'n\n1\n')
  write('twice/other.csv', 'n\n2\n')
  symlinkSync(join(jobs.folder, 'twice/other.csv'), join(jobs.folder, 'twice/same.csv'))
  const found = await columnsOf({ path: 'twice/phones.csv', paths: ['twice/phone*.csv', 'twice/[os]*.csv'] })
  expect(found.rows).toEqual([{ n: 1 }, { n: 2 }])
  expect(found.log).toContainEqual(
    containing(/^warning: 2 files are named twice and read once: .*phones\.csv, .*same\.csv\.$/),
  )
})

test('strict refuses a file with other columns than the declared ones, with the list', async () => {
  const types = { a: 'BIGINT', b: 'VARCHAR' }
  expect((await table(file('B,a\nx,1\n'), { types, strict: true })).rows).toBe(1)
  expect(
    await failure([file('a,b\n1,x\n', 'one.csv'), file('a,c,d\n1,x,y\n', 'two.csv')], { types, strict: true }),
  ).toMatch(/^data: The columns are not those that are declared: \d+-two\.csv has no b; \d+-two\.csv also has c, d\./)
  expect(await failure(file('a\n1\n'), { strict: true })).toMatch(/^invalid: No types are given/)
})

test('files of different columns point to table.union', async () => {
  expect(await failure([file('a\n1\n', 'one.csv'), file('b\n1\n', 'two.csv')])).toMatch(
    /do not have the same columns: .*two\.csv has no a.*table\.union/,
  )
})

test('thousands of columns are read in seconds', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `c${index}`)
  const path = file(`${names.join(',')}\n${names.map((_, index) => String(index)).join(',')}\n`)
  const begin = performance.now()
  expect((await table(path)).columns).toHaveLength(1000)
  expect(performance.now() - begin).toBeLessThan(10_000)
})

test.each([
  [['1.5', '12345678901234567.89'], 'DECIMAL(38,2)'],
  [['0.1', '0.30000000000000004'], 'DOUBLE'],
  [['1', '0.12345678901234567890'], 'DECIMAL(38,20)'],
  [['1.0e5', '3.14159265358979323846264338327950288419716939937510'], 'VARCHAR'],
])('%j is read exactly, as %s', async (values, type) => {
  const found = await table(file(`a\n${values.join('\n')}\n`))
  expect(found.types).toEqual({ a: type })
  if (type !== 'DOUBLE')
    expect(found.log).toContainEqual(containing(/^warning: Column a holds numbers with more digits/))
})
