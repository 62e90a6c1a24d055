import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import type { Notice } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'
import { refusalOf } from './refusals.ts'
import type { EmailSettings } from './settings.ts'

export type MailServer = {
  readonly settings: EmailSettings
  readonly password: string | null
  /** PEM. */
  readonly ca: string | null
}

export type MailStep = 'connect' | 'sign-in' | 'send'

/** A connection that is signed in where there is a user. */
export type MailSession = {
  readonly isEncrypted: boolean
  /** What the server said to it, and to whom it would not send. */
  send(notice: Notice): Promise<{ readonly response: string; readonly rejected: readonly string[] }>
}

const patience = 15_000

const optionsOf = ({ settings: { host, port, tls }, ca }: MailServer): SMTPConnectionOptions => ({
  host,
  port,
  secure: tls === 'tls',
  requireTLS: tls === 'starttls',
  ignoreTLS: tls === 'none',
  tls: { minVersion: 'TLSv1.2', ...(ca !== null && { ca }) },
  connectionTimeout: patience,
  greetingTimeout: patience,
  dnsTimeout: patience,
  socketTimeout: 2 * patience,
  socketCloseTimeout: 1000,
  maxResponseSize: 65_536,
  logger: false,
})

/** Opened for as long as `use` runs. Everything it throws is Refused. */
export const withMailServer = async <T>(
  server: MailServer,
  signal: AbortSignal,
  use: (session: MailSession) => Promise<T>,
): Promise<T> => {
  const credentials = credentialsOf(server)
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const connection = new Connection(optionsOf(server))
  const ask = asking(connection, signal)
  let step: MailStep = 'connect'
  try {
    await ask((end) => connection.connect(end))
    step = 'sign-in'
    if (credentials) await ask((end) => connection.login({ credentials }, end))
    step = 'send'
    return await use({
      isEncrypted: connection.secure,
      send: (notice) =>
        deliver(server, notice, (envelope, content) => ask((end) => connection.send(envelope, content, end))),
    })
  } catch (error) {
    if (!signal.aborted) throw refusalOf(error, { server, step })
    throw new Refused({ code: 'cancelled', message: 'Stopped before the message was taken.' }, { cause: error })
  } finally {
    if (signal.aborted) connection.close()
    else connection.quit()
  }
}

/** Commands as promises, which also end when the connection breaks or the signal is aborted. */
const asking = (connection: SMTPConnection, signal: AbortSignal) => {
  const broken = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('stopped'))
    connection.on('error', reject)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  // A connection that breaks while nobody waits on it matters to nobody.
  broken.catch(() => undefined)
  return <R>(start: (end: (error?: Error | null, result?: R) => void) => void): Promise<R | undefined> =>
    Promise.race([
      broken,
      new Promise<R | undefined>((resolve, reject) =>
        start((error, result) => (error ? reject(error) : resolve(result))),
      ),
    ])
}

const loopback = /^(localhost|127(\.\d+){3}|::1)$/

const credentialsOf = ({ settings: { user, host, tls }, password }: MailServer) => {
  if (user === undefined) return null
  const refuse = (message: string) => new Refused({ code: 'denied', message })
  if (password === null) throw refuse(`The password of “${user}” is not set. Set the secret “password”.`)
  if (tls === 'none' && !loopback.test(host))
    throw refuse(`Without encryption anybody on the way to ${host} could read the password. Choose starttls or tls.`)
  return { user, pass: password }
}

type Envelope = { readonly from: string; readonly to: string[] }
type Sent = { readonly response: string; readonly rejected: readonly string[] }

const deliver = async (
  { settings: { from, to } }: MailServer,
  { subject, text }: Notice,
  send: (envelope: Envelope, content: Buffer) => Promise<Sent | undefined>,
): Promise<Sent> => {
  const { default: Composer } = await import('nodemailer/lib/mail-composer')
  const mail = { from, to: [...to], subject, text, disableFileAccess: true, disableUrlAccess: true }
  const content = await new Composer(mail).compile().build()
  const sent = await send({ from: addressIn(from), to: to.map(addressIn) }, content)
  return { response: sent?.response ?? '', rejected: sent?.rejected ?? [] }
}

/** Of `Name <address>`. */
const addressIn = (text: string): string => /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text
