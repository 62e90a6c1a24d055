import { readFile } from 'node:fs/promises'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notifier } from '#core/kinds/capabilities.ts'
import { notSent } from '#core/kinds/notify/reach.ts'
import { clip } from '#core/kinds/notify/shorten.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import { withMailServer, type MailServer } from './client.ts'
import { emailSettings, type EmailSettings } from './settings.ts'

const serverOf = async ({ settings, secret }: BlockContext<EmailSettings>): Promise<MailServer> => ({
  settings,
  password: settings.user === undefined ? null : await secret('password'),
  ca: settings.ca === undefined ? null : await pemOf(settings.ca),
})

const pemOf = async (text: string): Promise<string> => {
  if (text.includes('-----BEGIN')) return text
  return readFile(text, 'utf8').catch((cause: unknown) => {
    const message = `The certificate authority ${text} cannot be read. Name a PEM file that is there, or give its text.`
    throw new Refused({ code: 'not-found', message }, { cause })
  })
}

/** A line break in a subject would begin another header; some servers refuse long lines. */
const oneLine = (subject: string): string => clip(subject.replace(/\s+/g, ' ').trim(), 200)

const open = async (context: BlockContext<EmailSettings>): Promise<Notifier> => {
  const server = await serverOf(context)
  const { to, host } = server.settings
  return {
    location: `${to.join(', ')} (${host})`,
    send: async ({ subject, text }, signal) => {
      const notice = { subject: oneLine(subject), text }
      const { response, rejected } = await withMailServer(server, signal, (session) => session.send(notice))
      return {
        answer: rejected.length === 0 ? response : `${response}; not sent to ${rejected.join(', ')}, refused there`,
      }
    },
    close: () => Promise.resolve(),
  }
}

async function* test(context: BlockContext<EmailSettings>): AsyncGenerator<TestStage> {
  const { settings, signal } = context
  const prepared = await staged(
    'Settings',
    () => serverOf(context),
    ({ settings: { host, port } }) => `${host}:${port}`,
  )
  if (!prepared.value) {
    yield prepared.stage
    return
  }
  const server = prepared.value
  // Without the user first, so that what is wrong with the way there is told apart from the password.
  const { user, ...anonymous } = settings
  const reached = await staged(
    'Reach the server and encrypt',
    () => withMailServer({ ...server, settings: anonymous }, signal, ({ isEncrypted }) => Promise.resolve(isEncrypted)),
    (isEncrypted) => `${settings.host} greets${isEncrypted ? ' over TLS' : ', without encryption'}.`,
  )
  yield reached.stage
  if (!reached.stage.ok) return
  if (user !== undefined) {
    const signedIn = await staged(
      'Sign in',
      () => withMailServer(server, signal, () => Promise.resolve(true)),
      () => `“${user}” is signed in.`,
    )
    yield signedIn.stage
    if (!signedIn.stage.ok) return
  }
  yield notSent
}

export const emailServerBlock = defineBlock({
  type: 'email-server',
  version: 1,
  title: 'E-mail server',
  summary: 'Sends messages by e-mail (SMTP).',
  icon: 'mail',
  config: emailSettings,
  secrets: { password: { title: 'Password', optional: true } },
  needs: ({ user }) => (user === undefined ? [] : ['password']),
  capabilities: ['notify'],
  certificates: ['ca'],
  docs: `Messages go as plain text to everybody in **To**.

Gmail, Outlook and most others do not take the password of the account: make an **app password** there. The port is mostly
587 with \`starttls\`, else 465 with \`tls\`. A server inside a company may have a certificate of its own authority: give
that as PEM.`,
  examples: [
    { host: 'smtp.example.org', user: 'millrace', from: 'Millrace <millrace@example.org>', to: ['data@example.org'] },
    { host: 'localhost', port: 25, tls: 'none', from: 'millrace@example.org', to: ['data@example.org'] },
  ],
  openNotifier: open,
  test,
})
