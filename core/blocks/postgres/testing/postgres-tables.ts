import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseClient, LoadRequest, LoadResult } from '#core/kinds/capabilities.ts'
import type { Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { JobOutcome } from '#core/model/worker-job.ts'
import { runTableJob } from '#core/world/tables/job.ts'
import type { Person, PostgresServer } from '#test/fixtures/postgres.ts'
import { tableJobs } from '#test/fixtures/table-job.ts'
import type { BlockContext } from '#core/kinds/block-type.ts'
import { postgresBlock } from '#core/blocks/postgres/index.ts'
import { postgresSettings, type PostgresSettings } from '#core/blocks/postgres/settings.ts'

type Place = {
  readonly database?: string
  readonly person?: Person
  readonly settings?: Readonly<Record<string, unknown>>
}

/** The block's client, as a task gets it. */
export const clientOf = (server: PostgresServer, place: Place = {}, signal = new AbortController().signal) => {
  const { user, password } = place.person ?? server.superuser
  const settings = postgresBlock.config.parse({
    host: server.host,
    port: server.port,
    database: place.database ?? 'postgres',
    user,
    ...place.settings,
  })
  const context = {
    settings,
    secret: () => Promise.resolve(password),
    home: '.',
    block: noNestedBlock,
    http: noHttp,
    signal,
  }
  if (!postgresBlock.openDatabase) throw new Error('The block opens no database.')
  return postgresBlock.openDatabase(context)
}

export const contextOf = (
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): BlockContext<PostgresSettings> => ({
  settings: postgresSettings.parse(settings),
  secret: (field: string) => {
    const value = secrets[field]
    const message = `The secret “${field}” of block:postgres/it is not set.`
    return value === undefined ? Promise.reject(new Refused({ code: 'not-found', message })) : Promise.resolve(value)
  },
  home: '.',
  block: noNestedBlock,
  http: noHttp,
  signal: new AbortController().signal,
})

/** DuckDB’s side: tables of SQL, in jobs as a worker runs them. */
export const duckTables = () => {
  const jobs = tableJobs()
  let count = 0

  const use = async <T>(work: (tables: Tables) => Promise<T>, signal = new AbortController().signal): Promise<T> => {
    let result: { readonly value: T } | null = null
    let outcome: JobOutcome | null = null
    count += 1
    const results = join(jobs.folder, `job-${count}`)
    const scratch = join(results, 'scratch')
    mkdirSync(scratch, { recursive: true })
    const none = () => undefined
    await runTableJob({
      engine: jobs.engine,
      members: [
        {
          taskRun: 'task',
          results,
          scratch,
          taken: [],
          log: { debug: none, info: none, warning: none, error: none },
          run: async (tables) => {
            result = { value: await work(tables) }
            return {}
          },
        },
      ],
      signal,
      report: (_taskRun, reported) => {
        outcome = reported
      },
    })
    const ended = outcome as JobOutcome | null
    if (ended?.kind === 'failed') throw new Refused(ended.failure)
    const done = result as { readonly value: T } | null
    if (ended?.kind !== 'completed' || done === null)
      throw new Refused({ code: 'cancelled', message: String(ended?.kind) })
    return done.value
  }

  return {
    use,
    /** Rows of a SELECT, loaded. */
    load: (
      client: DatabaseClient,
      select: string,
      request: Partial<LoadRequest> & { into: string },
    ): Promise<LoadResult> =>
      use(
        async (tables) =>
          client.load({
            table: await tables.derive({}, select),
            tables,
            mode: 'append',
            keys: [],
            loadId: `load-${(count += 1)}`,
            signal: new AbortController().signal,
            progress: () => undefined,
            warn: () => undefined,
            ...request,
          }),
        request.signal,
      ),
    /** Rows of a query in PostgreSQL, then of a SELECT over them as `{it}`. */
    select: (client: DatabaseClient, sql: string, then = 'SELECT * FROM {it}') =>
      use(async (tables) => {
        const signal = new AbortController().signal
        const warnings: string[] = []
        const table: TableHandle = await client.select({
          sql,
          tables,
          results: '',
          signal,
          progress: () => undefined,
          warn: (message) => void warnings.push(message),
        })
        return { table, rows: await tables.ask({ it: table }, then), warnings }
      }),
    close: jobs.close,
  }
}
