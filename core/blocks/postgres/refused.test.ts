import { afterAll, beforeAll, expect } from 'vitest'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { makeCertificate } from '#core/tasks/http-download/certificate-suite.ts'
import { makeCertificates, type Certificates } from '#test/fixtures/certificates.ts'
import { containing } from '#test/fixtures/containing.ts'
import {
  isPostgresHere,
  startPostgres,
  testWithPostgres,
  type Person,
  type PostgresServer,
} from '#test/fixtures/postgres.ts'
import { postgresBlock } from './index.ts'
import { clientOf, contextOf, duckTables } from './testing/postgres-tables.ts'

let encrypted: PostgresServer
let plain: PostgresServer
let certificates: Certificates
const duck = duckTables()
beforeAll(async () => {
  if (!isPostgresHere) return
  certificates = makeCertificates('localhost')
  plain = await startPostgres()
  encrypted = await startPostgres({
    tls: certificates.server,
    access: ['hostnossl all only_plain 127.0.0.1/32 scram-sha-256', 'hostssl all only_plain 127.0.0.1/32 reject'],
  })
})
afterAll(async () => {
  await duck.close()
  await plain?.close()
  await encrypted?.close()
})

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

const select = (client: DatabaseClient) => client.query('SELECT 1 AS one', 1)

const openAt = (server: PostgresServer, settings: Readonly<Record<string, unknown>>): Promise<DatabaseClient> => {
  const { user, password } = server.superuser
  const all = { host: 'localhost', port: server.port, database: 'postgres', user, ...settings }
  const opened = postgresBlock.openDatabase?.(contextOf(all, { password }))
  return opened ?? Promise.reject(new Error('The block opens no database.'))
}

const isEncrypted = async (server: PostgresServer, settings: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const client = await openAt(server, settings)
  const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', 1)
  return rows[0]?.['ssl']
}

testWithPostgres('every mode of encryption does what it says, against a server with TLS and one without', async () => {
  const { authority } = certificates
  const modes = [
    ['disable', {}],
    ['prefer', {}],
    ['require', {}],
    ['verify-ca', { ca: authority }],
    ['verify-full', { ca: authority }],
  ] as const
  const found = []
  for (const [tls, more] of modes) {
    const against = async (server: PostgresServer) => {
      try {
        return await isEncrypted(server, { tls, ...more })
      } catch (error) {
        return (error as Error).message
      }
    }
    found.push([tls, await against(encrypted), await against(plain)])
  }
  const refused = containing(/^The server does not encrypt connections\. Set the encryption to prefer or disable/)
  expect(found).toEqual([
    ['disable', false, false],
    ['prefer', true, false],
    ['require', true, refused],
    ['verify-ca', true, refused],
    ['verify-full', true, refused],
  ])
})

testWithPostgres(
  'a URL says the mode too, and a certificate of a stranger is refused before the password goes',
  async () => {
    const { user, password } = encrypted.superuser
    const url = (mode: string) =>
      `postgresql://${user}:${encodeURIComponent(password)}@localhost:${encrypted.port}/postgres?sslmode=${mode}`
    const open = async (mode: string) => {
      const client = await postgresBlock.openDatabase?.(contextOf({}, { url: url(mode) }))
      return client ? select(client) : null
    }
    await expect(open('require')).resolves.toMatchObject({ rows: [{ one: 1 }] })
    expect(await failureOf(open('verify-full'))).toMatchObject({
      failure: { code: 'denied', retryable: false, message: containing(/authority that is not trusted/) },
    })
  },
)

