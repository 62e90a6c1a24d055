import { cutText } from '#core/kinds/http/read-body.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { MailServer, MailStep } from './client.ts'

type Place = { readonly server: MailServer; readonly step: MailStep }

type SmtpError = Error & { code?: unknown; response?: unknown; responseCode?: unknown; cause?: unknown }

/** What a mail server or the way to it has against us, with its own words. */
export const refusalOf = (error: unknown, place: Place): Refused => {
  if (error instanceof Refused) return error
  if (!(error instanceof Error)) throw error
  const { response } = error as SmtpError
  const said = typeof response === 'string' ? cutText(response.replace(/\s+/g, ' ').trim(), 300) : ''
  const failure = toldOf(error, place)
  const message = said === '' ? failure.message : `${failure.message} It answered: “${said}”`
  return new Refused({ ...failure, message }, { cause: error })
}

const toldOf = (error: SmtpError, { server: { settings }, step }: Place): Failure => {
  const { host, port, user = '', from, to, tls } = settings
  const place = `${host}:${port}`
  const code = typeof error.code === 'string' ? error.code : ''
  const answered = typeof error.responseCode === 'number' ? error.responseCode : null
  const retryable = answered === null || (answered >= 400 && answered < 500)
  const text = `${code} ${error.message} ${reasonOf(error)}`
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return denied(
      `${place} does not let “${user}” in. Check user and password; many providers want a password made for the app.`,
    )
  if (/self-signed|self signed/i.test(text))
    return denied(
      `The certificate of ${host} is signed by an authority this machine does not know. Give it as “ca” if you trust it.`,
    )
  if (/unable to (verify|get)|CERT_|ALTNAME|certificate/i.test(text))
    return denied(
      `The certificate of ${host} is not to be trusted: ${error.message}. Is the name right? Its authority can be given as “ca”.`,
    )
  if (/STARTTLS/i.test(text))
    return denied(`${place} offers no encryption by STARTTLS, and nothing is sent without. Try tls with port 465.`)
  if (code === 'ETLS' || /ssl|tls|wrong version/i.test(text))
    return denied(
      `${place} does not speak ${tls === 'tls' ? 'TLS from the first byte: try starttls (port 587)' : 'TLS as expected'}.`,
    )
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(text))
    return unreachable(`The host ${host} is not known (DNS). Is the name spelled right, and is this machine online?`)
  if (/ECONNREFUSED/.test(text)) return unreachable(`${place} refused the connection. Is the port right?`)
  if (code === 'ETIMEDOUT' || /timeout/i.test(text))
    return unreachable(`${place} did not answer in time. Is the port right, and does the network let mail through?`)
  if (code === 'EENVELOPE')
    return { code: 'denied', retryable, message: `${place} does not take a message from ${from} to ${to.join(', ')}.` }
  if (answered !== null)
    return {
      code: retryable ? 'unavailable' : 'denied',
      retryable,
      message: `${place} did not take the message (${answered}).`,
    }
  const doing = { connect: 'before it greeted', 'sign-in': 'while signing in', send: 'while the message was sent' }[
    step
  ]
  return unreachable(`${place} broke the connection off ${doing} (${error.message}).`)
}

const reasonOf = ({ cause }: SmtpError): string => (cause instanceof Error ? `${cause.name} ${cause.message}` : '')

const denied = (message: string): Failure => ({ code: 'denied', retryable: false, message })

const unreachable = (message: string): Failure => ({ code: 'unavailable', retryable: true, message })
