import { resolve } from 'node:path'
import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import { openDuckDBFile, testDuckDBFile } from './client.ts'

export const duckdbBlock = defineBlock({
  type: 'duckdb',
  version: 1,
  title: 'DuckDB file',
  summary: 'A database in one file: a warehouse without a server.',
  icon: 'database',
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
  exclusive: ({ path }, { home }) => `duckdb:${resolve(home, path)}`,
  examples: [{ path: 'warehouse.duckdb' }, { path: '/srv/warehouse.duckdb' }],
  openDatabase: ({ settings, home }) => Promise.resolve(openDuckDBFile(resolve(home, settings.path))),
  test: ({ settings, home }) => testDuckDBFile(resolve(home, settings.path)),
})
