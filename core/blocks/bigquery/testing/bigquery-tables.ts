import { bigqueryBlock } from '#core/blocks/bigquery/index.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { startBigQuery, type BigQueryServer } from '#test/fakes/bigquery/server.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'

type TestAsked = { readonly write?: boolean; readonly create?: boolean }

export type Started = {
  readonly server: BigQueryServer
  readonly log: string[]
  open(settings?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<DatabaseClient>
  /** One that may write. */
  test(settings?: Readonly<Record<string, unknown>>, asked?: TestAsked): ReturnType<typeof bigqueryBlock.test>
  close(): Promise<void>
}

/** A server with the dataset `rides.trips`, and the block on it, without sign-in as with any emulator. */
export const startedBigQuery = async (options: Parameters<typeof startBigQuery>[0] = {}): Promise<Started> => {
  const server = await startBigQuery(options)
  await server.warehouse.createDataset({ projectId: 'rides', datasetId: 'trips', location: 'EU' })
  const before = process.env['BIGQUERY_EMULATOR_HOST']
  process.env['BIGQUERY_EMULATOR_HOST'] = server.url
  const log: string[] = []
  const contextOf = (settings: Readonly<Record<string, unknown>>, signal = new AbortController().signal) => ({
    settings: bigqueryBlock.config.parse({ project: 'rides', dataset: 'trips', ...settings }),
    secret: () => Promise.reject(new Error('There is no secret.')),
    home: '.',
    block: noNestedBlock,
    http: noHttp,
    signal,
    note: (message: string) => void log.push(message),
    warn: (message: string) => void log.push(message),
  })
  return {
    server,
    log,
    open: async (settings = {}, signal) => {
      const client = await bigqueryBlock.openDatabase?.(contextOf(settings, signal))
      if (!client) throw new Error('The block opens no database.')
      return client
    },
    test: (settings = {}, asked = { write: true }) => bigqueryBlock.test({ ...contextOf(settings), ...asked }),
    close: async () => {
      if (before === undefined) delete process.env['BIGQUERY_EMULATOR_HOST']
      else process.env['BIGQUERY_EMULATOR_HOST'] = before
      await server.close()
    },
  }
}
