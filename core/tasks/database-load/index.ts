import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { loadModes } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'

export const databaseLoad = defineTask({
  type: 'database.load',
  version: 1,
  title: 'Load into a database',
  summary: 'Puts the rows into a table of a database, exactly once however often the task is tried.',
  group: 'store',
  icon: 'database',
  aliases: ['to_sql', 'SQLAlchemy', 'to_gbq', 'COPY', 'INSERT', 'bq load', 'SqlAlchemyConnector'],
  config: z.object({
    database: field.block({ title: 'Database', blocks: ['database'], key: true }),
    into: field
      .text({
        title: 'Table',
        help: 'name or schema.name; made when it is not there.',
        placeholder: 'rides',
        key: true,
      })
      .regex(/^[^.]+(\.[^.]+)?$/, 'name or schema.name'),
    mode: field
      .choice(loadModes, {
        title: 'Mode',
        help: 'Append adds to the rows there are; replace puts these in their place.',
      })
      .default('append'),
  }),
  inputs: { table: { kind: 'table', title: 'Rows' } },
  outputs: { rows: { kind: 'value', title: 'Rows loaded' }, location: { kind: 'value', title: 'Where they are' } },
  examples: [
    { database: 'block:duckdb/warehouse', into: 'rides' },
    { database: 'block:duckdb/warehouse', into: 'taxi.rides', mode: 'replace' },
  ],
  traits: { tables: 'reads', effect: true },
  run: async ({ config, inputs, tables, blocks, run, log, signal }) => {
    const { into, mode } = config
    const database = await blocks.database(config.database)
    const loaded = await database.load({ table: inputs.table, tables, into, mode, loadId: run.loadId, signal })
    const rows = counted(loaded.rows, 'row')
    if (loaded.repeated) log.info(`${into} has these ${rows} from an earlier attempt; nothing was loaded again.`)
    else log.info(`Loaded ${rows} into ${into} (${mode}) of ${database.location}.`)
    return {
      rows: { kind: 'value', value: loaded.rows },
      location: { kind: 'value', value: `${database.location}#${into}` },
    }
  },
})
