import { readFileSync } from 'node:fs'
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { getCACertificates } from 'node:tls'
import { Refused } from '#core/model/failure.ts'
import { bodyOf, type Body } from './body.ts'
import { shownUrl, Stalled } from './refusals.ts'
import type { DownloadContext } from './settings.ts'

/** An answer and where it came from after redirects. */
export type Answer = { readonly response: IncomingMessage; readonly body: Body; readonly url: URL }

export type Ask = {
  readonly url: URL
  readonly headers: OutgoingHttpHeaders
  /** Milliseconds. */
  readonly idleTimeout: number
}

const redirects = new Set([301, 302, 303, 307, 308])

/** Asks for a URL and follows redirects. Whoever calls reads the response or destroys it. */
export const request = async (context: DownloadContext, ask: Ask): Promise<Answer> => {
  const { config, log } = context
  const certificates = readCertificates(context)
  let { url } = ask
  let headers = ask.headers
  for (let hop = 0; ; hop += 1) {
    const { response, body } = await send(context, { ...ask, url, headers }, certificates)
    const { location } = response.headers
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) return { response, body, url }
    response.destroy()
    if (hop >= config.max_redirects) {
      const message = `${shownUrl(ask.url)} was redirected more than ${config.max_redirects} times, the last time to ${URL.canParse(location, url) ? shownUrl(new URL(location, url)) : 'no address'}.`
      throw new Refused({ code: 'limit', message })
    }
    const next = nextUrl(url, location)
    log.debug(`Redirected to ${shownUrl(next)}`)
    if (next.host !== url.host) headers = withoutCredentials(headers)
    url = next
  }
}

const nextUrl = (from: URL, location: string): URL => {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : null
  if (next?.protocol !== 'http:' && next?.protocol !== 'https:') {
    throw new Refused({
      code: 'invalid',
      message: `${shownUrl(from)} redirects to “${location}”, which is no web address.`,
    })
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    const message = `${shownUrl(from)} redirects from https: to ${shownUrl(next)}, where anybody on the way could change the file. Not followed; use that URL itself if you want it.`
    throw new Refused({ code: 'denied', message })
  }
  return next
}

const credentials = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** What is meant for one host is not sent to another. */
const withoutCredentials = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.has(name.toLowerCase())))

const readCertificates = ({ config, files }: DownloadContext): string[] | null => {
  if (config.certificates === undefined) return null
  const path = files.resolve(config.certificates)
  try {
    return [...getCACertificates('default'), readFileSync(path, 'utf8')]
  } catch (cause) {
    throw new Refused({ code: 'not-found', message: `The certificates ${path} cannot be read.` }, { cause })
  }
}

const send = (
  { signal }: DownloadContext,
  { url, headers, idleTimeout }: Ask,
  ca: string[] | null,
): Promise<Omit<Answer, 'url'>> =>
  new Promise((resolve, reject) => {
    const options = { headers, signal, timeout: idleTimeout, agent: false }
    const sent =
      url.protocol === 'https:' ? https.request(url, { ...options, ...(ca && { ca }) }) : http.request(url, options)
    let answered: IncomingMessage | null = null
    sent.on('timeout', () => {
      // A request that is destroyed tells a reader of its response only that it was aborted.
      answered?.destroy(new Stalled())
      sent.destroy(new Stalled())
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      answered = response
      resolve({ response, body: bodyOf(response) })
    })
    sent.end()
  })
