import { Agent, request as requestPlain, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as requestSecure } from 'node:https'

export type WireRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | number>>
  /** Sent as they come, as fast as the other side takes them; their length stands in the headers. */
  readonly body?: AsyncIterable<Buffer>
  readonly signal: AbortSignal
}

export type WireAnswer = {
  readonly status: number
  header(name: string): string | null
  /** An answer that is not read holds its connection. */
  readonly body: IncomingMessage
}

/** Plain requests, for what must be fast: large buffers go to the socket as they are. Proxies of the environment are used. */
export type Wire = {
  /** Resolves with the headers of the answer, also when it comes before all is sent. Rejects when none comes. */
  send(request: WireRequest): Promise<WireAnswer>
  close(): void
}

/** Milliseconds without a byte in either direction, after which a connection counts as dead. */
const silence = 60_000

export const openWire = (): Wire => {
  const options = { keepAlive: true, proxyEnv: process.env }
  const [plain, secure] = [new Agent(options), new SecureAgent(options)]
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { url, method, headers, signal, body } = request
        const isSecure = url.startsWith('https:')
        const common = { method, headers, signal, timeout: silence }
        const sent = isSecure
          ? requestSecure(url, { ...common, agent: secure })
          : requestPlain(url, { ...common, agent: plain })
        sent.on('error', reject)
        sent.on('timeout', () => sent.destroy(timedOut()))
        sent.on('response', (answer) => {
          // Whoever answers before the end wants no more.
          if (!sent.writableEnded) answer.once('close', () => sent.destroy())
          resolve(answerFrom(answer))
        })
        if (!body) sent.end()
        else sendAll(sent, body).catch((error: unknown) => sent.destroy(error instanceof Error ? error : undefined))
      }),
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  }
}

const timedOut = (): Error => Object.assign(new Error('No byte came for a minute.'), { code: 'ETIMEDOUT' })

const answerFrom = (answer: IncomingMessage): WireAnswer => ({
  status: answer.statusCode ?? 0,
  header: (name) => {
    const value = answer.headers[name]
    return typeof value === 'string' ? value : (value?.join(', ') ?? null)
  },
  body: answer,
})

type Sent = ReturnType<typeof requestPlain>

const sendAll = async (sent: Sent, body: AsyncIterable<Buffer>): Promise<void> => {
  for await (const bytes of body) {
    if (sent.destroyed) return
    if (!sent.write(bytes)) await drained(sent)
  }
  sent.end()
}

/** Or the end of the request, whose reason its owner is told. */
const drained = (sent: Sent): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error'] as const) sent.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close', 'error'] as const) sent.on(event, done)
  })

/** The text of an answer, up to a megabyte. */
export const textOf = async ({ body }: WireAnswer): Promise<string> => {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body) {
    parts.push(part as Buffer)
    bytes += (part as Buffer).length
    if (bytes > 1 << 20) break
  }
  return Buffer.concat(parts).toString('utf8')
}
