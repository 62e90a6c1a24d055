import { GoogleError } from './errors.ts'
import type { TableReference } from './google-sql.ts'
import { cancelJob, jobResource, newJob, runJob, type Job, type JobConfiguration, type JobReference } from './jobs.ts'
import { runLoad } from './run-load.ts'
import { billed, planQuery, runQuery, type QueryWorld } from './run-query.ts'
import type { Warehouse } from './warehouse.ts'

export type JobsWorld = {
  readonly warehouse: Warehouse
  /** Throws when the permission is missing; `resource` is for example `Dataset p:d`. */
  allow(permission: string, resource: string): void
  objects(uri: string): Promise<readonly string[]>
}

export type InsertRequest = {
  readonly jobReference?: Partial<JobReference>
  readonly configuration: JobConfiguration
}

export type Jobs = ReturnType<typeof createJobs>

const resourceOf = ({ projectId, datasetId, tableId }: TableReference): string =>
  `Table ${projectId}:${datasetId}.${tableId}`

export const createJobs = ({ warehouse, allow, objects }: JobsWorld) => {
  const jobs = new Map<string, Job>()
  let count = 0
  let held: Promise<void> = Promise.resolve()
  const world: QueryWorld = {
    warehouse,
    allow: (permission, table) => allow(permission, resourceOf(table)),
    child: (parent, statistics) => {
      const jobId = `script_job_${parent.reference.jobId}_${(count += 1)}`
      const child = newJob({ ...parent.reference, jobId }, parent.configuration, parent.reference.jobId)
      Object.assign(child, { state: 'DONE', endedAt: Date.now(), statistics })
      jobs.set(jobId, child)
    },
  }

  const locationOf = ({ load, query }: JobConfiguration, projectId: string): string => {
    const place = load?.destinationTable ?? query?.defaultDataset ?? query?.destinationTable
    const found =
      place && warehouse.datasets(place.projectId ?? projectId).find(({ datasetId }) => datasetId === place.datasetId)
    return found?.location ?? 'US'
  }

  const run = async (job: Job, files: readonly string[] | null): Promise<void> => {
    await held
    await runJob(job, async () => {
      const { load } = job.configuration
      if (!load) return runQuery(world, job)
      allow(
        warehouse.has(load.destinationTable) ? 'bigquery.tables.updateData' : 'bigquery.tables.create',
        warehouse.has(load.destinationTable)
          ? resourceOf(load.destinationTable)
          : `Dataset ${load.destinationTable.projectId}:${load.destinationTable.datasetId}`,
      )
      await runLoad(warehouse, job, files ?? (await fetched(load.sourceUris ?? [], objects)))
    })
  }

  const insert = async (projectId: string, request: InsertRequest, files: readonly string[] | null = null) => {
    allow('bigquery.jobs.create', `Project ${projectId}`)
    const { configuration, jobReference } = request
    const jobId = jobReference?.jobId ?? `job_${(count += 1)}`
    const location = jobReference?.location ?? locationOf(configuration, projectId)
    const job = newJob({ projectId, jobId, location }, configuration)
    if (configuration.dryRun) return dryRun(world, job)
    if (jobs.has(jobId))
      throw new GoogleError(409, 'duplicate', `Already Exists: Job ${projectId}:${location}.${jobId}`)
    jobs.set(jobId, job)
    job.done = run(job, files)
    return jobResource(job)
  }

  const find = (jobId: string, location: string | null): Job => {
    const found = jobs.get(jobId)
    if (found && (location === null || location.toUpperCase() === found.reference.location.toUpperCase())) return found
    throw new GoogleError(
      404,
      'notFound',
      `Not found: Job ${found?.reference.projectId ?? 'project'}:${location ?? 'US'}.${jobId}`,
    )
  }

  return {
    insert,
    find,
    has: (jobId: string) => jobs.has(jobId),
    all: () => [...jobs.values()],
    hold: (until: Promise<void>) => {
      held = until
    },
    cancel: (job: Job) => {
      cancelJob(job)
      return { kind: 'bigquery#jobCancelResponse', job: jobResource(job) }
    },
    settled: async () => {
      await Promise.allSettled([...jobs.values()].map(({ done }) => done))
    },
  }
}

const fetched = async (uris: readonly string[], objects: JobsWorld['objects']): Promise<readonly string[]> => {
  const files: string[] = []
  for (const uri of uris) {
    const found = await objects(uri)
    if (found.length === 0) throw new GoogleError(404, 'notFound', `Not found: URI ${uri}`)
    files.push(...found)
  }
  return files
}

const dryRun = async (world: QueryWorld, job: Job) => {
  const { bytes, statementType } = await planQuery(world, job)
  return {
    ...jobResource(job),
    status: { state: 'DONE' },
    statistics: {
      totalBytesProcessed: String(bytes),
      query: { statementType, totalBytesProcessed: String(bytes), totalBytesBilled: String(billed(0)) },
    },
  }
}
