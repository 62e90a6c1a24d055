import { existsSync, readFileSync } from 'node:fs'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { getCACertificates } from 'node:tls'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Headers, HttpRequest } from '#core/kinds/http/http.ts'
import { Refused } from '#core/model/failure.ts'
import { bodyOf } from './body.ts'
import { Stalled, TooSlow } from './refusals.ts'

export type Sent = Pick<HttpRequest, 'url' | 'method' | 'headers' | 'body'>

export type Exchange = {
  readonly response: IncomingMessage
  readonly body: AsyncIterable<readonly Buffer[]>
  close(): void
}

/** One request to one URL: what it throws is as Node has it. `deadline` is a time of performance.now. */
export const send = (request: HttpRequest, sent: Sent, deadline: number | null): Promise<Exchange> =>
  new Promise((resolve, reject) => {
    const { signal, idleTimeout: timeout } = request
    const headers = { ...sent.headers, ...(sent.body !== undefined && { 'content-length': sizeOf(sent.body) }) }
    const options = { method: sent.method, headers, signal, timeout, agent: false, maxHeaderSize: 16_384 }
    const ca = trusted(request.certificates)
    const isSecure = sent.url.protocol === 'https:'
    const outgoing = isSecure
      ? https.request(sent.url, { ...options, ...(ca && { ca }) })
      : http.request(sent.url, options)
    let answered: IncomingMessage | null = null
    const give = (error: Error) => {
      // A request that is destroyed tells a reader of its response only that it was aborted.
      answered?.destroy(error)
      outgoing.destroy(error)
    }
    const late =
      deadline === null ? undefined : setTimeout(() => give(new TooSlow()), Math.max(0, deadline - performance.now()))
    outgoing.on('timeout', () => give(new Stalled()))
    outgoing.on('error', reject)
    outgoing.on('close', () => clearTimeout(late))
    outgoing.on('response', (response) => {
      answered = response
      const content = request.unpacks ? unpacked(response) : response
      if (content) resolve({ response, body: bodyOf(content), close: () => response.destroy() })
      else reject(unknownPacking(response))
    })
    outgoing.end(sent.body)
  })

const sizeOf = (body: string): string => String(Buffer.byteLength(body))

const unpackers = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** Names of the packings that are undone, as a request offers them. */
export const packings = 'gzip, deflate, br'

/** Null where it is not known how. */
const unpacked = (response: IncomingMessage): Readable | null => {
  const packing = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (packing === 'identity' || packing === '') return response
  if (!Object.hasOwn(unpackers, packing)) return null
  const unpacker = unpackers[packing as keyof typeof unpackers]()
  // What goes wrong shows where it is read.
  return pipeline(response, unpacker, () => undefined)
}

const unknownPacking = (response: IncomingMessage): Refused => {
  response.destroy()
  const packing = response.headers['content-encoding']
  const message = `The server packed its answer as ${packing}, which was not asked for and is not known here.`
  return new Refused({ code: 'data', message })
}

const trusted = (certificates: HttpRequest['certificates']): string[] | null => {
  if (certificates === undefined) return null
  if (certificates.includes('-----BEGIN')) return [...getCACertificates('default'), certificates]
  if (existsSync(certificates)) return [...getCACertificates('default'), readFileSync(certificates, 'utf8')]
  throw new Refused({
    code: 'not-found',
    message: `The certificates ${certificates} cannot be read. Name a PEM file that is there, or give its text.`,
  })
}

export const plainHeaders = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
