import { afterAll, beforeAll, expect } from 'vitest'
import { makeCertificates, type Certificates } from '#test/fixtures/certificates.ts'
import { containing } from '#test/fixtures/containing.ts'
import { isPostgresHere, startPostgres, testWithPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { postgresBlock } from './index.ts'
import { contextOf } from './testing/postgres-tables.ts'

let server: PostgresServer
let certificates: Certificates
beforeAll(async () => {
  if (!isPostgresHere) return
  certificates = makeCertificates('localhost')
  server = await startPostgres({
    tls: certificates.server,
    settings: { max_connections: '8', superuser_reserved_connections: '3' },
    access: [
      'hostssl all only_encrypted 127.0.0.1/32 scram-sha-256',
      'host all only_encrypted 127.0.0.1/32 reject',
      'host all shut_out 127.0.0.1/32 reject',
    ],
  })
})
afterAll(() => server?.close())

type Settings = Readonly<Record<string, unknown>>

const settingsOf = (more: Settings = {}) => ({
  host: 'localhost',
  port: server.port,
  user: server.superuser.user,
  database: 'postgres',
  ...more,
})

const stagesOf = (more: Settings = {}, password = server.superuser.password) =>
  Array.fromAsync(postgresBlock.test(contextOf(settingsOf(more), { password })))

const failureOf = async (more: Settings, password?: string) => {
  const stages = await stagesOf(more, password)
  const last = stages.at(-1)
  expect(stages.slice(0, -1).every(({ ok }) => ok)).toBe(true)
  expect(JSON.stringify(stages)).not.toContain(server.superuser.password)
  return `${last?.ok ? 'ok' : 'failed'}: ${last?.stage}: ${last?.message} ${last?.remedy ?? ''}`
}

testWithPostgres('a test that passes tells each stage', async () => {
  expect(await stagesOf({ tls: 'verify-full', ca: certificates.authority, schema: 'staging' })).toMatchObject([
    { stage: 'Reach the server', ok: true, message: `localhost:${server.port} answers.` },
    {
      stage: 'Encrypt',
      ok: true,
      message: containing(/^Encrypted with TLSv1\.[23], by a trusted authority and for this host\.$/),
    },
    { stage: 'Sign in', ok: true, message: 'As “overseer”.' },
    { stage: 'Open the database', ok: true, message: containing(/“postgres” of PostgreSQL \d+/) },
    { stage: 'Use the schema', ok: true, message: '“staging” is not there yet; the first load makes it.' },
  ])
})

testWithPostgres('a test that fails says at which stage, why, and what to do', async () => {
  const person = await server.createPerson()
  await server.ask(
    "CREATE ROLE shut_out LOGIN PASSWORD 'x'; CREATE ROLE only_encrypted LOGIN PASSWORD 'also only for tests'; CREATE SCHEMA closed",
  )
  const as = (user: string, more: Settings = {}) => failureOf({ user, ...more }, person.password)
  expect(await failureOf({ port: 1 })).toMatch(
    /^failed: Reach the server: Nothing answers at localhost:1\. Start PostgreSQL there/,
  )
  expect(await failureOf({ host: 'no-such-host.invalid' })).toMatch(
    /^failed: Reach the server: (There is no machine named|The name “no-such-host)/,
  )
  expect(await failureOf({}, 'wrong password')).toMatch(
    /^failed: Sign in: The password of “overseer” is wrong.* Set the password again\./,
  )
  expect(await failureOf({ database: 'nowhere' })).toMatch(
    /^failed: Open the database: There is no database “nowhere”\. Create it/,
  )
  expect(await as('shut_out')).toMatch(
    /^failed: Sign in: The server lets “shut_out” into “postgres” neither from here .*pg_hba/,
  )
  expect(await as('only_encrypted', { tls: 'disable' })).toMatch(
    /^failed: Sign in: .*or choose require as the encryption\./,
  )
  expect(await as('only_encrypted')).toMatch(/^ok: Use the schema/)
  expect(await as(person.user, { schema: 'closed' })).toMatch(
    /^failed: Use the schema: “person_\d+” has no right to use the schema “closed”\. Let its owner run: GRANT/,
  )
  expect(await as(person.user, { schema: 'absent' })).toMatch(/^failed: Use the schema: There is no schema “absent”/)
  expect(await as(person.user)).toMatch(
    /^ok: Use the schema: “public” can be used, but .* replace or merge\. To append/,
  )
})

testWithPostgres('certificates are checked as far as the mode says', async () => {
  const { authority, stranger } = certificates
  expect(await failureOf({ tls: 'require' })).toMatch(/^ok/)
  expect(await failureOf({ tls: 'disable' })).toMatch(/^ok/)
  expect(await failureOf({ tls: 'verify-ca' })).toMatch(
    /^failed: Encrypt: .*authority that is not trusted\. Give its certificate/,
  )
  expect(await failureOf({ tls: 'verify-ca', ca: stranger })).toMatch(
    /^failed: Encrypt: .*authority that is not trusted/,
  )
  expect(await failureOf({ tls: 'verify-ca', ca: authority, host: '127.0.0.1' })).toMatch(/^ok/)
  expect(await failureOf({ tls: 'verify-full', ca: authority, host: '127.0.0.1' })).toMatch(
    /^failed: Encrypt: The server’s certificate is not for “127\.0\.0\.1”\. Use the host name/,
  )
  expect(await failureOf({ tls: 'verify-full', ca: 'nowhere.pem' })).toMatch(
    /^failed: Settings: The certificate authority .*nowhere\.pem” cannot be read/,
  )
})

testWithPostgres(
  'without a password it says that one is asked for; a server that is full may be tried again',
  async () => {
    const settings = settingsOf()
    const [, , signIn] = await Array.fromAsync(postgresBlock.test(contextOf(settings)))
    expect(signIn).toMatchObject({
      ok: false,
      message: 'The server asks for the password of “overseer”, and none is set. Set the secret “password”.',
    })
    const person = await server.createPerson()
    const context = contextOf(settingsOf({ user: person.user }), { password: person.password })
    const database = await postgresBlock.openDatabase?.(context)
    if (!database) throw new Error('The block opens no database.')
    const asked = Array.from({ length: 8 }, () => database.query('SELECT pg_sleep(1)', 1))
    const ended = await Promise.allSettled(asked)
    const refused = ended.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({
      failure: { code: 'unavailable', retryable: true, message: containing(/no connection left/) },
    })
  },
)