testWithPostgres('a role that may only read is told so when it writes, and can read', async () => {
  const database = await plain.createDatabase()
  const [reader, guarded] = [await plain.createPerson(), await plain.createPerson()]
  await plain.ask(
    `CREATE TABLE rides (n int); INSERT INTO rides VALUES (1), (2);
     GRANT SELECT ON rides TO ${reader.user}, ${guarded.user};
     ALTER ROLE ${guarded.user} SET default_transaction_read_only = on`,
    database,
  )
  const as = (person: Person) => clientOf(plain, { database, person })
  const load = async (person: Person, mode: 'append' | 'replace') =>
    failureOf(duck.load(await as(person), 'SELECT 3 AS n', { into: 'rides', mode }))
  for (const person of [reader, guarded]) {
    expect(await (await as(person)).query('SELECT count(*)::int AS rides FROM rides', 1)).toMatchObject({
      rows: [{ rides: 2 }],
    })
    for (const mode of ['append', 'replace'] as const)
      expect(await load(person, mode)).toMatchObject({ failure: { code: 'denied', retryable: false } })
  }
  expect(await load(guarded, 'replace')).toMatchObject({
    failure: { message: containing(/for reading only: sign in as one that may write/) },
  })
  expect(await plain.ask('SELECT count(*)::int AS rides FROM rides', database)).toEqual([{ rides: 2 }])
  const context = contextOf(
    { host: 'localhost', port: plain.port, database, user: guarded.user },
    { password: guarded.password },
  )
  const stages = await Array.fromAsync(postgresBlock.test(context))
  expect(stages.at(-1)).toMatchObject({ ok: true, message: containing(/nothing can be written/) })
})

testWithPostgres('a limit of connections for one role or one database is told from that of the server', async () => {
  const database = await plain.createDatabase()
  const person = await plain.createPerson()
  const full = async () => failureOf(select(await clientOf(plain, { database, person })))
  await plain.ask(`ALTER ROLE ${person.user} CONNECTION LIMIT 0`)
  expect(await full()).toMatchObject({
    failure: {
      code: 'unavailable',
      retryable: true,
      message: containing(/lets “person_\d+” have no more connections/),
    },
  })
  await plain.ask(`ALTER ROLE ${person.user} CONNECTION LIMIT -1; ALTER DATABASE ${database} CONNECTION LIMIT 0`)
  expect(await full()).toMatchObject({
    failure: {
      code: 'unavailable',
      retryable: true,
      message: containing(/lets the database “database_\d+” have no more/),
    },
  })
})

testWithPostgres(
  'prefer goes without encryption where the server lets one in only so, and no other mode does',
  async () => {
    await encrypted.ask("CREATE ROLE only_plain LOGIN PASSWORD 'only for tests'")
    const settings = { user: 'only_plain' }
    expect(await isEncrypted(encrypted, { ...settings, tls: 'prefer' })).toBe(false)
    expect(await failureOf(openAt(encrypted, { ...settings, tls: 'require' }).then(select))).toMatchObject({
      failure: { code: 'denied', retryable: false, message: containing(/pg_hba/) },
    })
  },
)

testWithPostgres('a certificate that has expired is told as such', async () => {
  const issuer = makeCertificate({ host: 'Test Authority' })
  const expired = makeCertificate({ host: 'localhost', issuer, validTo: new Date(Date.now() - 1000) })
  const server = await startPostgres({ tls: { certificate: expired.cert, key: expired.key } })
  try {
    expect(await failureOf(openAt(server, { tls: 'verify-full', ca: issuer.cert }).then(select))).toMatchObject({
      failure: { code: 'denied', message: 'The server’s certificate has expired. Renew it at the server.' },
    })
    await expect(isEncrypted(server, { tls: 'require' })).resolves.toBe(true)
  } finally {
    await server.close()
  }
})

testWithPostgres('what may be tried again is told from what may not', async () => {
  const person = await plain.createPerson()
  const told = async (settings: Readonly<Record<string, unknown>>) => {
    const error = await failureOf(openAt(plain, settings).then(select))
    const { failure } = error as { failure: { code: string; retryable: boolean } }
    return [failure.code, failure.retryable]
  }
  await plain.ask(`ALTER ROLE ${person.user} NOLOGIN`)
  expect(await told({ user: person.user })).toEqual(['denied', false])
  expect(await told({ database: 'nowhere' })).toEqual(['not-found', false])
  expect(await told({ port: 1 })).toEqual(['unavailable', true])
  expect(await told({ tls: 'require' })).toEqual(['invalid', false])
})
