import { z } from 'zod'
import { defineTask } from '#core/kinds/task-type.ts'
import { profileTable } from './profile-table.ts'

/** Looks at every column of a table in a worker, where DuckDB is. Known to workers only; no flow can name it. */
export const profileTask = defineTask({
  type: 'table.profile',
  version: 1,
  title: 'Profile',
  summary: 'Looks at every column of a table.',
  group: 'source',
  icon: 'chart-column',
  config: z.object({}),
  inputs: { table: { kind: 'table', title: 'Table' } },
  outputs: { profile: { kind: 'value', title: 'Profile' } },
  examples: [{}],
  traits: { tables: 'reads' },
  run: async ({ inputs, tables }) => ({
    profile: { kind: 'value', value: await profileTable(tables, inputs.table) },
  }),
})
