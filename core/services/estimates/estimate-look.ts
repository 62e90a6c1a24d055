import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'

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
    sql: field.sql({ title: 'SQL' }),
    parameters: field.map(z.json(), { title: 'Query parameters' }).default({}),
  }),
  outputs: { answer: { kind: 'value', title: 'Answer' } },
  examples: [{ block: 'block:bigquery/trips', sql: 'SELECT 1' }],
  run: async ({ config, blocks, signal }) => {
    const database = await blocks.database(config.block)
    if (!database.estimate)
      throw new Refused({ code: 'invalid', message: `${database.location} does not tell what statements would read.` })
    return { answer: { kind: 'value', value: await database.estimate(config.sql, config.parameters, signal) } }
  },
})
