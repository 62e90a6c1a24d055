import { jobAnswer, type JobAnswer } from './answers.ts'
import type { Api } from './api.ts'
import type { Target } from './target.ts'

/** A query or statements: names without a dataset mean the block's, and no more is billed than the block allows. */
export const queryConfiguration = (target: Target, sql: string, more: object = {}) => ({
  query: {
    query: sql,
    useLegacySql: false,
    defaultDataset: { projectId: target.project, datasetId: target.dataset },
    ...(target.mostBytes !== null && { maximumBytesBilled: String(target.mostBytes) }),
    ...more,
  },
})

/** What a query would read and what it is, without running it. Costs nothing. */
export const dryRun = (
  api: Api,
  sql: string,
  { location, signal, more = {} }: { location: string; signal: AbortSignal; more?: object },
): Promise<JobAnswer> => {
  // A cap would have nothing to say: a dry run bills nothing.
  const { query } = queryConfiguration({ ...api.target, mostBytes: null }, sql, more)
  const body = { jobReference: { projectId: api.target.project, location }, configuration: { dryRun: true, query } }
  return api.call({ method: 'POST', path: '/jobs', body }, jobAnswer, signal)
}
