import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listenLocally } from '#test/fakes/listen.ts'
import { isPostgresHere, startPostgres, testWithPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { firstRow } from './duckdb-rows.ts'
import { starterFlow, type Ended } from './millrace.ts'
import { workspace, type Workspace } from './workspace.ts'

/** Opens nothing but the vault of these tests. */
const vault = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }
const flow = starterFlow('ingest-postgres.yaml')

let server: PostgresServer
let guarded: PostgresServer
beforeAll(async () => {
  if (!isPostgresHere) return
  server = await startPostgres()
  guarded = await startPostgres({
    access: ['hostssl all all 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 reject'],
  })
})
afterAll(async () => {
  await server?.close()
  await guarded?.close()
})

/** The months as the web has them; of the yellow one the rows that are whole. */
const serveMonths = async (): Promise<string> => {
  const yellow = readFileSync(sharedFile('yellow_tripdata_2021-01.truncated.csv'), 'utf8')
  const files: Record<string, Buffer> = {
    '/green_tripdata_2021-01.csv.gz': readFileSync(sharedFile('green_tripdata_2021-01.csv.gz')),
    '/yellow_tripdata_2021-01.csv.gz': gzipSync(yellow.slice(0, yellow.lastIndexOf('\n') + 1)),
  }
  const web = createServer((request, response) => {
    const file = files[request.url ?? '']
    response.writeHead(file ? 200 : 404).end(file)
  })
  const { url, close } = await listenLocally(web)
  onTestFinished(close)
  return url
}

const createBlock = async (
  space: Workspace,
  name: string,
  settings: Readonly<Record<string, unknown>>,
  password: string,
) => {
  const sets = Object.entries(settings).flatMap(([field, value]) => ['--set', `${field}=${String(value)}`])
  const made = await space.millrace(['block', 'create', 'postgres', name, ...sets, '--stdin', 'password'], {
    env: vault,
    input: password,
  })
  expect(made.exitCode, made.stderr).toBe(0)
}

const home = async (): Promise<Workspace> => {
  const space = workspace()
  await space.millrace(['config', 'set', 'secrets=vault'])
  return space
}

const placeOf = ({ host, port, superuser }: PostgresServer) => ({
  host,
  port,
  user: superuser.user,
  database: 'postgres',
})

const inWarehouse = ({ home: folder }: Workspace, sql: string) => firstRow(sql, path.join(folder, 'warehouse.duckdb'))

const testWithBoth = isPostgresHere ? testWithData : testWithPostgres

describe('the ingest-postgres starter', () => {
  test('runs as it is, with no server and no network', async () => {
    const space = await home()
    const ended = await space.millrace(['run', flow])
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(await inWarehouse(space, 'select count(*) as rides from green_taxi_trips')).toEqual({ rides: '88413' })
  })

  testWithBoth('loads green and yellow months; only the block says whether into PostgreSQL or DuckDB', async () => {
    const space = await home()
    const source = await serveMonths()
    const database = await server.createDatabase()
    await createBlock(space, 'pg', { ...placeOf(server), database }, server.superuser.password)
    const run = async (block: string, ...more: readonly string[]) => {
      const args = [
        'run',
        flow,
        '-p',
        'year=2021',
        '-p',
        'month=1',
        '-p',
        `source=${source}`,
        '-p',
        `database=${block}`,
      ]
      const ended = await space.millrace([...args, ...more], { env: vault })
      expect(ended.exitCode, ended.stderr).toBe(0)
    }
    const rides = { green: { rides: 76_371 }, yellow: { rides: 22_303 } }
    for (const color of ['green', 'yellow'] as const) {
      for (const block of ['block:postgres/pg', 'block:duckdb/warehouse']) await run(block, '-p', `color=${color}`)
      const count = `select count(*)::int as rides from ${color}_taxi_trips`
      expect(await server.ask(count, database)).toEqual([rides[color]])
      expect(await inWarehouse(space, count)).toEqual({ rides: String(rides[color].rides) })
    }
    await run('block:postgres/pg', '-p', 'mode=append')
    expect(await server.ask('select count(*)::int as rides from green_taxi_trips', database)).toEqual([
      { rides: 152_742 },
    ])
  })
})

/** One line of why a run failed, as its log and its end tell it. */
const reasonOf = ({ exitCode, stdout, stderr }: Ended): string => {
  expect(exitCode, stdout + stderr).toBe(1)
  return stdout + stderr
}

testWithPostgres('what keeps rows from PostgreSQL is told apart, with what to do', async () => {
  const space = await home()
  const database = await server.createDatabase()
  const { user, password } = server.superuser
  await server.ask('create table rides (n text not null, other int not null)', database)
  space.write('rides.csv', 'n\n1\n2\n')
  const good = { ...placeOf(server), database }
  const blocks: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, string]>> = {
    'wrong-password': [good, 'not the password'],
    'no-tls-there': [{ ...good, tls: 'require' }, password],
    'no-tls-here': [{ ...placeOf(guarded), tls: 'disable' }, guarded.superuser.password],
    'unknown-database': [{ ...good, database: 'nowhere' }, password],
    unreachable: [{ ...good, port: 1 }, password],
    'another-schema': [good, password],
  }
  const reasons: Record<string, string> = {}
  for (const [name, [settings, secret]] of Object.entries(blocks)) {
    await createBlock(space, name, settings, secret)
    const load = space.flow(
      name,
      'tasks:\n  rows: { type: table.read, with: { path: rides.csv, types: { n: BIGINT } } }\n' +
        `  load: { type: database.load, inputs: { table: rows.table }, with: { database: block:postgres/${name}, into: rides } }\n`,
    )
    reasons[name] = reasonOf(await space.millrace(['run', load], { env: vault }))
  }
  expect(reasons['wrong-password']).toContain(
    `The password of “${user}” is wrong, or there is no such user. Set the password again.`,
  )
  expect(reasons['no-tls-there']).toContain(
    'The server does not encrypt connections. Set the encryption to prefer or disable',
  )
  expect(reasons['no-tls-here']).toContain('or choose require as the encryption.')
  expect(reasons['unknown-database']).toContain('There is no database “nowhere”. Create it, or correct its name.')
  expect(reasons['unreachable']).toContain(
    'Nothing answers at 127.0.0.1:1. Start PostgreSQL there, or check the host and port.',
  )
  expect(reasons['another-schema']).toMatch(
    /The rows do not fit the table “rides”: .*other must have a value, and is missing in the rows.* Choose and convert columns/,
  )
  expect(JSON.stringify(reasons)).not.toContain(password)
  expect(await server.ask('select count(*)::int as rows from rides', database)).toEqual([{ rows: 0 }])
})
