import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localFileSystemBlock } from '#core/blocks/local-file-system/index.ts'
import { storageList } from '#core/tasks/storage-list/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const jobs = tableJobs({ 'block:local-file-system/lake': { type: localFileSystemBlock, settings: { path: 'lake' } } })
afterAll(jobs.close)

const put = (path: string, content = path) => {
  const at = join(jobs.folder, path)
  mkdirSync(dirname(at), { recursive: true })
  writeFileSync(at, content)
  return at
}

beforeAll(() => {
  for (const name of [
    'data/green/1.parquet',
    'data/green/2.parquet',
    'data/green/old/1.parquet',
    'data/green-2.csv',
    'top.txt',
  ])
    utimesSync(put(`lake/${name}`, 'abc'), 1_600_000_000, 1_600_000_000)
  put('outside/secret.txt')
  symlinkSync(join(jobs.folder, 'outside'), join(jobs.folder, 'lake/link'))
  symlinkSync(join(jobs.folder, 'outside/secret.txt'), join(jobs.folder, 'lake/data/secret.txt'))
})

const list = (settings: object = {}) =>
  jobs.run([{ type: storageList, with: { storage: 'block:local-file-system/lake', ...settings } }])
const names = async (settings?: object) => outputsOf(await list(settings), 0)['names']

test('names, bytes and times come in the order of the names, and nothing outside the folder', async () => {
  const outputs = outputsOf(await list(), 0)
  expect(outputs['names']).toEqual({
    kind: 'value',
    value: ['data/green-2.csv', 'data/green/1.parquet', 'data/green/2.parquet', 'data/green/old/1.parquet', 'top.txt'],
  })
  expect(outputs['objects']).toMatchObject({
    value: [{ name: 'data/green-2.csv', bytes: 3, modified: '2020-09-13T12:26:40.000Z' }, {}, {}, {}, {}],
  })
})

test.each([
  [
    { prefix: 'data/green' },
    ['data/green-2.csv', 'data/green/1.parquet', 'data/green/2.parquet', 'data/green/old/1.parquet'],
  ],
  [{ prefix: '/data/green/' }, ['data/green/1.parquet', 'data/green/2.parquet', 'data/green/old/1.parquet']],
  [{ prefix: 'data/green/', glob: '*.parquet' }, ['data/green/1.parquet', 'data/green/2.parquet']],
  [{ glob: '**/1.*' }, ['data/green/1.parquet', 'data/green/old/1.parquet']],
  [{ prefix: 'data/', limit: 2 }, ['data/green-2.csv', 'data/green/1.parquet']],
  [{ prefix: 'link/' }, []],
  [{ prefix: '../' }, []],
  [{ prefix: 'none/' }, []],
])('%j finds %j', async (settings, value) => {
  expect(await names(settings)).toEqual({ kind: 'value', value })
})

test('the log says when there are more than the limit', async () => {
  expect((await list({ limit: 1 })).log).toEqual([containing(/Found 1 object \(3 B\) .*there are more than the limit/)])
})
