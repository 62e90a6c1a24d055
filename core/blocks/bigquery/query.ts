import type { DatabaseClient, Estimate, QueryParameters } from '#core/kinds/capabilities.ts'
import type { Api } from './api.ts'
import { pageOf } from './pages.ts'
import { dryRun } from './query-configuration.ts'
import { parametersIn } from './query-parameters.ts'
import { jsonOf } from './result-cells.ts'
import { duckdbType } from './result-types.ts'
import { runQuery } from './select.ts'
import { requireDataset } from './tables.ts'

type Asked = { readonly sql: string; readonly limit: number; readonly signal: AbortSignal }

export const queryRows = async (api: Api, { sql, limit, signal }: Asked): ReturnType<DatabaseClient['query']> => {
  const place = await runQuery(api, { sql, signal })
  const { schema, rows } = await pageOf(api, place, { rows: limit, token: null, signal })
  const { fields } = schema
  return {
    columns: fields.map((field) => ({ name: field.name, type: duckdbType(field) })),
    rows: rows
      .slice(0, limit)
      .map(({ f }) => Object.fromEntries(fields.map((field, index) => [field.name, jsonOf(f[index]?.v, field)]))),
  }
}

type Question = { readonly sql: string; readonly parameters: QueryParameters; readonly signal: AbortSignal }

export const estimateBytes = async (api: Api, { sql, parameters, signal }: Question): Promise<Estimate> => {
  const location = await requireDataset(api, signal)
  const { statistics } = await dryRun(api, sql, { location, signal, more: parametersIn(parameters) })
  return { bytes: statistics.totalBytesProcessed ?? 0, mostBytes: api.target.mostBytes }
}
