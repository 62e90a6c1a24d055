import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { localFileSystemBlock } from '#core/blocks/local-file-system/index.ts'
import { openLocalStorage } from '#core/blocks/local-file-system/client.ts'
import { defineBlock } from '#core/kinds/block-type.ts'
import { storageDownload } from '#core/tasks/storage-download/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

/** A storage whose objects have names that no file can have, or another size than it says. */
const strange = defineBlock({
  type: 'strange',
  version: 1,
  title: 'Strange',
  summary: 'A bucket that somebody else fills.',
  icon: 'cloud',
  config: z.object({}),
  secrets: {},
  capabilities: ['storage'],
  examples: [{}],
  openStorage: ({ home }) =>
    Promise.resolve({
      ...openLocalStorage(join(home, 'lake')),
      list: async function* () {
        yield await Promise.resolve({ name: 'data/../../outside.txt', bytes: 3, modifiedAt: null })
      },
      stat: (name) => Promise.resolve({ name, bytes: 99, modifiedAt: null }),
    }),
  test: async function* () {},
})

const jobs = tableJobs({
  'block:local-file-system/lake': { type: localFileSystemBlock, settings: { path: 'lake' } },
  'block:strange/bucket': { type: strange, settings: {} },
})
afterAll(jobs.close)

beforeAll(() => {
  const contents = {
    'data/green/1.csv': 'one',
    'data/green/2.csv': 'two!',
    'data/green/old/1.csv': 'old',
    'data/a*b.csv': 'star',
    'data/axb.csv': 'x',
  }
  for (const [name, content] of Object.entries(contents)) {
    const at = join(jobs.folder, 'lake', name)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, content)
  }
  writeFileSync(join(jobs.folder, 'secret.txt'), 'secret')
  symlinkSync(join(jobs.folder, 'secret.txt'), join(jobs.folder, 'lake/link.txt'))
})

const download = (object: string, storage = 'block:local-file-system/lake') =>
  jobs.run([{ type: storageDownload, taskRun: 'get', with: { storage, object } }])

const contents = async (object: string) => {
  const { files } = outputsOf(await download(object), 0)
  if (files?.kind !== 'list') throw new Error('No list of files')
  return files.handles.map((handle) =>
    handle.kind === 'file' ? [handle.name, handle.bytes, readFileSync(handle.path, 'utf8')] : null,
  )
}
const failure = async (object: string, storage?: string) => {
  const [one] = (await download(object, storage)).outcomes
  return one?.outcome.kind === 'failed' ? one.outcome.failure : null
}

test.each([
  ['data/green/2.csv', [['2.csv', 4, 'two!']]],
  ['/data/green/2.csv', [['2.csv', 4, 'two!']]],
  ['data/green/', [['1.csv', 3, 'one'], ['2.csv', 4, 'two!'], ['old/1.csv', 3, 'old']]],
  ['data/green/*.csv', [['1.csv', 3, 'one'], ['2.csv', 4, 'two!']]],
  ['data/**/1.csv', [['green/1.csv', 3, 'one'], ['green/old/1.csv', 3, 'old']]],
  ['data/{axb,none}.csv', [['axb.csv', 1, 'x']]],
  ['data/a*b.csv', [['a*b.csv', 4, 'star']]],
])('%s comes as files with their names below the folder', async (object, files) => {
  expect(await contents(object)).toEqual(files)
}) // prettier-ignore

test('the files lie in the results, the log names each, and the objects are listed', async () => {
  const ran = await download('data/green/*.csv')
  expect(outputsOf(ran, 0)).toMatchObject({
    files: { kind: 'list', handles: [{ path: containing(/results\/get\/files\/1\.csv$/) }, {}] },
    objects: {
      value: [
        { name: 'data/green/1.csv', bytes: 3 },
        { name: 'data/green/2.csv', bytes: 4 },
      ],
    },
  })
  expect(ran.log).toHaveLength(2)
})

test.each([
  ['data/green/1.cvs', 'not-found', /no “data\/green\/1\.cvs” in file:.*Did you mean “1\.csv”\?/],
  ['nowhere/1.csv', 'not-found', /There is nothing in nowhere\//],
  ['data/*.parquet', 'not-found', /No object fits “data\/\*\.parquet”/],
  ['nothing/', 'not-found', /No object fits/],
  ['../secret.txt', 'denied', /leads out of the storage/],
  ['link.txt', 'denied', /leads out of the storage through a link/],
])('%s is refused', async (object, code, message) => {
  expect(await failure(object)).toMatchObject({ code, message: containing(message) })
})

test('an object whose name leads out of the results is refused, and nothing is written', async () => {
  expect(await failure('data/', 'block:strange/bucket')).toMatchObject({
    message: containing(/name that no file here can have/),
  })
  expect(existsSync(join(jobs.folder, 'outside.txt'))).toBe(false)
})

test('an object that comes with another size than the storage said is refused', async () => {
  expect(await failure('data/axb.csv', 'block:strange/bucket')).toMatchObject({
    code: 'data',
    retryable: true,
    message: containing(/had 99 bytes and came as 1/),
  })
})
