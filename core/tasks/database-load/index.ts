import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { loadModes } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { keyColumns } from './key-columns.ts'

const settings = z.object({
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
      help: 'Append adds to the rows there are; replace puts these in their place; merge does so for rows with the same keys and adds the others.',
    })
    .default('append'),
  keys: field
    .list(z.string().min(1), {
      title: 'Keys',
      help: 'For merge: the columns that tell one row from another.',
      columnsOf: 'table',
    })
    .default([]),
})

export const databaseLoad = defineTask({
  type: 'database.load',
  version: 1,
  title: 'Load into a database',
  summary: 'Puts the rows into a table of a database, exactly once however often the task is tried.',
  group: 'store',
  icon: 'database',
  aliases: ['to_sql', 'SQLAlchemy', 'to_gbq', 'COPY', 'INSERT', 'MERGE', 'upsert', 'bq load', 'SqlAlchemyConnector'],
  config: settings
    .refine(({ mode, keys }) => mode !== 'merge' || keys.length > 0, {
      path: ['keys'],
      message: 'Merge needs the columns that tell one row from another',
    })
    .refine(({ mode, keys }) => mode === 'merge' || keys.length === 0, {
      path: ['keys'],
      message: 'Keys are for merge: take them out, or choose the mode merge',
    }),
  inputs: { table: { kind: 'table', title: 'Rows' } },
  outputs: {
    rows: { kind: 'value', title: 'Rows loaded' },
    inserted: { kind: 'value', title: 'Rows added', help: 'By a merge.', optional: true },
    updated: { kind: 'value', title: 'Rows that replaced others', help: 'By a merge.', optional: true },
    location: { kind: 'value', title: 'Where they are' },
  },
  examples: [
    { database: 'block:duckdb/warehouse', into: 'rides' },
    { database: 'block:duckdb/warehouse', into: 'taxi.rides', mode: 'replace' },
    { database: 'block:duckdb/warehouse', into: 'zones', mode: 'merge', keys: ['LocationID'] },
  ],
  traits: { tables: 'reads', effect: true },
  run: async ({ config, inputs, tables, blocks, run, log, signal, progress, wrote }) => {
    const { into, mode } = config
    const keys = keyColumns(inputs.table.columns, config.keys)
    const database = await blocks.database(config.database)
    const loaded = await database.load({
      table: inputs.table,
      tables,
      into,
      mode,
      keys,
      loadId: run.loadId,
      signal,
      progress: (done) => progress({ done, total: inputs.table.rows, unit: 'rows' }),
    })
    const { rows, columns, updated, repeated } = loaded
    const location = `${database.location}#${into}`
    wrote({ location, table: { columns, rows } })
    if (repeated)
      log.info(`${into} has these ${counted(rows, 'row')} from an earlier attempt; nothing was loaded again.`)
    else {
      const merged = updated === undefined ? '' : `: ${rows - updated} added, ${updated} in place of others`
      log.info(`Loaded ${counted(rows, 'row')} into ${into} (${mode}${merged}) of ${database.location}.`)
    }
    return {
      rows: { kind: 'value', value: rows },
      ...(updated !== undefined && {
        inserted: { kind: 'value', value: rows - updated },
        updated: { kind: 'value', value: updated },
      }),
      location: { kind: 'value', value: location },
    }
  },
})
