import { STATUS_CODES } from 'node:http'
import { formatBytes } from '#core/kinds/bytes.ts'
import { shownUrl, type HttpAnswer } from '#core/kinds/http/http.ts'
import { retryAfter } from '#core/kinds/http/retry-after.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { NotWritten } from './partial-file.ts'

export const tooLarge = (what: string, bytes: number, limit: number) =>
  new Refused({
    code: 'limit',
    message: `${what} has ${formatBytes(bytes)}, more than its size limit of ${formatBytes(limit)}. Raise size_limit if that is right.`,
  })

/** A failure of our own disk, in words. */
export const refusalOfDisk = (error: NotWritten): Refused => {
  const { cause } = error
  const reason = cause instanceof Error ? cause.message : String(cause)
  const remedy =
    cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC'
      ? 'The disk is full. Make room; what has come is kept.'
      : 'What has come is kept.'
  return new Refused(
    { code: 'unavailable', retryable: true, message: `The file could not be written: ${reason}. ${remedy}` },
    { cause },
  )
}

/** An answer that brings no file. `body` is the beginning of what came with it. */
export const refusalOfStatus = ({ status, headers, url }: HttpAnswer, body: string): Refused => {
  const { says, ...failure } = byStatus(status, waitOf(headers['retry-after']))
  const name = STATUS_CODES[status] ?? 'unknown'
  const message = `${says(url.host)} (${shownUrl(url)}, ${status} ${name})`
  return new Refused({ ...failure, message, ...(body !== '' && { detail: body }) })
}

type Told = Omit<Failure, 'message'> & { readonly says: (host: string) => string }

const byStatus = (status: number, wait: string): Told => {
  const retryable = true
  if (status === 404 || status === 410)
    return { code: 'not-found', retryable: false, says: (host) => `${host} has no such file. Is the URL right?` }
  if (status === 401 || status === 407)
    return { code: 'denied', retryable: false, says: (host) => `${host} asks who you are. It needs credentials.` }
  if (status === 403)
    return {
      code: 'denied',
      retryable: false,
      says: (host) => `${host} does not allow it. A right or a credential is missing, or the link has expired.`,
    }
  if (status === 429) return { code: 'limit', retryable, says: (host) => `${host} wants fewer requests.${wait}` }
  if (status === 408 || status >= 500)
    return { code: 'unavailable', retryable, says: (host) => `${host} could not answer.${wait}` }
  return { code: 'invalid', retryable: false, says: (host) => `${host} sent no file.` }
}

const waitOf = (text: string | undefined): string => {
  const wait = retryAfter(text, Date.now())
  return wait === null ? '' : ` It asks to be tried again after ${formatDuration(wait)}.`
}
