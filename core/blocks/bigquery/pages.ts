import { resultPage, type ResultPage } from './answers.ts'
import type { Api } from './api.ts'
import { inserting, newJobId, submitAndAwait, type JobPlace } from './jobs.ts'
import { queryConfiguration } from './query-configuration.ts'

type Page = { readonly rows: number; readonly token: string | null; readonly signal: AbortSignal }

/** Rows of a query that has ended; BigQuery cuts a page at 10 MB. */
export const pageOf = (api: Api, { id, location }: JobPlace, { rows, token, signal }: Page): Promise<ResultPage> => {
  const query = {
    location,
    maxResults: rows,
    // Moments as whole microseconds: as numbers with a point they would be rounded.
    'formatOptions.useInt64Timestamp': true,
    ...(token !== null && { pageToken: token }),
  }
  return api.call({ method: 'GET', path: `/queries/${id}`, query }, resultPage, signal)
}

type Question = { readonly sql: string; readonly location: string; readonly signal: AbortSignal }

/** The rows of a small query, all of whose columns are texts. */
export const askTexts = async (
  api: Api,
  { sql, location, signal }: Question,
): Promise<readonly (readonly (string | null)[])[]> => {
  const submit = inserting(api, queryConfiguration(api.target, sql), signal)
  const { place } = await submitAndAwait(api, { id: newJobId('query'), location }, { submit, signal })
  const { rows } = await pageOf(api, place, { rows: 1000, token: null, signal })
  return rows.map(({ f }) => f.map(({ v }) => (typeof v === 'string' ? v : null)))
}
