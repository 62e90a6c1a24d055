import type { BigQuery } from '@google-cloud/bigquery'
import type { Target } from './target.ts'

export type Call = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the project, for example `/jobs`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
}

/** One request of Google's client, tried once. Throws what `answerOf` tells apart. */
export type Send = (call: Call) => Promise<unknown>

export const openSend = async ({ project, google }: Target): Promise<Send> => {
  // It is CommonJS, of which a bundle knows no names.
  const { BigQuery } = (await import('@google-cloud/bigquery')).default
  const client = new BigQuery({
    projectId: project,
    authClient: google.authClient,
    retryOptions: { autoRetry: false },
    userAgent: 'millrace',
  })
  return (call) => send(client, call)
}

const send = (client: BigQuery, { method, path, query, body }: Call): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const options = { method, uri: path, ...(query && { qs: { ...query } }), ...(body !== undefined && { json: body }) }
    client.request(options, (error: Error | null, answer: unknown) => {
      if (error) reject(error)
      else resolve(answer)
    })
  })
