import { expect, test } from 'vitest'
import { makeCertificate } from '#core/tasks/http-download/certificate-suite.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { silence, startSmtp } from '#test/fakes/notify/smtp.ts'
import { containing } from '#test/fixtures/containing.ts'
import { contextOf, sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { emailServerBlock } from './index.ts'

const authority = makeCertificate({ host: 'Test Authority' })
const certificate = makeCertificate({ host: 'localhost', issuer: authority })
const stranger = makeCertificate({ host: 'Somebody' })
const tls = { certificate: certificate.cert, key: certificate.key }
const user = { name: 'millrace', password: 'made-up password of a mailbox' }
const secrets = { password: user.password }
const base = {
  host: 'localhost',
  from: 'Millrace <millrace@example.org>',
  to: ['data@example.org', 'Ops <ops@example.org>'],
}
const signedIn = { ...base, user: user.name, ca: authority.cert }

const failure = async (settings: Readonly<Record<string, JsonValue>>, password = user.password) => {
  const error: unknown = await sendBy(emailServerBlock, { settings, secrets: { password } }).then(
    () => null,
    (caught: unknown) => caught,
  )
  return error
}

test.each(['starttls', 'tls'] as const)('by %s, signed in, the message comes to everybody, encrypted', async (mode) => {
  const server = await startSmtp({ tls, user, ...(mode === 'tls' && { implicit: true }) })
  const settings = { ...signedIn, port: server.port, tls: mode }
  expect(
    await sendBy(emailServerBlock, { settings, secrets }, { subject: 'Grün: 1 > 0', text: 'one\n.\nthree' }),
  ).toMatch(/queued as 4711/)
  expect(server.mails).toMatchObject([
    { from: 'millrace@example.org', to: ['data@example.org', 'ops@example.org'], isEncrypted: true, user: 'millrace' },
  ])
  expect(server.mails[0]?.content).toContain('one\n.\nthree')
  expect(server.mails[0]?.content).toMatch(/Subject: =\?UTF-8\?/)
})

test('a subject cannot begin another header', async () => {
  const server = await startSmtp()
  const settings = { ...base, port: server.port, tls: 'none' }
  await sendBy(emailServerBlock, { settings }, { subject: 'x\r\nBcc: other@example.org', text: '' })
  expect(server.mails[0]?.to).toEqual(['data@example.org', 'ops@example.org'])
  expect(server.mails[0]?.content).toContain('Subject: x Bcc: other@example.org')
})

test('nothing is sent where the server offers no encryption', async () => {
  const server = await startSmtp({ user })
  expect(await failure({ ...signedIn, port: server.port })).toMatchObject({
    failure: { code: 'denied', message: containing(/offers no encryption by STARTTLS/) },
  })
  expect(server.commands).not.toContain('AUTH')
})

test('no password goes unencrypted to another machine', async () => {
  expect(await failure({ ...signedIn, host: 'mail.example.invalid', tls: 'none' })).toMatchObject({
    failure: { code: 'denied' },
  })
})

test('a certificate of an authority that is not known is refused, with what to do', async () => {
  const server = await startSmtp({ tls, user })
  const { ca: _, ...settings } = signedIn
  expect(await failure({ ...settings, port: server.port })).toMatchObject({
    failure: { code: 'denied', message: containing(/certificate of localhost .* “ca”/) },
  })
  expect(await failure({ ...signedIn, ca: stranger.cert, port: server.port })).toMatchObject({
    failure: { code: 'denied' },
  })
  expect(server.commands).not.toContain('AUTH')
})

test('a wrong password shows what the server said, and not the password', async () => {
  const server = await startSmtp({ tls, user })
  const error = await failure({ ...signedIn, port: server.port }, 'another made-up password')
  expect(error).toMatchObject({
    failure: {
      code: 'denied',
      retryable: false,
      message: containing(/does not let “millrace” in.*535 5\.7\.8 Username and Password not accepted/),
    },
  })
  expect(JSON.stringify(error)).not.toContain('another made-up')
})

test('a refused recipient is named; the others get the message', async () => {
  const server = await startSmtp({
    instead: (command, line) => (command === 'RCPT' && line.includes('ops@') ? '550 5.1.1 no such user' : undefined),
  })
  const settings = { ...base, port: server.port, tls: 'none' }
  expect(await sendBy(emailServerBlock, { settings })).toMatch(/not sent to ops@example\.org, refused there/)
  expect(server.mails[0]?.to).toEqual(['data@example.org'])
})

test.each([
  {
    at: 'RCPT',
    answer: '550 5.7.1 relaying denied',
    told: ['denied', false],
    says: /does not take a message from .*relaying denied/,
  },
  { at: 'RCPT', answer: '451 4.7.1 greylisted', told: ['denied', true], says: /greylisted/ },
  { at: '.', answer: '554 5.6.0 spam', told: ['denied', false], says: /did not take the message \(554\).*spam/ },
  { at: '.', answer: '452 4.3.1 full', told: ['unavailable', true], says: /did not take the message \(452\).*full/ },
  { at: 'CONNECT', answer: '554 5.7.1 go away', told: ['denied', false], says: /go away/ },
  {
    at: 'MAIL',
    answer: null,
    told: ['unavailable', true],
    says: /broke the connection off while the message was sent/,
  },
  { at: 'CONNECT', answer: null, told: ['unavailable', true], says: /broke the connection off before it greeted/ },
])('at $at the answer $answer is told as it is', async ({ at, answer, told: [code, retryable], says }) => {
  const server = await startSmtp({ instead: (command) => (command === at ? answer : undefined) })
  expect(await failure({ ...base, port: server.port, tls: 'none' })).toMatchObject({
    failure: { code, retryable, message: containing(says) },
  })
})

test('a server that says nothing is left when the run is cancelled', async () => {
  const controller = new AbortController()
  const server = await startSmtp({
    instead: (command) => {
      if (command !== 'MAIL') return
      controller.abort()
      return silence
    },
  })
  const settings = { ...base, port: server.port, tls: 'none' }
  const context = contextOf(emailServerBlock, { settings, signal: controller.signal })
  const notifier = await emailServerBlock.openNotifier?.(context)
  await expect(notifier?.send({ subject: 'x', text: '' }, controller.signal)).rejects.toMatchObject({
    failure: { code: 'cancelled' },
  })
})

test('its test tells the way there from the password', async () => {
  const server = await startSmtp({ tls, user })
  const settings = { ...signedIn, port: server.port }
  const good = await stagesOf(emailServerBlock, { settings, secrets })
  expect(good.map(({ stage, ok }) => [stage, ok])).toEqual([
    ['Reach the server and encrypt', true],
    ['Sign in', true],
    ['Message', true],
  ])
  const wrong = await stagesOf(emailServerBlock, { settings, secrets: { password: 'another made-up password' } })
  expect(wrong.at(-1)).toMatchObject({ stage: 'Sign in', ok: false, message: containing(/does not let/) })
  const closed = await stagesOf(emailServerBlock, { settings: { ...settings, port: 1 }, secrets })
  expect(closed.at(-1)).toMatchObject({
    stage: 'Reach the server and encrypt',
    ok: false,
    message: containing(/refused the connection/),
  })
  expect(server.mails).toEqual([])
})
