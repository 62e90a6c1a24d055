import { afterAll, describe, expect, test } from 'vitest'
import { gcsBucketBlock } from '#core/blocks/gcs-bucket/index.ts'
import { storageSuite } from '#core/blocks/gcs-bucket/storage-suite.ts'
import type { StorageClient } from '#core/kinds/capabilities.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { isBucketGiven, ownPrefix, realBucket, realKey } from './google.ts'

const { signal } = new AbortController()
const contextOf = (folder: string) => ({
  settings: gcsBucketBlock.config.parse({
    bucket: realBucket,
    bucket_folder: `${ownPrefix}/${folder}`,
    gcp_credentials: 'block:gcp-credentials/real',
  }),
  secret: () => Promise.reject(new Error('A bucket has no secret of its own.')),
  block: () => Promise.resolve({ type: 'gcp-credentials', settings: {}, secret: () => Promise.resolve(realKey()) }),
  http: noHttp,
  home: '/nowhere',
  signal,
})

const open = async (folder: string): Promise<StorageClient> => {
  if (!gcsBucketBlock.openStorage) throw new Error('A bucket is a storage.')
  return gcsBucketBlock.openStorage(contextOf(folder))
}

describe.skipIf(!isBucketGiven)('Google Cloud Storage itself', () => {
  afterAll(async () => {
    const storage = await open('')
    for await (const { name } of storage.list('', signal)) await storage.delete(name)
  })

  storageSuite(open)

  test('the test of its block passes', async () => {
    const stages = await Array.fromAsync(gcsBucketBlock.test({ ...contextOf('test'), write: true }))
    expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual([
      ['Read the credentials', true],
      ['Reach Google and compare clocks', true],
      ['Sign in', true],
      ['Find the bucket', true],
      ['Rights in the bucket', true],
      ['Write and take away', true],
    ])
  })
})
