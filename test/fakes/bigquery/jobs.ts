import type { DuckDBConnection } from '@duckdb/node-api'
import { GoogleError, protoOf, type ErrorProto } from './errors.ts'
import type { TableField } from './field-types.ts'
import type { TableReference } from './google-sql.ts'

export type JobReference = { readonly projectId: string; readonly jobId: string; readonly location: string }

export type LoadConfiguration = {
  readonly destinationTable: TableReference
  readonly schema?: { readonly fields: readonly TableField[] }
  readonly sourceUris?: readonly string[]
  readonly sourceFormat?: string
  readonly writeDisposition?: string
  readonly createDisposition?: string
  readonly timePartitioning?: { readonly type: string; readonly field?: string }
  readonly clustering?: { readonly fields: readonly string[] }
  readonly skipLeadingRows?: number | string
  readonly fieldDelimiter?: string
  readonly nullMarker?: string
  readonly autodetect?: boolean
  readonly schemaUpdateOptions?: readonly string[]
}

export type QueryParameter = {
  readonly name?: string
  readonly parameterType: { readonly type: string; readonly arrayType?: { readonly type: string } }
  readonly parameterValue: {
    /** Clients send numbers as they are. */
    readonly value?: string | number | boolean | null
    readonly arrayValues?: readonly { readonly value?: string | number | boolean | null }[]
  }
}

export type QueryConfiguration = {
  readonly query: string
  readonly useLegacySql?: boolean
  readonly defaultDataset?: { readonly projectId?: string; readonly datasetId: string }
  readonly destinationTable?: TableReference
  readonly writeDisposition?: string
  readonly createDisposition?: string
  readonly maximumBytesBilled?: string
  readonly queryParameters?: readonly QueryParameter[]
  readonly timePartitioning?: { readonly type: string; readonly field?: string }
  readonly clustering?: { readonly fields: readonly string[] }
}

export type JobConfiguration = {
  readonly dryRun?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly load?: LoadConfiguration
  readonly query?: QueryConfiguration
}

export type Job = {
  readonly reference: JobReference
  readonly configuration: JobConfiguration
  readonly parent: string | null
  readonly createdAt: number
  state: 'PENDING' | 'RUNNING' | 'DONE'
  endedAt: number | null
  error: ErrorProto | null
  statistics: Readonly<Record<string, unknown>>
  /** Of a query: where its rows are, with their columns. */
  results: { readonly table: string; readonly fields: readonly TableField[]; readonly rows: number } | null
  /** Of what it runs, to interrupt it. */
  connection: DuckDBConnection | null
  isCancelled: boolean
  /** Resolves when it is done. */
  done: Promise<void>
}

export const newJob = (
  reference: JobReference,
  configuration: JobConfiguration,
  parent: string | null = null,
): Job => ({
  reference,
  configuration,
  parent,
  createdAt: Date.now(),
  state: 'PENDING',
  endedAt: null,
  error: null,
  statistics: {},
  results: null,
  connection: null,
  isCancelled: false,
  done: Promise.resolve(),
})

/** Runs it; what goes wrong is kept in it. */
export const runJob = async (job: Job, work: () => Promise<void>): Promise<void> => {
  job.state = 'RUNNING'
  try {
    if (!job.isCancelled) await work()
    if (job.isCancelled) throw new Error('cancelled')
  } catch (error) {
    const known =
      error instanceof GoogleError
        ? error
        : new GoogleError(400, 'invalidQuery', String(error instanceof Error ? error.message.split('\n')[0] : error))
    job.error = protoOf(
      job.isCancelled
        ? new GoogleError(499, 'stopped', 'Job execution was cancelled: User requested cancellation')
        : known,
    )
  } finally {
    job.connection = null
    job.endedAt = Date.now()
    job.state = 'DONE'
  }
}

export const cancelJob = (job: Job): void => {
  if (job.state === 'DONE') return
  job.isCancelled = true
  job.connection?.interrupt()
}

/** As `jobs.get` answers it. */
export const jobResource = (job: Job) => {
  const { reference, configuration, createdAt, endedAt, error, statistics, parent, state } = job
  const { projectId, location, jobId } = reference
  const jobType = configuration.load ? 'LOAD' : 'QUERY'
  return {
    kind: 'bigquery#job',
    id: `${projectId}:${location}.${jobId}`,
    selfLink: '',
    user_email: 'loader@example.iam.gserviceaccount.com',
    configuration: { jobType, ...configuration },
    jobReference: reference,
    statistics: {
      creationTime: String(createdAt),
      startTime: String(createdAt),
      ...(endedAt !== null && { endTime: String(endedAt) }),
      ...(parent !== null && { parentJobId: parent }),
      ...statistics,
    },
    status: { state, ...(error && { errorResult: error, errors: [error] }) },
  }
}
