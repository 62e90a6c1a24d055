import { afterAll, beforeAll } from 'vitest'
import { datasetSuite } from './dataset-suite.ts'
import { startedBigQuery, type Started } from './testing/bigquery-tables.ts'

let started: Started
beforeAll(async () => {
  started = await startedBigQuery()
})
afterAll(() => started.close())

datasetSuite({ open: () => started.open(), prefix: 'suite_' })
