import { describe, expect, onTestFinished, test } from 'vitest'
import { followStarters, removeStarters, rides, type StarterPlace } from '#test/scenarios/google-starters.ts'
import { workspace } from '#test/scenarios/workspace.ts'
import { isBucketGiven, isDatasetGiven, ownPrefix, realBucket, realDataset, realKey } from './google.ts'

const env = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }

describe.skipIf(!isBucketGiven || !isDatasetGiven)('Google itself', () => {
  test('the starter flows from the web to BigQuery run with blocks made on the command line', async () => {
    const space = workspace()
    const place: StarterPlace = {
      space,
      keyFile: realKey(),
      bucket: realBucket,
      folder: `${ownPrefix}/starters`,
      dataset: realDataset,
      table: `${ownPrefix.replaceAll('-', '_')}_rides`,
      call: (args, options = {}) => space.millrace(args, { ...options, env }),
    }
    onTestFinished(() => removeStarters(place))
    expect(await followStarters(place)).toBe(rides)
  })
})
