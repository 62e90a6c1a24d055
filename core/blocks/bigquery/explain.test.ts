import { expect, test } from 'vitest'
import { isPassing, refusedJob, type Place } from './explain.ts'

const place: Place = {
  project: 'rides',
  dataset: 'trips',
  location: 'EU',
  mostBytes: 10_000_000,
  identity: 'zoom@rides.iam.gserviceaccount.com',
}

test.each([
  [
    'accessDenied',
    'Access Denied: Table rides:trips.green: User does not have permission to query table rides:trips.green, or perhaps it does not exist.',
    'denied',
    /zoom@rides.* has no right for this: .*roles\/bigquery\.dataEditor/,
  ],
  [
    'accessDenied',
    'Access Denied: Table rides:trips.green: Permission bigquery.tables.getData denied on table rides:trips.green (or it may not exist).',
    'denied',
    /lacks bigquery\.tables\.getData on table rides\.trips\.green \(it may also not exist\)\. .*serviceAccount:zoom@rides.* --role=roles\/bigquery\.dataViewer/,
  ],
  [
    'accessDenied',
    'Access Denied: File gs://lake/a.parquet: zoom does not have storage.objects.get access to the Google Cloud Storage object.',
    'denied',
    /lacks storage\.objects\.get .*roles\/storage\.objectViewer/,
  ],
  [
    'accessNotConfigured',
    'BigQuery API has not been used in project 12 before or it is disabled.',
    'denied',
    /switched off in the project “rides”\. .*gcloud services enable/,
  ],
  [
    'notFound',
    'Not found: Dataset rides:trips was not found in location US',
    'not-found',
    /no dataset rides\.trips in US\. It may be in another location.*bq mk --location=US/,
  ],
  [
    'notFound',
    'Not found: Table rides:trips.green was not found in location EU',
    'not-found',
    /no table rides\.trips\.green in EU/,
  ],
  [
    'invalid',
    'Cannot read and write in different locations: source: US, destination: EU',
    'invalid',
    /What is read is in US, and the dataset is in EU.*bucket in EU/,
  ],
  [
    'bytesBilledLimitExceeded',
    'Query exceeded limit for bytes billed: 10000000. 20971520 or higher required.',
    'limit',
    /billed 21\.0 MB, which is more than .*\(10\.0 MB\)\. It did not run and costs nothing/,
  ],
  [
    'quotaExceeded',
    'Quota exceeded: Your project exceeded quota for free query bytes scanned.',
    'limit',
    /A quota of the project “rides” is used up/,
  ],
  ['billingNotEnabled', 'Billing has not been enabled for this project.', 'denied', /no billing account/],
  [
    'invalidQuery',
    'Syntax error: Unexpected keyword FROM at [1:8]',
    'invalid',
    /does not take the SQL: Syntax error.*\[1:8\]/,
  ],
  ['backendError', 'Error encountered during execution.', 'unavailable', /Try again later/],
  ['stopped', 'Job execution was cancelled', 'cancelled', /cancelled in BigQuery/],
])('%s is explained: %s', (reason, message, code, words) => {
  const { failure } = refusedJob({ reason, message }, place)
  expect(failure.code).toBe(code)
  expect(failure.message).toMatch(words)
  expect(failure.retryable).toBe(code === 'unavailable')
})

test('only passing trouble is tried again at once', () => {
  const answer = { message: '', network: null }
  expect(isPassing({ ...answer, status: 503, reason: '' })).toBe(true)
  expect(isPassing({ ...answer, status: 403, reason: 'rateLimitExceeded' })).toBe(true)
  expect(isPassing({ ...answer, status: null, reason: '', network: 'ECONNRESET' })).toBe(true)
  expect(isPassing({ ...answer, status: null, reason: '', network: 'CERT_HAS_EXPIRED' })).toBe(false)
  expect(isPassing({ ...answer, status: 403, reason: 'accessDenied' })).toBe(false)
  expect(isPassing({ ...answer, status: 403, reason: 'quotaExceeded' })).toBe(false)
})
