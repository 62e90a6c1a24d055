import { obfuscated } from '#core/model/block.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused, type FailureCode } from '#core/model/failure.ts'
import type { Headers, Http, HttpAnswer } from '../http/http.ts'
import { beginningOf, cutText } from '../http/read-body.ts'
import { retryAfter } from '../http/retry-after.ts'
import { wait } from '../http/wait.ts'

/** A message as one request. */
export type Post = {
  /** Whose server it is, for people. */
  readonly service: string
  readonly url: URL
  readonly method?: string
  readonly headers: Headers
  readonly body?: string | undefined
  /** Values that no answer may repeat before people; the parts of the URL need not be among them. */
  readonly secrets: readonly string[]
  readonly certificates?: string | undefined
  /** What to do about an answer, where that is known. */
  remedy?(status: number, answer: string): string | null
}

export type Taken = { readonly status: number; readonly text: string }

const timeLimit = 30_000
const tries = 3
const longestWait = 30_000

/**
 * Sends it, and gives what the server answered. A server that wants fewer messages is asked again after the time it
 * names; nothing else is tried twice, since the message may have been taken. Redirects are not followed.
 */
export const postNotice = async (http: Http, post: Post, signal: AbortSignal): Promise<Taken> => {
  for (let tried = 1; ; tried += 1) {
    const answer = await http.open({
      method: post.method ?? 'POST',
      url: post.url,
      headers: { 'user-agent': 'Millrace', accept: '*/*', ...post.headers },
      body: post.body,
      idleTimeout: timeLimit,
      timeLimit,
      redirects: 0,
      certificates: post.certificates,
      unpacks: true,
      secretPath: true,
      signal,
    })
    const text = withoutSecrets(await beginningOf(answer), post)
    if (answer.status >= 200 && answer.status < 300) return { status: answer.status, text }
    const pause = pauseBefore(answer, tried)
    if (pause === null || tried === tries) throw refusalOf(post, answer, text)
    await wait(pause, signal)
  }
}

/** Only where the server says that it did not take the message; null where there is no point in it. */
const pauseBefore = ({ status, headers }: HttpAnswer, tried: number): number | null => {
  if (status !== 429 && status !== 503) return null
  const asked = retryAfter(headers['retry-after'], Date.now())
  if (asked === null) return status === 429 ? 1000 * 2 ** (tried - 1) : null
  return asked > longestWait ? null : asked
}

const refusalOf = (post: Post, { status, headers, url }: HttpAnswer, text: string): Refused => {
  const { service } = post
  const said = text === '' ? `${status}, without a word` : `${status}, “${cutText(text, 200)}”`
  const failed = (code: FailureCode, retryable: boolean, advice: string) => {
    const remedy = post.remedy?.(status, text) ?? advice
    const message = `${service} did not take the message: ${url.host} answered ${said}. ${remedy}`
    return new Refused({ code, message, retryable, ...(text !== '' && { detail: text }) })
  }
  if (status >= 300 && status < 400)
    return failed(
      'denied',
      false,
      `It wants to lead ${elsewhere(headers['location'], url)}; a message is not sent on. Is the address right?`,
    )
  if (status === 401 || status === 403)
    return failed('denied', false, 'The address or the key is not valid (any more).')
  if (status === 404 || status === 410) return failed('not-found', false, 'The address is not known there (any more).')
  if (status === 413) return failed('limit', false, 'The message is too long.')
  if (status === 429 || status === 503) {
    const asked = retryAfter(headers['retry-after'], Date.now())
    const when = asked === null ? 'later' : `after ${formatDuration(asked)}`
    return failed(status === 429 ? 'limit' : 'unavailable', true, `It asks to be tried again ${when}.`)
  }
  if (status >= 500 || status === 408) return failed('unavailable', true, 'Try again later.')
  return failed('invalid', false, 'Look at what it says.')
}

const elsewhere = (location: string | undefined, from: URL): string =>
  location !== undefined && URL.canParse(location, from.href) ? `to ${new URL(location, from.href).host}` : 'elsewhere'

const shortestPart = 6

/** Some servers repeat what they were asked for. */
const withoutSecrets = (text: string, { url, secrets }: Post): string => {
  const { href, pathname, search, searchParams } = url
  const parts = [href, pathname + search, pathname, ...pathname.split('/'), ...searchParams.values(), ...secrets]
  return parts
    .filter((part) => part.length >= shortestPart)
    .toSorted((one, other) => other.length - one.length)
    .reduce((masked, part) => masked.replaceAll(part, obfuscated), text)
}
