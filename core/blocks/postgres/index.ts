import type { BlockContext } from '#core/kinds/block-type.ts'
import { defineBlock } from '#core/kinds/block-type.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { executeStatements } from './execute.ts'
import { loadRows } from './load.ts'
import { factsOfUrl } from './parse-url.ts'
import { queryRows } from './query.ts'
import { selectRows } from './select.ts'
import { postgresSettings, type PostgresSettings } from './settings.ts'
import { testStages } from './stages.ts'
import { locationOf, targetOf } from './target.ts'

/** Connects for each request and is gone after it: no connection is kept between tasks. */
const openPostgres = async (context: BlockContext<PostgresSettings>): Promise<DatabaseClient> => {
  const target = await targetOf(context)
  return {
    location: locationOf(target),
    load: (request) => loadRows(target, request),
    select: (request) => selectRows(target, request),
    execute: (request) => executeStatements(target, request),
    query: (sql, limit) => queryRows(target, { sql, limit, signal: context.signal }),
    close: () => Promise.resolve(),
  }
}

const docs = `
A PostgreSQL server. The \`database.*\` tasks load tables into it, run queries whose rows become tables, and execute statements.

**What it needs.** Host, database and user, or one URL (which is secret, since a password stands in it); and a password, unless the
server asks for none. What the user may do decides what flows can: \`CREATE\` on the schema to make tables, \`INSERT\` to append,
\`TRUNCATE\` or ownership to replace.

**TLS.** \`prefer\` takes TLS where the server has it, \`require\` insists on it, \`verify-ca\` and \`verify-full\` also check the certificate;
a CA of your own is given as its text. Servers on the Internet should have \`verify-full\`.

**Loads are done once.** Each load is recorded in \`_millrace_loads\` beside the table, in the same transaction as its rows.

If its test fails: *Reach the server* is about host, port and firewall; *Encrypt* about certificates; *Sign in* about user,
password and the server’s \`pg_hba.conf\`.
`

export const postgresBlock = defineBlock({
  type: 'postgres',
  version: 1,
  title: 'PostgreSQL',
  summary: 'A PostgreSQL database: rows are loaded exactly once, queries give tables.',
  icon: 'database',
  docs,
  config: postgresSettings,
  secrets: {
    password: { title: 'Password', optional: true },
    url: {
      title: 'URL',
      help: 'All in one, for example postgresql://user:password@host:5432/database?sslmode=require. Used where no host is given; postgresql+psycopg2:// is fine too.',
      optional: true,
    },
  },
  needs: ({ host }) => (host === undefined ? ['url'] : []),
  capabilities: ['database'],
  certificates: ['ca'],
  facts: { url: factsOfUrl },
  examples: [
    { host: 'localhost', database: 'ny_taxi', user: 'root' },
    { host: 'db.example.org', database: 'taxi', user: 'loader', schema: 'staging', tls: 'verify-full' },
    { schema: 'public' },
  ],
  openDatabase: openPostgres,
  test: testStages,
})
