import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { localFileSystemBlock } from '#core/blocks/local-file-system/index.ts'
import { storageDelete } from '#core/tasks/storage-delete/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const jobs = tableJobs({ 'block:local-file-system/lake': { type: localFileSystemBlock, settings: { path: 'lake' } } })
afterAll(jobs.close)

const names = ['a/1.txt', 'a/2.txt', 'ab.txt', 'b/c/3.txt']
const outside = join(jobs.folder, 'outside')
const left = () => names.filter((name) => existsSync(join(jobs.folder, 'lake', name)))

beforeEach(() => {
  rmSync(join(jobs.folder, 'lake'), { recursive: true, force: true })
  for (const path of [...names.map((name) => join(jobs.folder, 'lake', name)), join(outside, 'kept.txt')]) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, 'x')
  }
})

const run = (settings: object) =>
  jobs.run([{ type: storageDelete, with: { storage: 'block:local-file-system/lake', ...settings } }])
const deleted = async (settings: object) => outputsOf(await run(settings), 0)['deleted']
const failure = async (settings: object) => {
  const [one] = (await run(settings)).outcomes
  return one?.outcome.kind === 'failed' ? one.outcome.failure : null
}

test.each([
  [{ names: ['a/1.txt', '/ab.txt', 'a/1.txt'] }, 2, ['a/2.txt', 'b/c/3.txt']],
  [{ prefix: 'a/' }, 2, ['ab.txt', 'b/c/3.txt']],
  [{ prefix: 'a' }, 3, ['b/c/3.txt']],
  [{ prefix: 'none/' }, 0, names],
  [{ names: ['ab.txt'], prefix: 'b/' }, 2, ['a/1.txt', 'a/2.txt']],
  [{ prefix: '', everything: true }, 4, []],
  [{ names: ['none.txt', 'ab.txt'], missing_ok: true }, 1, ['a/1.txt', 'a/2.txt', 'b/c/3.txt']],
])('%j deletes %i', async (settings, value, kept) => {
  expect(await deleted(settings)).toEqual({ kind: 'value', value })
  expect(left()).toEqual(kept)
})

test.each([
  [{}, /Nothing is named to delete/],
  [{ prefix: '' }, /would delete the whole storage/],
  [{ prefix: '/' }, /would delete the whole storage/],
  [{ prefix: ' //' }, /would delete the whole storage/],
  [{ names: ['ab.txt', 'a/1.tx'] }, /no “a\/1\.tx” in .*Did you mean “1\.txt”/],
  [{ names: ['../outside/kept.txt'] }, /leads out of the storage/],
])('%j is refused, and nothing is deleted', async (settings, message) => {
  expect(await failure(settings)).toMatchObject({ message: containing(message) })
  expect(left()).toEqual(names)
})

test('an attempt that comes after one that had begun to delete passes over what is gone; one that found a name missing does not', async () => {
  const attempt = async (results: string, step: readonly string[]) => {
    const settings = { storage: 'block:local-file-system/lake', names: step }
    const [ran] = (await jobs.run([{ type: storageDelete, with: settings, results: join(jobs.folder, results) }]))
      .outcomes
    return ran?.outcome
  }
  expect(await attempt('missing', ['none.txt', 'ab.txt'])).toMatchObject({ kind: 'failed' })
  expect(await attempt('missing', ['none.txt', 'ab.txt'])).toMatchObject({ kind: 'failed' })
  expect(left()).toEqual(names)
  expect(await attempt('begun', ['a/1.txt', 'ab.txt'])).toMatchObject({ kind: 'completed' })
  writeFileSync(join(jobs.folder, 'lake/ab.txt'), 'left by the attempt before')
  expect(await attempt('begun', ['a/1.txt', 'ab.txt'])).toMatchObject({ kind: 'completed' })
  expect(left()).toEqual(['a/2.txt', 'b/c/3.txt'])
})

test('nothing behind a link is deleted', async () => {
  symlinkSync(outside, join(jobs.folder, 'lake/link'))
  expect(await failure({ names: ['link/kept.txt'] })).toMatchObject({ code: 'denied' })
  expect(await deleted({ prefix: 'link/' })).toEqual({ kind: 'value', value: 0 })
  await deleted({ prefix: '', everything: true })
  expect(existsSync(join(outside, 'kept.txt'))).toBe(true)
})
