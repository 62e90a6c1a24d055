import { describe, expect, test } from 'vitest'
import { datasetSuite } from '#core/blocks/bigquery/dataset-suite.ts'
import { bigqueryBlock } from '#core/blocks/bigquery/index.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { isDatasetGiven, ownPrefix, realDataset, realKey } from './google.ts'

const { signal } = new AbortController()
const context = {
  settings: bigqueryBlock.config.parse({
    dataset: realDataset || 'none',
    gcp_credentials: 'block:gcp-credentials/real',
    maximum_bytes_billed: '100 MB',
  }),
  secret: () => Promise.reject(new Error('A dataset has no secret of its own.')),
  block: () => Promise.resolve({ type: 'gcp-credentials', settings: {}, secret: () => Promise.resolve(realKey()) }),
  http: noHttp,
  home: '/nowhere',
  signal,
}

const open = async (): Promise<DatabaseClient> => {
  if (!bigqueryBlock.openDatabase) throw new Error('A dataset is a database.')
  return bigqueryBlock.openDatabase(context)
}

describe.skipIf(!isDatasetGiven)('BigQuery itself', () => {
  const prefix = `${ownPrefix.replaceAll('-', '_')}_`
  datasetSuite({ open, prefix })

  test('the test of its block passes', async () => {
    const stages = await Array.fromAsync(bigqueryBlock.test({ ...context, write: true }))
    expect(stages.filter(({ ok }) => !ok)).toEqual([])
  })
})
