import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listenLocally } from '#test/fakes/listen.ts'
import { bodyOf, GoogleError } from './errors.ts'
import { createFaults, type Fault, type Faults } from './faults.ts'
import { createJobs } from './job-service.ts'
import type { Job } from './jobs.ts'
import { answerRequest, type Context } from './routes.ts'
import { uploadRequest } from './upload-routes.ts'
import { createUploads } from './uploads.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

export type BigQueryOptions = {
  /** Whose token it is, or null; default: every request is let in. */
  readonly whose?: (token: string) => string | null
  /** The files of an address like `gs://bucket/folder/*.parquet`, brought to this machine. */
  readonly objects?: (uri: string) => Promise<readonly string[]>
}

export type BigQueryServer = {
  /** For BIGQUERY_EMULATOR_HOST. */
  readonly url: string
  readonly faults: Faults
  readonly warehouse: Warehouse
  jobs(): readonly Job[]
  /** Permissions that nobody has from now on, for example `bigquery.jobs.create`. */
  deny(...permissions: readonly string[]): void
  /** Jobs wait to begin until this is resolved. */
  holdJobs(until: Promise<void>): void
  /** All requests so far: method and path. */
  readonly requests: readonly string[]
  /** Bytes of uploads that came, those that were cut too. */
  uploadedBytes(): number
  /** Rows of a SELECT in DuckDB's SQL; tables are `"project"."dataset"."table"`. */
  ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

/** Stands in for bigquery.googleapis.com, with DuckDB behind it: what is loaded can be asked for. */
export const startBigQuery = async ({ whose, objects }: BigQueryOptions = {}): Promise<BigQueryServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-bigquery-'))
  const warehouse = await openWarehouse(folder)
  const denied = new Set<string>()
  const allow = (permission: string, resource: string) => {
    if (!denied.has(permission)) return
    const lacks =
      permission === 'bigquery.jobs.create'
        ? `User does not have ${permission} permission in ${resource.toLowerCase().replace('project ', 'project ')}.`
        : `Permission ${permission} denied on ${resource.toLowerCase().replace(/^(\w+) .*/, '$1')} ${resource.split(' ')[1]} (or it may not exist).`
    throw new GoogleError(403, 'accessDenied', `Access Denied: ${resource}: ${lacks}`)
  }
  const jobs = createJobs({ warehouse, allow, objects: objects ?? (() => Promise.resolve([])) })
  const uploads = createUploads(folder)
  const faults = createFaults()
  const requests: string[] = []
  const context: Context = { warehouse, jobs, allow }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = request
    const url = new URL(request.url ?? '/', 'http://localhost')
    const method = request.method ?? 'GET'
    requests.push(`${method} ${url.pathname}`)
    const fault = faults.take(method, url.pathname)
    if (await strike(fault, request, response)) return
    requireToken(request, whose)
    const isUpload = url.pathname.startsWith('/upload/')
    const cut = fault?.kind === 'reset-in-body' ? fault.bytes : null
    const answer = isUpload
      ? await uploadRequest({ jobs, uploads, url: urlOf(request) }, { request, url, cut })
      : await answerRequest(context, { request, url, method })
    if (answer === 'cut' || (fault?.kind === 'reset' && fault.when === 'after')) return void socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=UTF-8', ...answer.headers })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  }

  const server = createServer((request, response) => {
    // A request whose body was left gives its socket up.
    const { socket } = request
    respond(request, response).catch((error: unknown) => {
      if (response.headersSent || socket.destroyed) return void response.destroy()
      const known = error instanceof GoogleError ? error : new GoogleError(400, 'invalid', String(error))
      response.writeHead(known.status, { 'content-type': 'application/json; charset=UTF-8' })
      response.end(JSON.stringify(bodyOf(known)))
    })
  })
  const { url, close } = await listenLocally(server)
  return {
    url,
    faults,
    warehouse,
    requests,
    jobs: jobs.all,
    uploadedBytes: uploads.taken,
    deny: (...permissions) => {
      denied.clear()
      for (const permission of permissions) denied.add(permission)
    },
    holdJobs: jobs.hold,
    ask: async (sql) => {
      const connection = await warehouse.connect({ projectId: '' })
      try {
        const { fields, rows } = await warehouse.ask(connection, sql)
        return rows.map((row) => Object.fromEntries(fields.map(({ name }, index) => [name, row[index] ?? null])))
      } finally {
        connection.closeSync()
      }
    },
    close: async () => {
      await close()
      await jobs.settled()
      warehouse.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const urlOf = (request: IncomingMessage): string => `http://${request.headers.host ?? ''}`

/** Whether the fault has ended the request. */
const strike = async (
  fault: Fault['does'] | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> => {
  switch (fault?.kind) {
    case undefined:
    case 'reset-in-body':
      return false
    case 'answer': {
      const { status, reason, message = 'It does not go well at the moment.' } = fault
      request.resume()
      response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
      response.end(JSON.stringify(bodyOf(new GoogleError(status, reason, message))))
      return true
    }
    case 'reset':
      if (fault.when === 'before') request.socket.destroy()
      return fault.when === 'before'
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds))
      return false
    case 'hold':
      await fault.released
      return false
    default:
      return fault satisfies never
  }
}

const requireToken = ({ headers }: IncomingMessage, whose: BigQueryOptions['whose']): void => {
  const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
  if (!whose || whose(token) !== null) return
  throw new GoogleError(
    401,
    'authError',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  )
}
