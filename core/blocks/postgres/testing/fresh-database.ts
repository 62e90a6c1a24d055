import { afterAll, beforeAll, beforeEach } from 'vitest'
import { isPostgresHere, startPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { clientOf, duckTables } from './postgres-tables.ts'

/** A PostgreSQL for the tests of one file, with an empty database for each of them. */
export const freshDatabase = () => {
  let server: PostgresServer
  let database: string
  const duck = duckTables()
  beforeAll(async () => {
    if (isPostgresHere) server = await startPostgres()
  })
  beforeEach(async () => {
    if (server) database = await server.createDatabase()
  })
  afterAll(async () => {
    await duck.close()
    await server?.close()
  })
  const ask = (sql: string) => server.ask(sql, database)
  return {
    duck,
    server: () => server,
    database: () => database,
    client: (place: Parameters<typeof clientOf>[1] = {}) => clientOf(server, { database, ...place }),
    ask,
    rowsOf: async (table: string) => Number((await ask(`SELECT count(*) AS n FROM ${table}`))[0]?.['n']),
  }
}
