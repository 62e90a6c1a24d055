import { expect, test } from 'vitest'
import { missingSettings, problemsOfRefusal } from './setting-problems.ts'

const fields = [
  { name: 'bucket', title: 'Bucket', required: true },
  { name: 'gcp_credentials', title: 'Credentials', required: false },
]

const told = (message: string) => {
  const { problems, rest } = problemsOfRefusal(message, fields)
  return { problems: problems.map(({ path, message: words }) => [path, words]), rest }
}

test('what a form lacks stands at its field', () => {
  expect(missingSettings(fields, {}).map(({ path, message }) => [path, message])).toEqual([
    [['bucket'], 'Bucket is needed.'],
  ])
  expect(missingSettings(fields, { bucket: 'lake' })).toEqual([])
})

test('a refusal of several fields stands beside each of them', () => {
  const message =
    'block:gcs-bucket/x was not saved.\n  “bucket” ("gs://foo") is not a name.\n  gcp_credentials: block:gcp-credentials/none does not exist.'
  expect(told(message)).toEqual({
    problems: [
      [['bucket'], '“bucket” ("gs://foo") is not a name.'],
      [['gcp_credentials'], 'block:gcp-credentials/none does not exist.'],
    ],
    rest: '',
  })
})

test('what is about no field is told for the whole form', () => {
  const message = 'block:gcs-bucket/a%b was not saved. The name “a%b” holds “%”.'
  expect(told(message)).toEqual({ problems: [], rest: 'The name “a%b” holds “%”.' })
  const taken = 'block:gcs-bucket/x exists already. Choose another name, or edit it.'
  expect(told(taken)).toEqual({ problems: [], rest: taken })
})
