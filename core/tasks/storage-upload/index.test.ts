import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { localFileSystemBlock } from '#core/blocks/local-file-system/index.ts'
import { storageUpload } from '#core/tasks/storage-upload/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { handleOf, outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const lake = { type: localFileSystemBlock, settings: { path: 'lake' } }
const jobs = tableJobs({ 'block:local-file-system/lake': lake })
afterAll(jobs.close)

const file = (name: string, content: string, folder = 'a') => {
  const path = join(jobs.folder, folder, name)
  mkdirSync(join(jobs.folder, folder), { recursive: true })
  writeFileSync(path, content)
  return handleOf(path)
}

const upload = async (files: readonly unknown[], to?: string) => {
  const settings = { storage: 'block:local-file-system/lake', ...(to !== undefined && { to }) }
  return jobs.run([{ type: storageUpload, with: settings, inputs: { files } }])
}

test('files lie under their names in the folder, and the output lists them', async () => {
  const outputs = outputsOf(await upload([await file('x.txt', 'one'), await file('y.txt', 'three')], 'data/green/'), 0)
  expect(outputs['objects']).toEqual({
    kind: 'value',
    value: [
      { name: 'data/green/x.txt', bytes: 3 },
      { name: 'data/green/y.txt', bytes: 5 },
    ],
  })
  expect(outputs['location']).toMatchObject({ value: containing(/^file:\/\/.*\/lake$/) })
  expect(readFileSync(join(jobs.folder, 'lake/data/green/y.txt'), 'utf8')).toBe('three')
})

test.each([
  ['/data//green/', 'data/green/x.txt'],
  ['data\\green', 'data/green/x.txt'],
  ['', 'x.txt'],
  ['/', 'x.txt'],
])('to %j makes %s', async (to, name) => {
  const outputs = outputsOf(await upload([await file('x.txt', 'one')], to), 0)
  expect(outputs['objects']).toMatchObject({ value: [{ name }] })
})

test('a second upload replaces the first', async () => {
  await upload([await file('x.txt', 'one')])
  await upload([await file('x.txt', 'two')])
  expect(readFileSync(join(jobs.folder, 'lake/x.txt'), 'utf8')).toBe('two')
})

test.each([
  ['../outside', /goes up with “\.\.”/],
  ['a/../../b', /goes up with/],
])('to %s is refused', async (to, message) => {
  const { outcomes } = await upload([await file('x.txt', 'one')], to)
  expect(outcomes[0]?.outcome).toMatchObject({ kind: 'failed', failure: { message: containing(message) } })
})

test('two files of one name, and none, are refused', async () => {
  const both = [await file('x.txt', 'one'), await file('x.txt', 'two', 'b')]
  expect((await upload(both)).outcomes[0]?.outcome).toMatchObject({
    failure: { message: containing(/both become “x\.txt”/) },
  })
  expect((await upload([])).outcomes[0]?.outcome).toMatchObject({
    failure: { message: containing(/no file to upload/) },
  })
})
