import { startPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { expectedRemote } from './flow.ts'

/** A PostgreSQL that flows of the campaign load into, with a database for each round. */
export type Remote = { createDatabase(): Promise<RemoteDatabase>; close(): Promise<void> }

export type RemoteDatabase = {
  /** Arguments of `millrace` that make the block. */
  readonly block: readonly string[]
  /** Everything that is wrong in it after the run has been completed, in words. */
  verify(): Promise<readonly string[]>
}

export const openRemote = async (): Promise<Remote> => {
  // Nobody else gets to it, and so no secret needs a place in the homes.
  const server = await startPostgres({ access: ['host all all 127.0.0.1/32 trust'] })
  return {
    createDatabase: async () => remoteDatabase(server, await server.createDatabase()),
    close: () => server.close(),
  }
}

const remoteDatabase = (server: PostgresServer, database: string): RemoteDatabase => {
  const { host, port, superuser } = server
  const settings = { host, port, database, user: superuser.user, tls: 'disable' }
  return {
    block: [
      'block',
      'create',
      'postgres',
      'remote',
      ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ],
    verify: async () => {
      const problems: string[] = []
      for (const [name, expected] of Object.entries(expectedRemote)) {
        const [found] = await server.ask(
          `select count(*)::int as rows, coalesce(sum(id), 0)::float8 as "idSum",
             (select count(*)::int from _millrace_loads where table_name like '%${name}%') as loads from ${name}`,
          database,
        )
        const isRight = Object.entries(expected).every(([key, value]) => found?.[key] === value)
        if (!isRight)
          problems.push(`${name} in PostgreSQL is ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`)
      }
      const busy = await server.ask(
        `select pid from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`,
        database,
      )
      return [...problems, ...busy.map(({ pid }) => `connection ${String(pid)} is left`)]
    },
  }
}
