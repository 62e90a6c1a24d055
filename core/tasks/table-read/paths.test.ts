import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  [['1e5', '3.14159265358979323846264338327950288419716939937510'], 'VARCHAR'],
])('%j is read exactly, as %s', async (values, type) => {
  const found = await table(file(`a\n${values.join('\n')}\n`))
  expect(found.types).toEqual({ a: type })
  if (type !== 'DOUBLE')
    expect(found.log).toContainEqual(containing(/^warning: Column a holds numbers with more digits/))
})
