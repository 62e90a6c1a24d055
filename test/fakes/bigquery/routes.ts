import type { IncomingMessage } from 'node:http'
import { readBody } from '#test/fakes/listen.ts'
import { rowOf } from './cells.ts'
import { GoogleError } from './errors.ts'
import type { TableField } from './field-types.ts'
import type { TableReference } from './google-sql.ts'
import type { InsertRequest, Jobs } from './job-service.ts'
import { jobResource, type Job, type QueryConfiguration } from './jobs.ts'
import { qualified, type DatasetFacts, type TimePartitioning, type Warehouse } from './warehouse.ts'

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export type Context = {
  readonly warehouse: Warehouse
  readonly jobs: Jobs
  allow(permission: string, resource: string): void
}

type Asked = { readonly parts: readonly string[]; readonly query: URLSearchParams; readonly body: unknown }
type Route = (context: Context, asked: Asked) => Promise<unknown>

/** Method and path below `/projects/{project}`; `*` stands for a name. */
const routes: Readonly<Record<string, Route>> = {
  'POST /jobs': ({ jobs }, { parts: [project = ''], body }) => jobs.insert(project, body as InsertRequest),
  // The newest first.
  'GET /jobs': async ({ jobs }, { query }) => ({
    jobs: jobs
      .all()
      .filter(({ parent }) => parent === query.get('parentJobId'))
      .map(jobResource)
      .toReversed(),
  }),
  'GET /jobs/*': async ({ jobs }, { parts: [, id = ''], query }) => jobResource(jobs.find(id, query.get('location'))),
  'POST /jobs/*/cancel': async ({ jobs }, { parts: [, id = ''], query }) =>
    jobs.cancel(jobs.find(id, query.get('location'))),
  'GET /queries/*': async (context, { parts: [, id = ''], query }) =>
    resultsOf(context, context.jobs.find(id, query.get('location')), query),
  'POST /queries': async (context, { parts: [project = ''], body, query }) => {
    const {
      location,
      requestId: _requestId,
      dryRun,
      labels: _labels,
      ...configuration
    } = body as QueryConfiguration & { location?: string; requestId?: string; dryRun?: boolean; labels?: object }
    const made = await context.jobs.insert(project, {
      ...(location !== undefined && { jobReference: { location } }),
      configuration: { query: configuration, ...(dryRun !== undefined && { dryRun }) },
    })
    return dryRun
      ? { ...made.statistics, jobComplete: true }
      : resultsOf(context, context.jobs.find(made.jobReference.jobId, null), query)
  },
  'GET /datasets': async ({ warehouse }, { parts: [project = ''] }) => ({
    datasets: warehouse.datasets(project).map(datasetResource),
  }),
  'POST /datasets': async ({ warehouse, allow }, { parts: [project = ''], body }) => {
    allow('bigquery.datasets.create', `Project ${project}`)
    const { datasetReference, location = 'US' } = body as { datasetReference: { datasetId: string }; location?: string }
    await warehouse.createDataset({ projectId: project, datasetId: datasetReference.datasetId, location })
    return datasetResource(warehouse.dataset(project, datasetReference.datasetId))
  },
  'GET /datasets/*': async ({ warehouse, allow }, { parts: [project = '', dataset = ''] }) => {
    allow('bigquery.datasets.get', `Dataset ${project}:${dataset}`)
    return datasetResource(warehouse.dataset(project, dataset))
  },
  'DELETE /datasets/*': async ({ warehouse }, { parts: [project = '', dataset = ''] }) =>
    warehouse.deleteDataset(project, dataset),
  'GET /datasets/*/tables': async ({ warehouse }, { parts: [project = '', dataset = ''] }) => ({
    tables: warehouse
      .tables(project, dataset)
      .map((tableId) => ({ tableReference: { projectId: project, datasetId: dataset, tableId } })),
  }),
  'POST /datasets/*/tables': async (context, { body }) => {
    const { tableReference, schema, timePartitioning, clustering, expirationTime } = body as NewTable
    context.allow('bigquery.tables.create', `Dataset ${tableReference.projectId}:${tableReference.datasetId}`)
    await context.warehouse.createTable(tableReference, schema?.fields ?? [], {
      ...(timePartitioning && { timePartitioning }),
      ...(clustering && { clustering }),
      ...(expirationTime !== undefined && { expirationTime }),
    })
    return tableResource(context, tableReference)
  },
  'GET /datasets/*/tables/*': (context, { parts }) => {
    const table = tableIn(parts)
    context.allow('bigquery.tables.get', `Table ${table.projectId}:${table.datasetId}.${table.tableId}`)
    return tableResource(context, table)
  },
  'DELETE /datasets/*/tables/*': ({ warehouse }, { parts }) => warehouse.deleteTable(tableIn(parts)),
  'GET /datasets/*/tables/*/data': async ({ warehouse }, { parts, query }) => {
    const table = tableIn(parts)
    warehouse.facts(table)
    const fields = (await warehouse.describe(table)) ?? []
    return { kind: 'bigquery#tableDataList', ...(await pageOf(warehouse, { table: qualified(table), fields }, query)) }
  },
}

