import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'

/** What a person gives to test against Google itself; see test/fakes/README.md. Costs a little, and leaves nothing. */
const { MILLRACE_REAL_GOOGLE_KEY: keyPath, MILLRACE_REAL_BUCKET: bucket, MILLRACE_REAL_DATASET: dataset } = process.env

export const isBucketGiven = keyPath !== undefined && bucket !== undefined
export const isDatasetGiven = keyPath !== undefined && dataset !== undefined

export const realKey = (): string => readFileSync(keyPath ?? '', 'utf8')
export const realBucket = bucket ?? ''
export const realDataset = dataset ?? ''

/** Nobody else's objects and tables begin like this. */
export const ownPrefix = `millrace-test-${randomUUID().slice(0, 8)}`
