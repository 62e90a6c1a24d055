import { GoogleRefused } from '#core/google/google-refused.ts'
import { Refused } from '#core/model/failure.ts'
import { anything, tableAnswer, type SchemaField, type TableAnswer } from './answers.ts'
import type { Api } from './api.ts'
import { placeOf, refusedBy } from './explain.ts'
import type { ApiLayout } from './layout.ts'
import type { TableName } from './target.ts'

export const referenceTo = ({ target }: Api, { dataset, table }: TableName) => ({
  projectId: target.project,
  datasetId: dataset,
  tableId: table,
})

/** Where jobs run: where the dataset is, which is made when the block says so. */
export const ensureDataset = async (api: Api, signal: AbortSignal): Promise<string> => {
  const { target } = api
  const found = await api.location(signal)
  if (found !== null) return found
  if (!target.createDataset) throw noDataset(api)
  const location = target.location ?? 'US'
  const body = { datasetReference: { projectId: target.project, datasetId: target.dataset }, location }
  await ignoring(409, () => api.call({ method: 'POST', path: '/datasets', body }, anything, signal))
  target.note(`Made the dataset ${target.project}.${target.dataset} in ${location}.`)
  return location
}

/** For what only reads. */
export const requireDataset = async (api: Api, signal: AbortSignal): Promise<string> => {
  const found = await api.location(signal)
  if (found === null) throw noDataset(api)
  return found
}

export const noDataset = ({ target }: Api): GoogleRefused => {
  const message = `Not found: Dataset ${target.project}:${target.dataset}`
  return refusedBy({ status: 404, reason: 'notFound', message, network: null }, placeOf(target))
}

const pathOf = ({ dataset, table }: TableName): string => `/datasets/${dataset}/tables/${table}`

/** Null when there is none. Views are refused: rows go into tables. */
export const findTable = async (api: Api, name: TableName, signal: AbortSignal): Promise<TableAnswer | null> => {
  const found = await api.find({ method: 'GET', path: pathOf(name) }, tableAnswer, signal)
  if (found === null || found.type === 'TABLE') return found
  throw new Refused({
    code: 'conflict',
    message: `“${name.dataset}.${name.table}” is no table but a ${found.type.toLowerCase().replaceAll('_', ' ')}. Rows can only be loaded into a table: choose another name.`,
  })
}

type NewTable = { readonly fields: readonly SchemaField[]; readonly layout: ApiLayout; readonly expiresAt?: number }

/** Nothing happens when it is there already. */
export const ensureTable = async (
  api: Api,
  name: TableName,
  { fields, layout, expiresAt }: NewTable,
  signal: AbortSignal,
): Promise<void> => {
  const body = {
    tableReference: referenceTo(api, name),
    schema: { fields },
    ...layout,
    ...(expiresAt !== undefined && { expirationTime: String(expiresAt) }),
  }
  await ignoring(409, () =>
    api.call({ method: 'POST', path: `/datasets/${name.dataset}/tables`, body }, anything, signal),
  )
}

export const dropTable = (api: Api, name: TableName, signal: AbortSignal): Promise<void> =>
  ignoring(404, () => api.call({ method: 'DELETE', path: pathOf(name) }, anything, signal))

const ignoring = async (status: number, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof GoogleRefused) || error.answer.status !== status) throw error
  }
}