type NewTable = {
  readonly tableReference: TableReference
  readonly schema?: { readonly fields: readonly TableField[] }
  readonly timePartitioning?: TimePartitioning
  readonly clustering?: { readonly fields: readonly string[] }
  readonly expirationTime?: string
}

export const answerRequest = async (
  context: Context,
  { request, url, method }: { request: IncomingMessage; url: URL; method: string },
): Promise<Answer> => {
  // Clients that are told of an emulator leave out what stands before the projects.
  const [, project = '', rest = ''] =
    /^(?:\/bigquery\/v2)?\/projects\/([^/]+)(.*)$/.exec(decodeURIComponent(url.pathname)) ?? []
  const found = Object.entries(routes).flatMap(([pattern, route]) => {
    const [verb, path = ''] = pattern.split(' ')
    const names = verb === method ? new RegExp(`^${path.replaceAll('*', '([^/]+)')}$`).exec(rest) : null
    return names ? [{ route, names: names.slice(1) }] : []
  })[0]
  if (!found) throw new GoogleError(404, 'notFound', `Not found: ${method} ${url.pathname}`)
  const text = method === 'POST' ? (await readBody(request)).toString('utf8') : ''
  const body: unknown = text === '' ? {} : JSON.parse(text)
  const answer = await found.route(context, { parts: [project, ...found.names], query: url.searchParams, body })
  return answer === undefined ? { status: 204 } : { status: 200, body: answer }
}

const tableIn = ([projectId = '', datasetId = '', tableId = '']: readonly string[]): TableReference => ({
  projectId,
  datasetId,
  tableId,
})

const datasetResource = ({ projectId, datasetId, location }: DatasetFacts) => ({
  kind: 'bigquery#dataset',
  id: `${projectId}:${datasetId}`,
  datasetReference: { projectId, datasetId },
  location,
})

const tableResource = async ({ warehouse }: Context, table: TableReference) => {
  const { createdAt, ...facts } = warehouse.facts(table)
  const [fields, bytes] = [await warehouse.describe(table), await warehouse.bytes(table, null)]
  const connection = await warehouse.connect(table)
  const { rows } = await warehouse.ask(connection, `SELECT count(*) FROM ${qualified(table)}`)
  connection.closeSync()
  return {
    kind: 'bigquery#table',
    id: `${table.projectId}:${table.datasetId}.${table.tableId}`,
    tableReference: table,
    type: 'TABLE',
    location: warehouse.dataset(table.projectId, table.datasetId).location,
    schema: { fields },
    numRows: String(Number(rows[0]?.[0])),
    numBytes: String(bytes),
    creationTime: String(createdAt),
    ...facts,
  }
}

/** How long an answer waits for a query that runs, when nothing else is asked: milliseconds. */
const patience = 10_000

const resultsOf = async ({ warehouse }: Context, job: Job, query: URLSearchParams) => {
  const waited = Math.min(Number(query.get('timeoutMs') ?? patience), patience)
  let timer: NodeJS.Timeout | undefined
  await Promise.race([job.done, new Promise((resolve) => (timer = setTimeout(resolve, waited)))])
  clearTimeout(timer)
  const base = { kind: 'bigquery#getQueryResultsResponse', jobReference: job.reference }
  if (job.state !== 'DONE') return { ...base, jobComplete: false }
  const { error, results, statistics } = job
  if (error)
    throw new GoogleError(
      error.reason === 'notFound' ? 404 : error.reason === 'accessDenied' ? 403 : 400,
      error.reason,
      error.message,
    )
  const facts = { ...base, jobComplete: true, totalBytesProcessed: statistics['totalBytesProcessed'], cacheHit: false }
  if (!results) return { ...facts, totalRows: '0', schema: { fields: [] } }
  return { ...facts, schema: { fields: results.fields }, ...(await pageOf(warehouse, results, query)) }
}

/** BigQuery's pages hold 10 MB at most; these hold so many rows. */
const mostRows = 10_000

const pageOf = async (
  warehouse: Warehouse,
  { table, fields }: { readonly table: string; readonly fields: readonly TableField[] },
  query: URLSearchParams,
) => {
  const asked = query.get('maxResults')
  const limit = Math.min(asked === null ? mostRows : Number(asked), mostRows)
  const start = Number(query.get('pageToken')?.replace('page-', '') ?? query.get('startIndex') ?? 0)
  const connection = await warehouse.connect({ projectId: '' })
  try {
    const total = Number((await warehouse.ask(connection, `SELECT count(*) FROM ${table}`)).rows[0]?.[0])
    const { rows } = await warehouse.ask(
      connection,
      `SELECT * FROM ${table} ORDER BY rowid LIMIT ${limit} OFFSET ${start}`,
    )
    const isInt64 = query.get('formatOptions.useInt64Timestamp') === 'true'
    const next = start + rows.length
    return {
      totalRows: String(total),
      rows: rows.map((row) => rowOf(row, fields, isInt64)),
      ...(next < total && limit > 0 && { pageToken: `page-${next}` }),
    }
  } finally {
    connection.closeSync()
  }
}
