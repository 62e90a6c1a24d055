import type { IncomingMessage, ServerResponse } from 'node:http'
import { failureOf, type Failure, type FailureCode } from '#core/model/failure.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import type { Guard } from './guard.ts'
import type { ScreenFile } from './screen-files.ts'
import type { Transfers } from './transfers.ts'

export type Site = {
  readonly files: ReadonlyMap<string, ScreenFile>
  readonly guard: Guard
  readonly transfers: Transfers
  /** Told to whoever finds the port taken. */
  readonly identity: { readonly home: string; readonly version: string }
}

/** What a request asks for; every address begins at the root. */
export const addressOf = (request: IncomingMessage): URL => {
  try {
    return new URL(request.url ?? '/', 'http://localhost')
  } catch {
    return new URL('http://localhost/nowhere')
  }
}

const policy = contentSecurityPolicy("'self'")

/** Answers one request. Never rejects. */
export const answer = async (request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> => {
  if (!site.guard.isOurHost(request)) return refuse(response, 403, 'This address is not ours.')
  try {
    if (request.method === 'POST') await answerPost(request, response, site)
    else if (request.method === 'GET' || request.method === 'HEAD') await answerGet(request, response, site)
    else refuse(response, 405, 'Only GET and POST.')
  } catch (error) {
    if (response.headersSent) response.destroy()
    else refuseWith(response, failureOf(error))
  }
  return undefined
}

const answerGet = async (request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> => {
  const { pathname } = addressOf(request)
  if (pathname === '/identity') {
    const { version, home } = site.identity
    return json(response, 200, { millrace: version, home, pid: process.pid })
  }
  const ticket = /^\/downloads\/([\w-]+)$/.exec(pathname)?.[1]
  if (ticket !== undefined && request.method === 'GET') {
    if (!(await site.transfers.download(ticket, response))) refuse(response, 404, 'This link has been used, or is old.')
    return undefined
  }
  const file = site.files.get(pathname === '/' ? '/index.html' : pathname)
  if (!file) return refuse(response, 404, 'There is nothing here.')
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.content.length,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
  response.end(request.method === 'HEAD' ? undefined : file.content)
  return undefined
}

/** What a page of ours sends: with its origin, which a page cannot choose, and the token. */
const answerPost = async (request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> => {
  const { guard, transfers } = site
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null
  if (!guard.isOurOrigin(request) || !guard.hasToken(token)) return refuse(response, 403, 'Open the address anew.')
  const { pathname, searchParams } = addressOf(request)
  if (pathname === '/token') {
    // A browser does not tell its page why a WebSocket was refused.
    response.writeHead(204)
    response.end()
    return undefined
  }
  if (pathname === '/upload')
    return json(response, 200, await transfers.upload(request, searchParams.get('name') ?? 'upload'))
  if (pathname !== '/downloads') return refuse(response, 404, 'There is nothing here.')
  const file = await pathIn(request)
  if (file === null) return refuse(response, 400, 'Name the file as {"path": "…"}.')
  return json(response, 200, { address: `downloads/${await transfers.ticketFor(file)}` })
}

/** Bytes of a request that names a file. */
const longestBody = 16_384

const pathIn = async (request: IncomingMessage): Promise<string | null> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > longestBody) return null
  }
  try {
    const body: unknown = JSON.parse(text)
    const file = typeof body === 'object' && body !== null && 'path' in body ? body.path : null
    return typeof file === 'string' ? file : null
  } catch {
    return null
  }
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
  response.end(JSON.stringify(value))
}

const statuses: Partial<Record<FailureCode, number>> = { 'not-found': 404, denied: 403, limit: 413, invalid: 400 }

const refuseWith = (response: ServerResponse, failure: Failure): void => {
  // What is left of the request is not read.
  response.setHeader('connection', 'close')
  const { code, message, retryable } = failure
  json(response, statuses[code] ?? 500, { code, message, retryable })
}

const refuse = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end(message)
}
