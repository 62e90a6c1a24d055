import { expect } from 'vitest'
import { inspectionOf, resultOf, starterFlow, statesOf, taskOf, type CommandOptions, type Ended } from './millrace.ts'
import type { Workspace } from './workspace.ts'

/** Google, or servers that stand in for it, and a home of which these steps are the first. */
export type StarterPlace = {
  readonly space: Workspace
  /** The key of a service account. */
  readonly keyFile: string
  readonly bucket: string
  /** Of the bucket, and of nobody else. */
  readonly folder: string
  readonly dataset: string
  /** A table of nobody else. */
  readonly table: string
  /** `millrace` on the home. */
  call(args: readonly string[], options?: Partial<CommandOptions>): Promise<Ended>
}

const onBucket = ['-p', 'bucket=block:gcs-bucket/zoom-gcs']
const object = 'data/green/green_tripdata_2020-11.parquet'
/** Of the month that comes with Millrace. */
export const rides = 88_605

const done = async (
  { call }: StarterPlace,
  args: readonly string[],
  options: Partial<CommandOptions> = {},
): Promise<Ended> => {
  const ended = await call(args, options)
  expect(ended.exitCode, `${args.join(' ')}\n${ended.stdout}${ended.stderr}`).toBe(0)
  return ended
}

const makeBlocks = async (place: StarterPlace): Promise<void> => {
  const { keyFile, bucket, folder, dataset } = place
  const key = ['block', 'create', 'gcp-credentials', 'zoom', '--stdin', 'service_account_info']
  const sets = (...settings: readonly string[]) =>
    [...settings, 'gcp_credentials=block:gcp-credentials/zoom'].flatMap((one) => ['--set', one])
  await done(place, ['config', 'set', 'secrets=vault'])
  await done(place, key, { input: keyFile })
  const inBucket = sets(`bucket=${bucket}`, `bucket_folder=${folder}`)
  await done(place, ['block', 'create', 'gcs-bucket', 'zoom-gcs', ...inBucket])
  await done(place, ['block', 'create', 'bigquery', 'trips', ...sets(`dataset=${dataset}`)])
}

const run = async (place: StarterPlace, flow: string, ...args: readonly string[]) =>
  resultOf(await done(place, ['run', flow, '--json', ...args]))

const namesIn = async (place: StarterPlace) => {
  const list = 'tasks:\n  list: { type: storage.list, with: { storage: block:gcs-bucket/zoom-gcs } }\n'
  return taskOf(await run(place, place.space.flow('list', list)), 'list').outputs['names']
}

/** As a person follows the starter flows from the web to BigQuery, with the command line alone; the rows that are there. */
export const followStarters = async (place: StarterPlace): Promise<number> => {
  await makeBlocks(place)
  const stored = await run(place, starterFlow('web-to-gcs.yaml'), ...onBucket)
  expect(statesOf(stored)).toMatchObject({ save: 'Completed', upload: 'Completed' })
  expect(await namesIn(place)).toEqual([object])

  const { flow_run: parent } = await run(place, starterFlow('parent-flow.yaml'), ...onBucket)
  const { subflow_runs: months } = inspectionOf(await done(place, ['flow-run', 'inspect', parent.id, '--json']))
  expect(months.map(({ flow, state }) => `${flow} ${state.name}`)).toEqual(['web-to-gcs Completed'])
  expect(await namesIn(place)).toEqual([object])

  const warehouse = ['-p', 'warehouse=block:bigquery/trips', '-p', `into=${place.table}`]
  const loaded = await run(place, starterFlow('gcs-to-bigquery.yaml'), ...onBucket, ...warehouse)
  expect(taskOf(loaded, 'load').outputs).toMatchObject({ rows: rides })
  const sql = `SELECT PULocationID FROM ${place.table}`
  const count = `tasks:\n  ask: { type: database.query, with: { database: block:bigquery/trips, sql: ${sql} } }\n`
  const asked = await done(place, ['run', place.space.flow('count', count)])
  return Number(/^ask .* ([\d,]+) *$/m.exec(asked.stdout)?.[1]?.replaceAll(',', ''))
}

/** Takes away what they left, also where they failed. */
export const removeStarters = async (place: StarterPlace): Promise<void> => {
  const tasks = [
    '  objects: { type: storage.delete, with: { storage: block:gcs-bucket/zoom-gcs, prefix: data/ } }',
    `  table: { type: database.execute, with: { database: block:bigquery/trips, sql: DROP TABLE IF EXISTS ${place.table} } }`,
  ]
  await done(place, ['run', place.space.flow('remove', `tasks:\n${tasks.join('\n')}\n`)])
  expect(await namesIn(place)).toEqual([])
}
