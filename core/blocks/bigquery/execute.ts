import type { ExecuteRequest, ExecuteResult } from '#core/kinds/capabilities.ts'
import { jobList, type JobAnswer } from './answers.ts'
import type { Api } from './api.ts'
import { doOnce, inserting, newJobId, submitAndAwait, type Done } from './jobs.ts'
import { queryConfiguration } from './query-configuration.ts'
import { scriptOf } from './statements.ts'
import { ensureDataset } from './tables.ts'

export const executeStatements = async (api: Api, { sql, loadId, signal }: ExecuteRequest): Promise<ExecuteResult> => {
  const location = await ensureDataset(api, signal)
  const script = scriptOf(sql)
  if (!script.isAtomic)
    api.target.note(
      'BigQuery makes no transaction of statements that make or drop tables: when one fails, what ran before it stays.',
    )
  const submit = inserting(api, queryConfiguration(api.target, script.sql), signal)
  const done =
    loadId === null
      ? await submitAndAwait(api, { id: newJobId('execute'), location }, { submit, signal })
      : await doOnce(api, { loadId, step: 'execute', location, signal, submit })
  return { statements: await statementsOf(api, done, signal), repeated: done.repeated }
}

/** Each statement of a script is a job of its own, listed with the newest first. */
const statementsOf = async (
  api: Api,
  { job, place }: Done,
  signal: AbortSignal,
): Promise<ExecuteResult['statements']> => {
  if ((job.statistics.numChildJobs ?? 0) === 0) return [toldOf(job)]
  const jobs: JobAnswer[] = []
  let token: string | undefined
  do {
    const query = {
      parentJobId: place.id,
      projection: 'full',
      maxResults: 1000,
      ...(token !== undefined && { pageToken: token }),
    }
    const page = await api.call({ method: 'GET', path: '/jobs', query }, jobList, signal)
    jobs.push(...page.jobs)
    token = page.nextPageToken
  } while (token !== undefined)
  return jobs
    .toReversed()
    .map(toldOf)
    .filter(({ command }) => !/^(BEGIN|COMMIT)_TRANSACTION$/.test(command))
}

const toldOf = ({ statistics: { query } }: JobAnswer): ExecuteResult['statements'][number] => ({
  command: query?.statementType ?? 'STATEMENT',
  rows: query?.numDmlAffectedRows ?? null,
})
