import type { TestContext } from '#core/kinds/block-type.ts'
import { credentialsOf } from '#core/google/credentials.ts'
import { signInStages, tried } from '#core/google/stages.ts'
import type { TestStage } from '#core/model/block.ts'
import { openApi, type Api } from './api.ts'
import { dryRun } from './query-configuration.ts'
import type { BigQuerySettings } from './settings.ts'
import { dropTable, ensureDataset, ensureTable, requireDataset } from './tables.ts'
import { targetOf } from './target.ts'

/** One after the other, up to the first that fails. */
export async function* testStages(context: TestContext<BigQuerySettings>): AsyncGenerator<TestStage> {
  const { settings, signal, write } = context
  const google = yield* signInStages(() => credentialsOf(context, settings.gcp_credentials), {
    service: 'bigquery',
    signal,
  })
  if (!google) return
  const opened = await tried(
    'Settings',
    async () => openApi(await targetOf(context, google)),
    () => '',
  )
  if (!opened.value) yield opened.stage
  if (!opened.value) return
  const api = opened.value
  const found = await tried(
    'Find the dataset',
    () => datasetOf(api, signal),
    (told) => told.message,
  )
  yield found.stage
  if (!found.value) return
  const { location } = found.value
  const allowed = await tried(
    'Run queries',
    () => dryRun(api, 'SELECT 1', { location, signal }),
    () => `Jobs may be run in the project “${api.target.project}”.`,
  )
  yield allowed.stage
  if (!allowed.stage.ok || write !== true) return
  if (!found.value.isThere) {
    const made = await tried(
      'Make the dataset',
      () => ensureDataset(api, signal),
      (place) => `Made in ${place}.`,
    )
    yield made.stage
    if (!made.stage.ok) return
  }
  const written = await tried(
    'Make a table',
    () => writeAndDrop(api, signal),
    () => 'A table was made and dropped again.',
  )
  yield written.stage
}

const datasetOf = async (api: Api, signal: AbortSignal) => {
  const { project, dataset, createDataset, location } = api.target
  const found = createDataset ? await api.location(signal) : await requireDataset(api, signal)
  if (found === null) {
    const place = location ?? 'US'
    return {
      location: place,
      isThere: false,
      message: `${project}.${dataset} is not there yet; the first load makes it in ${place}.`,
    }
  }
  return { location: found, isThere: true, message: `${project}.${dataset} in ${found}.` }
}

const writeAndDrop = async (api: Api, signal: AbortSignal): Promise<void> => {
  const name = { dataset: api.target.dataset, table: `_millrace_test_${Date.now()}` }
  await ensureTable(
    api,
    name,
    { fields: [{ name: 'n', type: 'INTEGER' }], layout: {}, expiresAt: Date.now() + 3_600_000 },
    signal,
  )
  await dropTable(api, name, signal)
}
