import { expect, test } from 'vitest'
import { bigQueryPlace } from './google.ts'
import { followStarters, removeStarters, rides, type StarterPlace } from './google-starters.ts'
import { workspace } from './workspace.ts'

test('the starter flows from the web to BigQuery run with blocks made on the command line, and leave nothing', async () => {
  const google = await bigQueryPlace()
  const space = workspace()
  const place: StarterPlace = {
    space,
    keyFile: google.account.keyFile,
    bucket: 'zoom-lake',
    folder: 'of/these tests',
    dataset: 'trips',
    table: 'rides_of_these_tests',
    call: (args, options = {}) => space.millrace(args, { ...options, env: google.env }),
  }
  expect(await followStarters(place)).toBe(rides)
  expect(google.gcs.names('zoom-lake')).toEqual(['of/these tests/data/green/green_tripdata_2020-11.parquet'])
  await removeStarters(place)
  expect(google.gcs.names('zoom-lake')).toEqual([])
})
