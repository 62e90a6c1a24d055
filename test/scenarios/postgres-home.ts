import { expect } from 'vitest'
import type { PostgresServer } from '#test/fixtures/postgres.ts'
import { workspace, type Workspace } from './workspace.ts'

/** Opens nothing but the vaults of these tests. */
export const vault = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }

export type PostgresHome = Workspace & { readonly database: string }

/** A home with the block `postgres/pg` for an empty database. */
export const postgresHome = async (server: PostgresServer): Promise<PostgresHome> => {
  const space = workspace()
  const database = await server.createDatabase()
  await space.millrace(['config', 'set', 'secrets=vault'])
  const { host, port, superuser } = server
  const fields = { host, port, database, user: superuser.user, tls: 'disable' }
  const settings = Object.entries(fields).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const made = await space.millrace(['block', 'create', 'postgres', 'pg', ...settings, '--stdin', 'password'], {
    env: vault,
    input: superuser.password,
  })
  expect(made.exitCode, made.stderr).toBe(0)
  return { ...space, database }
}
