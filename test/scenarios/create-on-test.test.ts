import { expect, test } from 'vitest'
import { bigQueryPlace } from './google.ts'

test('the test of a bucket or dataset that is missing offers to create it, and does when told so', async () => {
  const place = await bigQueryPlace()
  const done = async (args: readonly string[]) => {
    const ended = await place.call(args)
    expect(ended.exitCode, ended.stderr).toBe(0)
    return ended.stdout
  }
  await done(['block', 'edit', 'gcs-bucket/zoom-gcs', '--set', 'bucket=not-yet', '--set', 'location=EU'])
  await done(['block', 'edit', 'bigquery/trips', '--set', 'dataset=not_yet', '--set', 'location=EU'])
  const { gcs, bigquery, account } = place
  const hasDataset = () => bigquery.warehouse.datasets(account.project).some(({ datasetId }) => datasetId === 'not_yet')

  for (const [block, what] of [
    ['gcs-bucket/zoom-gcs', 'bucket'],
    ['bigquery/trips', 'dataset'],
  ] as const) {
    const refused = await place.call(['block', 'test', block])
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain(`Create the ${what} in EU: add --create.`)
    const told = await place.call(['block', 'test', block, '--json'])
    const stages = told.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(stages.at(-1)).toMatchObject({ ok: false, offer: { action: 'create', title: `Create the ${what} in EU` } })
  }
  expect([gcs.hasBucket('not-yet'), hasDataset()]).toEqual([false, false])

  expect(await done(['block', 'test', 'gcs-bucket/zoom-gcs', '--create'])).toContain('ok      Create the bucket')
  expect(await done(['block', 'test', 'bigquery/trips', '--create'])).toContain('ok      Create the dataset')
  expect([gcs.hasBucket('not-yet'), hasDataset()]).toEqual([true, true])
  expect(await done(['block', 'test', 'gcs-bucket/zoom-gcs', '--create', '--write'])).not.toContain('Create the bucket')
})
