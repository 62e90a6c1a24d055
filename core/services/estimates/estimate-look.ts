import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { sqlFileSettings, sqlOf } from '#core/kinds/sql-source.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

/** Known to workers only; no flow can name it. */
export const estimateLook = defineTask({
  version: 1,
  group: 'source',
  icon: 'search',
  inputs: {},
  type: 'look.estimate',
  title: 'Ask what SQL would read',
  summary: 'The bytes that statements would read, which are not run.',
  config: z.object({
    block: field.block({ title: 'Block', blocks: ['database'] }),
    sql: field.sql({ title: 'SQL' }).optional(),
    ...sqlFileSettings,
    parameters: field.map(z.json(), { title: 'Query parameters' }).default({}),
  }),
  outputs: { answer: { kind: 'value', title: 'Answer' } },
  examples: [{ block: 'block:bigquery/trips', sql: 'SELECT 1' }],
  run: async (context) => {
    const { config, blocks, signal } = context
    const database = await blocks.database(config.block)
    if (!database.estimate)
      throw new Refused({ code: 'invalid', message: `${database.location} does not tell what statements would read.` })
    const sql = await sqlOf(config.sql, { ...context, readText })
    return { answer: { kind: 'value', value: await database.estimate(sql, config.parameters, signal) } }
  },
})
