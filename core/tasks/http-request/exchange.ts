import { formatDuration } from '#core/model/duration.ts'
import { Refused, type FailureCode } from '#core/model/failure.ts'
import { shownUrl, type HttpAnswer, type HttpRequest } from '#core/kinds/http/http.ts'
import { beginningOf, cutText } from '#core/kinds/http/read-body.ts'
import { retryAfter } from '#core/kinds/http/retry-after.ts'
import { wait } from '#core/kinds/http/wait.ts'
import type { RequestContext } from './build-request.ts'
import { isRepeatable } from './settings.ts'
import { takeAnswer, type Taken } from './take-answer.ts'

export type Exchanged = Taken & Pick<HttpAnswer, 'status' | 'headers'>

const passing = new Set([408, 425, 429, 502, 503, 504])
const longestWait = 60_000

/** Sends it and takes the answer; what may be sent twice is, where the first time came to nothing. */
export const exchange = async (context: RequestContext, request: HttpRequest): Promise<Exchanged> => {
  const { config, log, signal } = context
  const most = isRepeatable(config.method) ? config.tries : 1
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt(context, request)
    } catch (error) {
      const pause = pauseAfter(error, tried)
      if (signal.aborted || pause === null || tried >= most) throw told(context, error)
      log.warning(
        `${failureWords(error)} Trying again after ${formatDuration(pause)} (${tried} of ${most} tries done).`,
      )
      await wait(pause, signal)
    }
  }
}

/** Not a status that was expected. */
class Unexpected extends Refused {
  readonly status: number
  readonly wait: number | null

  constructor(answer: HttpAnswer, text: string) {
    super(failureOf(answer, text))
    this.status = answer.status
    this.wait = retryAfter(answer.headers['retry-after'], Date.now())
  }
}

const attempt = async (context: RequestContext, request: HttpRequest): Promise<Exchanged> => {
  const answer = await context.http.open(request)
  const { status, headers } = answer
  if (!context.config.expected.some((each) => fits(each, status)))
    throw new Unexpected(answer, await beginningOf(answer))
  return { status, headers, ...(await takeAnswer(context, answer)) }
}

const fits = (expected: string, status: number): boolean =>
  expected.endsWith('xx') ? expected[0] === String(status)[0] : expected === String(status)

const pauseAfter = (error: unknown, tried: number): number | null => {
  const usual = 250 * 2 ** tried
  if (error instanceof Unexpected) {
    if (!passing.has(error.status) || (error.wait ?? 0) > longestWait) return null
    return error.wait ?? usual
  }
  return error instanceof Refused && error.failure.retryable ? usual : null
}

const failureWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A request that must not be sent twice may have been carried out although its answer was lost. */
const told = ({ config }: RequestContext, error: unknown): unknown => {
  if (
    isRepeatable(config.method) ||
    !(error instanceof Refused) ||
    error instanceof Unexpected ||
    !error.failure.retryable
  )
    return error
  const message = `${error.failure.message} Whether the server has carried the ${config.method} out is not known.`
  return new Refused({ ...error.failure, message }, { cause: error })
}

const failureOf = ({ status, url, headers }: HttpAnswer, text: string) => {
  const wanted = retryAfter(headers['retry-after'], Date.now())
  const later = wanted === null ? '' : ` It asks to be tried again after ${formatDuration(wanted)}.`
  const said = text === '' ? 'without a word' : `“${cutText(text, 200)}”`
  const message = `${shownUrl(url)} answered ${status}, ${said}. ${adviceFor(status)}${later}`.trim()
  return {
    code: codeFor(status),
    message,
    retryable: passing.has(status) || status >= 500,
    ...(text !== '' && { detail: text }),
  }
}

const codeFor = (status: number): FailureCode => {
  if (status === 401 || status === 403 || status === 407) return 'denied'
  if (status === 404 || status === 410) return 'not-found'
  if (status === 429 || status === 413) return 'limit'
  if (status === 409 || status === 412) return 'conflict'
  return status >= 500 || status === 408 ? 'unavailable' : 'invalid'
}

const adviceFor = (status: number): string => {
  if (status === 401 || status === 407) return 'It asks who you are: set the sign-in of an endpoint.'
  if (status === 403) return 'A right is missing.'
  if (status === 404 || status === 410) return 'Is the URL right?'
  if (status === 405) return 'It does not take this method there.'
  if (status >= 300 && status < 400) return 'Redirects are not followed any further.'
  if (status >= 500) return 'The server has a problem of its own.'
  return status === 429 ? 'It wants fewer requests.' : 'Add the status to “expected” if it is right.'
}
