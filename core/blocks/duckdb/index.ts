import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import { inUserFolder } from '#core/kinds/user-folder.ts'
import { openDuckDBFile, testDuckDBFile } from './client.ts'

const docs = `
A DuckDB database: one file, no server, no account. Tables are loaded into it, queried and changed with SQL by the
\`database.*\` tasks, as with PostgreSQL or BigQuery; moving a flow there is choosing another block.

- The file is made at the first load. A relative path lies below the home of Millrace, \`~/\` is your own folder; every home begins with \`duckdb/warehouse\`.
- While one program has the file open to write, DuckDB lets no other open it, even to read. Tasks of one home therefore take
  turns on a file, and each closes it when it is done. If another program holds it (the DuckDB shell, a notebook), close it there.
- Loads are recorded in the table \`_millrace_loads\`, so that a load that is tried again after a crash is not done twice.
`

const fileOf = (home: string, path: string): string => resolve(home, inUserFolder(path, homedir()))

export const duckdbBlock = defineBlock({
  type: 'duckdb',
  version: 1,
  title: 'DuckDB file',
  summary: 'A database in one file: a warehouse without a server.',
  icon: 'database',
  docs,
  config: z.object({
    path: field.path({
      title: 'File',
      help: 'Relative means below Millrace’s home. Made at the first load.',
      key: true,
    }),
  }),
  secrets: {},
  capabilities: ['database'],
  // While one process holds the file to write, DuckDB lets no other open it.
  exclusive: ({ path }, { home }) => `duckdb:${fileOf(home, path)}`,
  examples: [{ path: 'warehouse.duckdb' }, { path: '/srv/warehouse.duckdb' }],
  openDatabase: ({ settings, home, signal }) => Promise.resolve(openDuckDBFile(fileOf(home, settings.path), signal)),
  test: ({ settings, home, write = false }) => testDuckDBFile(fileOf(home, settings.path), write),
})
