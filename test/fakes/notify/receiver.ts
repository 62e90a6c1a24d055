import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { listenLocally, readBody } from '../listen.ts'

export type Received = {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A server for one test that keeps what it got. */
export type Receiver = {
  readonly url: string
  readonly received: readonly Received[]
  /** What it answers to the next requests instead, one each. */
  next(...answers: (Answer | ((response: ServerResponse) => void))[]): void
}

export const startReceiver = async (answer: (request: Received) => Answer): Promise<Receiver> => {
  const received: Received[] = []
  const planned: (Answer | ((response: ServerResponse) => void))[] = []
  const server = createServer((incoming, response) => {
    void answerOne(incoming, response)
  })
  const answerOne = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming)
    const { method = '', url: path = '', headers } = incoming
    const request = { method, path, headers, body: body.toString('utf8') }
    received.push(request)
    const given = planned.shift() ?? answer(request)
    if (typeof given === 'function') given(response)
    else response.writeHead(given.status, given.headers).end(given.body ?? '')
  }
  const { url, close } = await listenLocally(server)
  onTestFinished(close)
  return { url, received, next: (...answers) => void planned.push(...answers) }
}
