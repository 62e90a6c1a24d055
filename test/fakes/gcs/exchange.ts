import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { readBody } from '#test/fakes/listen.ts'
import type { Effect } from './faults.ts'

/** One request and what is planned to go wrong with it. */
export type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  /** Who asks; null for nobody. */
  readonly who: string | null
  /** The address of this server, as the client knows it. */
  readonly origin: string
}

/** The connection was cut on purpose: nothing more is to be said on it. */
export class Cut extends Error {}

const cut = (request: IncomingMessage): never => {
  request.socket.resetAndDestroy()
  throw new Cut()
}

type Parts = AsyncIterable<Buffer> | Iterable<Buffer>

/** Bytes, with what is planned to happen to them. */
async function* affected(parts: Parts, request: IncomingMessage, effect: Effect | null): AsyncGenerator<Buffer> {
  const limit = effect !== null && 'afterBytes' in effect ? effect.afterBytes : Infinity
  let done = 0
  if (limit === 0) await happen(request, effect)
  for await (const given of parts) {
    let part = effect?.kind === 'corrupt' && done === 0 ? changed(given) : given
    if (effect?.kind === 'slow') await wait((part.length / effect.bytesPerSecond) * 1000)
    if (done < limit && done + part.length >= limit) {
      const head = part.subarray(0, limit - done)
      yield head
      await happen(request, effect)
      part = part.subarray(head.length)
      done += head.length
    }
    done += part.length
    if (part.length > 0) yield part
  }
}

const happen = async (request: IncomingMessage, effect: Effect | null): Promise<void> => {
  if (effect?.kind === 'reset') cut(request)
  if (effect?.kind !== 'hold') return
  effect.arrived()
  await effect.released
}

export const bodyParts = (request: IncomingMessage, effect: Effect | null): AsyncGenerator<Buffer> =>
  affected(request as AsyncIterable<Buffer>, request, effect)

const changed = (part: Buffer): Buffer => {
  const copy = Buffer.from(part)
  copy[0] = (copy[0] ?? 0) ^ 1
  return copy
}

/** Before anything is done. */
export const beforehand = ({ request }: Exchange, effect: Effect | null): Promise<void> => happen(request, effect)

export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const text = (await readBody(request)).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

type Headers = Readonly<Record<string, string>>

export const answer = (
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  { body, headers = {}, effect = null }: { body?: unknown; headers?: Headers; effect?: Effect | null },
): void => {
  if (effect?.kind === 'lost-answer') cut(request)
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json; charset=UTF-8' }),
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(request.method === 'HEAD' ? '' : text)
}

export const sendBytes = async (exchange: Exchange, parts: Iterable<Buffer>, effect: Effect | null): Promise<void> => {
  const { request, response } = exchange
  for await (const part of affected(parts, request, effect)) {
    // Flushed before the connection may be cut.
    await new Promise((resolve) => {
      response.once('close', resolve)
      response.write(part, () => {
        response.off('close', resolve)
        resolve(undefined)
      })
    })
    if (response.destroyed) return
  }
  response.end()
}
