import { STATUS_CODES, type IncomingMessage } from 'node:http'
import { formatBytes } from '#core/kinds/bytes.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import { NotWritten } from './partial-file.ts'

/** Without what may be secret in a URL: user, password, query. */
export const shownUrl = (url: URL): string =>
  `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`

export const tooLarge = (what: string, bytes: number, limit: number) =>
  new Refused({
    code: 'limit',
    message: `${what} has ${formatBytes(bytes)}, more than its size limit of ${formatBytes(limit)}. Raise size_limit if that is right.`,
  })

/** The connection went silent. */
export class Stalled extends Error {}

type Told = Omit<Failure, 'message'> & { readonly says: (host: string) => string }

const network = (says: Told['says']): Told => ({ code: 'unavailable', retryable: true, says })
const untrusted = (says: Told['says']): Told => ({ code: 'denied', retryable: false, says })

const selfSigned = untrusted(
  (host) =>
    `The certificate of ${host} is self-signed, so nobody vouches for it. Name its authority in “certificates” if you trust it.`,
)
const unknownIssuer = untrusted(
  (host) =>
    `The certificate of ${host} is signed by an authority this machine does not know. Name it in “certificates” if you trust it, as company networks need.`,
)
const noTls = untrusted(
  (host) => `${host} does not speak TLS as expected. Is the port right, or is it http: instead of https:?`,
)

const unsendable: Told = {
  code: 'invalid',
  retryable: false,
  says: () => 'A header holds characters that cannot be sent. Look at “headers” and “user_agent”.',
}

const byErrorCode: Readonly<Record<string, Told>> = {
  ENOTFOUND: network(
    (host) => `The host ${host} is not known (DNS). Is the name spelled right, and is this machine online?`,
  ),
  EAI_AGAIN: network(
    (host) => `The name ${host} could not be looked up (DNS does not answer). Is this machine online?`,
  ),
  ECONNREFUSED: network((host) => `${host} refused the connection. Is the server running, and is the port right?`),
  ECONNRESET: network((host) => `${host} broke the connection off.`),
  EPIPE: network((host) => `${host} broke the connection off.`),
  ETIMEDOUT: network((host) => `${host} did not answer in time.`),
  EHOSTUNREACH: network((host) => `There is no way to ${host} from here. Is this machine online?`),
  ENETUNREACH: network((host) => `There is no way to ${host} from here. Is this machine online?`),
  CERT_HAS_EXPIRED: untrusted((host) => `The certificate of ${host} has expired. Its owner must renew it.`),
  CERT_NOT_YET_VALID: untrusted(
    (host) => `The certificate of ${host} is not valid yet. Is this machine’s clock right?`,
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted(
    (host) => `The certificate is not for ${host}: it names another host. Is the URL right?`,
  ),
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_INVALID_CHAR: unsendable,
  ERR_INVALID_HTTP_TOKEN: unsendable,
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** A failure on the way to or from a server, in words. */
export const refusalOf = (error: unknown, url: URL, idleTimeout: number): Refused => {
  if (error instanceof Refused) return error
  if (error instanceof Stalled) {
    const message = `${url.host} sent nothing for ${formatDuration(idleTimeout)} (${shownUrl(url)}). Try again later, or raise idle_timeout.`
    return new Refused({ code: 'timed-out', message, retryable: true }, { cause: error })
  }
  if (error instanceof NotWritten) return refusalOfDisk(error)
  const code = codeOf(error)
  const known = code === null ? undefined : (byErrorCode[code] ?? (code.startsWith('ERR_SSL_') ? noTls : undefined))
  if (known) {
    const { says, ...failure } = known
    return new Refused({ ...failure, message: `${says(url.host)} (${shownUrl(url)}, ${code})` }, { cause: error })
  }
  if (code === null) throw error
  const message = error instanceof Error ? error.message : String(error)
  return new Refused(
    { code: 'unavailable', retryable: true, message: `${shownUrl(url)} failed: ${message} (${code})` },
    { cause: error },
  )
}

const refusalOfDisk = (error: NotWritten): Refused => {
  const { cause } = error
  const reason = cause instanceof Error ? cause.message : String(cause)
  const remedy =
    codeOf(cause) === 'ENOSPC' ? 'The disk is full. Make room; what has come is kept.' : 'What has come is kept.'
  return new Refused(
    { code: 'unavailable', retryable: true, message: `The file could not be written: ${reason}. ${remedy}` },
    { cause },
  )
}

/** An answer that brings no file. `body` is the beginning of what came with it. */
export const refusalOfStatus = (response: IncomingMessage, url: URL, body: string): Refused => {
  const status = response.statusCode ?? 0
  const { says, ...failure } = byStatus(status, retryAfter(response))
  const name = STATUS_CODES[status] ?? 'unknown'
  const message = `${says(url.host)} (${shownUrl(url)}, ${status} ${name})`
  return new Refused({ ...failure, message, ...(body !== '' && { detail: body }) })
}

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

const retryAfter = ({ headers }: IncomingMessage): string => {
  const text = headers['retry-after']
  if (text === undefined) return ''
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(wait) && wait >= 0 ? ` It asks to be tried again after ${formatDuration(wait)}.` : ''
}
