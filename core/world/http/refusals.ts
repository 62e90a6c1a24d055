import { shownUrl, type HttpRequest } from '#core/kinds/http/http.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused, type Failure } from '#core/model/failure.ts'

/** The connection went silent. */
export class Stalled extends Error {}

/** All of it took longer than it may. */
export class TooSlow extends Error {}

type Said = { readonly host: string; readonly settings: NonNullable<HttpRequest['settings']> }
type Told = Omit<Failure, 'message'> & { readonly says: (said: Said) => string }

const network = (says: (host: string) => string): Told => ({
  code: 'unavailable',
  retryable: true,
  says: ({ host }) => says(host),
})
const untrusted = (says: Told['says']): Told => ({ code: 'denied', retryable: false, says })

const trustIt = ({ settings }: Said): string =>
  settings.certificates === undefined
    ? 'Have this machine trust its authority if you do.'
    : `Name its authority in “${settings.certificates}” if you trust it.`

const selfSigned = untrusted(
  (said) => `The certificate of ${said.host} is self-signed, so nobody vouches for it. ${trustIt(said)}`,
)
const unknownIssuer = untrusted(
  (said) =>
    `The certificate of ${said.host} is signed by an authority this machine does not know, as in many company networks. ${trustIt(said)}`,
)
const noTls = untrusted(
  ({ host }) => `${host} does not speak TLS as expected. Is the port right, or is it http: instead of https:?`,
)
const unsendable: Told = {
  code: 'invalid',
  retryable: false,
  says: () => 'A header holds characters that cannot be sent. Look at the headers.',
}
const noHttp: Told = {
  code: 'unavailable',
  retryable: false,
  says: ({ host }) => `What ${host} answered is no HTTP. Is the port right?`,
}
const unpackable: Told = {
  code: 'data',
  retryable: true,
  says: ({ host }) => `${host} sent a packed answer that cannot be unpacked: it is damaged or was cut short.`,
}

const brokenOff = network((host) => `${host} broke the connection off.`)
const noWay = network((host) => `There is no way to ${host} from here. Is this machine online?`)

const byErrorCode: Readonly<Record<string, Told>> = {
  ENOTFOUND: network(
    (host) => `The host ${host} is not known (DNS). Is the name spelled right, and is this machine online?`,
  ),
  EAI_AGAIN: network(
    (host) => `The name ${host} could not be looked up (DNS does not answer). Is this machine online?`,
  ),
  ECONNREFUSED: network((host) => `${host} refused the connection. Is the server running, and is the port right?`),
  ECONNRESET: brokenOff,
  EPIPE: brokenOff,
  ETIMEDOUT: network((host) => `${host} did not answer in time.`),
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  CERT_HAS_EXPIRED: untrusted(({ host }) => `The certificate of ${host} has expired. Its owner must renew it.`),
  CERT_NOT_YET_VALID: untrusted(
    ({ host }) => `The certificate of ${host} is not valid yet. Is this machine’s clock right?`,
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted(
    ({ host }) => `The certificate is not for ${host}: it names another host. Is the URL right?`,
  ),
  EPROTO: noTls,
  ERR_INVALID_CHAR: unsendable,
  ERR_INVALID_HTTP_TOKEN: unsendable,
  HPE_HEADER_OVERFLOW: {
    code: 'limit',
    retryable: false,
    says: ({ host }) => `${host} sent more headers than are taken (16 kB).`,
  },
}

const byBeginning: readonly (readonly [string, Told])[] = [
  ['ERR_SSL_', noTls],
  ['HPE_', noHttp],
  ['Z_', unpackable],
  ['ERR_BROTLI', unpackable],
]

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

const placeOf = ({ secretPath }: HttpRequest, url: URL): string =>
  secretPath ? `${url.protocol}//${url.host}` : shownUrl(url)

/** A failure on the way to or from a server, in words. */
export const refusalOf = (error: unknown, request: HttpRequest, url: URL): Refused => {
  if (error instanceof Refused) return error
  if (request.signal.aborted)
    return new Refused({ code: 'cancelled', message: 'The request was stopped.' }, { cause: error })
  const { settings = {} } = request
  const place = placeOf(request, url)
  if (error instanceof Stalled)
    return late(`${url.host} sent nothing for ${formatDuration(request.idleTimeout)} (${place}).`, settings.idleTimeout)
  if (error instanceof TooSlow)
    return late(
      `${url.host} took longer than ${formatDuration(request.timeLimit ?? 0)} (${place}).`,
      settings.timeLimit,
    )
  const code = codeOf(error)
  const known =
    code === null ? undefined : (byErrorCode[code] ?? byBeginning.find(([start]) => code.startsWith(start))?.[1])
  if (known) {
    const { says, ...failure } = known
    const message = `${says({ host: url.host, settings })} (${place}, ${code})`
    return new Refused({ ...failure, message }, { cause: error })
  }
  if (code === null) throw error
  const said = error instanceof Error ? error.message : String(error)
  const message = `${place} failed: ${request.secretPath ? '' : said} (${code})`
  return new Refused({ code: 'unavailable', retryable: true, message }, { cause: error })
}

const late = (what: string, setting: string | undefined): Refused => {
  const remedy = setting === undefined ? 'Try again later.' : `Try again later, or raise ${setting}.`
  return new Refused({ code: 'timed-out', message: `${what} ${remedy}`, retryable: true })
}
