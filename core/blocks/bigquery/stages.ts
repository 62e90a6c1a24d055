import type { TestContext } from '#core/kinds/block-type.ts'
import { credentialsOf } from '#core/google/credentials.ts'
import { signInStages, tried } from '#core/google/stages.ts'
import type { TestStage } from '#core/model/block.ts'
import { openApi, type Api } from './api.ts'
import { howToCreate } from './explain.ts'
import { dryRun } from './query-configuration.ts'
import type { BigQuerySettings } from './settings.ts'
import { dropTable, ensureDataset, ensureTable, noDataset } from './tables.ts'
import { targetOf, type Target } from './target.ts'

/** One after the other, up to the first that fails. */
export async function* testStages(context: TestContext<BigQuerySettings>): AsyncGenerator<TestStage> {
  const { settings, signal, write = false, create = false } = context
  const google = yield* signInStages(() => credentialsOf(context, settings.gcp_credentials), {
    service: 'bigquery',
    signal,
  })
  if (!google) return
  const opened = await tried(
    'Settings',
    async () => openApi(wanting(await targetOf(context, google), create)),
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
  const isMissing = found.value?.isThere === false
  yield isMissing ? missing(api, found.stage, { write, create }) : found.stage
  if (!found.value || (isMissing && !api.target.createDataset)) return
  const { location } = found.value
  const allowed = await tried(
    'Run queries',
    () => dryRun(api, 'SELECT 1', { location, signal }),
    () => `Jobs may be run in the project “${api.target.project}”.`,
  )
  yield allowed.stage
  if (!allowed.stage.ok) return
  if (isMissing) {
    if (!create && !write) return
    const made = await tried(
      'Create the dataset',
      () => ensureDataset(api, signal),
      (place) => `${api.target.project}.${api.target.dataset} in ${place}.`,
    )
    yield made.stage
    if (!made.stage.ok) return
  }
  if (!write) return
  const written = await tried(
    'Make a table',
    () => writeAndDrop(api, signal),
    () => 'A table was made and dropped again.',
  )
  yield written.stage
}

const datasetOf = async (api: Api, signal: AbortSignal) => {
  const { project, dataset } = api.target
  const found = await api.location(signal)
  if (found !== null) return { location: found, isThere: true, message: `${project}.${dataset} in ${found}.` }
  return { location: placeToMake(api), isThere: false, message: `There is no dataset ${project}.${dataset} yet.` }
}

const placeToMake = ({ target }: Api): string => target.location ?? 'US'

/** Whoever took the offer wants what the setting says. */
const wanting = (target: Target, create: boolean): Target => (create ? { ...target, createDataset: true } : target)

/** That it is missing is right where this test, or the first load, creates it. */
const missing = (api: Api, stage: TestStage, { write, create }: { write: boolean; create: boolean }): TestStage => {
  const { project, dataset, createDataset } = api.target
  if (create || (write && createDataset)) return stage
  const place = placeToMake(api)
  const offer = { action: 'create', title: `Create the dataset in ${place}` } as const
  if (createDataset)
    return { ...stage, message: `${project}.${dataset} is not there yet; the first load makes it in ${place}.`, offer }
  return { ...stage, ok: false, message: noDataset(api).explained.message, remedy: howToCreate(api.target), offer }
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
