import { shownUrl, type Headers, type Http, type HttpAnswer, type HttpRequest } from '#core/kinds/http/http.ts'
import { Refused } from '#core/model/failure.ts'
import { refusalOf } from './refusals.ts'
import { packings, plainHeaders, send, type Exchange, type Sent } from './send.ts'

/** A connection for each request. */
export const createHttp = (): Http => ({ open })

const redirects = new Set([301, 302, 303, 307, 308])

const open = async (request: HttpRequest): Promise<HttpAnswer> => {
  const deadline = request.timeLimit === undefined ? null : performance.now() + request.timeLimit
  let next: Sent = { ...request, headers: offered(request) }
  for (let hop = 0; ; hop += 1) {
    const { url } = next
    const exchange = await exchanged(request, next, deadline)
    const { location } = exchange.response.headers
    const status = exchange.response.statusCode ?? 0
    if (request.redirects === 0 || !redirects.has(status) || location === undefined)
      return answerOf(request, exchange, url)
    exchange.close()
    if (hop >= request.redirects) throw tooMany(request, url, location)
    next = redirected(next, { status, to: nextUrl(url, location) })
    request.redirected?.(shownUrl(next.url))
  }
}

const offered = ({ headers, unpacks }: HttpRequest): Headers => ({
  ...headers,
  ...(unpacks && !('accept-encoding' in headers) && { 'accept-encoding': packings }),
})

const exchanged = async (request: HttpRequest, sent: Sent, deadline: number | null): Promise<Exchange> => {
  const { credentials } = request
  const own = credentials?.origin === sent.url.origin ? credentials.headers : {}
  try {
    return await send(request, { ...sent, headers: { ...sent.headers, ...own } }, deadline)
  } catch (error) {
    throw refusalOf(error, request, sent.url)
  }
}

const answerOf = (request: HttpRequest, { response, body, close }: Exchange, url: URL): HttpAnswer => ({
  status: response.statusCode ?? 0,
  url,
  headers: plainHeaders(response),
  close,
  body: {
    [Symbol.asyncIterator]: async function* () {
      try {
        yield* body
      } catch (error) {
        throw refusalOf(error, request, url)
      }
    },
  },
})

const tooMany = ({ url, redirects: most }: HttpRequest, last: URL, location: string): Refused => {
  const to = URL.canParse(location, last) ? shownUrl(new URL(location, last)) : 'no address'
  const message = `${shownUrl(url)} was redirected more than ${most} times, the last time to ${to}.`
  return new Refused({ code: 'limit', message })
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
    const message = `${shownUrl(from)} redirects from https: to ${shownUrl(next)}, where anybody on the way could read and change it. Not followed; use that URL itself if you want it.`
    throw new Refused({ code: 'denied', message })
  }
  return next
}

const bodiless = new Set(['GET', 'HEAD'])

/** As browsers do: 303, and 301 and 302 of a POST, are asked for with GET; 307 and 308 are sent again as they were. */
const redirected = (sent: Sent, { status, to }: { status: number; to: URL }): Sent => {
  const isElsewhere = to.origin !== sent.url.origin
  const headers = isElsewhere ? withoutCredentials(sent.headers) : sent.headers
  const becomesGet = status === 303 || (status < 303 && sent.method === 'POST')
  if (bodiless.has(sent.method) || !becomesGet) {
    if (isElsewhere && sent.body !== undefined) {
      const message = `${shownUrl(sent.url)} redirects to ${shownUrl(to)}, another host, which would get the body too. Not followed; use that URL itself if you want it.`
      throw new Refused({ code: 'denied', message })
    }
    return { ...sent, url: to, headers }
  }
  const { 'content-type': _, ...rest } = headers
  return { method: 'GET', url: to, headers: rest, body: undefined }
}

const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** What is meant for one host is not sent to another. */
const withoutCredentials = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !credentialHeaders.has(name.toLowerCase())))
