import { counted } from '#core/model/counted.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { loadFrom } from './load-from.ts'
import { settings } from './settings.ts'

export const databaseLoad = defineTask({
  type: 'database.load',
  version: 1,
  title: 'Load into a database',
  summary: 'Puts the rows into a table of a database, exactly once however often the task is tried.',
  group: 'store',
  icon: 'database',
  aliases: [
    'to_sql',
    'SQLAlchemy',
    'to_gbq',
    'COPY',
    'INSERT',
    'MERGE',
    'upsert',
    'BigQuery',
    'GcsToBigQuery',
    'bq load',
    'SqlAlchemyConnector',
  ],
  config: settings
    .refine(({ mode, keys }) => mode !== 'merge' || keys.length > 0, {
      path: ['keys'],
      message: 'Merge needs the columns that tell one row from another',
    })
    .refine(({ mode, keys }) => mode === 'merge' || keys.length === 0, {
      path: ['keys'],
      message: 'Keys are for merge: take them out, or choose the mode merge',
    }),
  inputs: {
    table: { kind: 'table', title: 'Rows', optional: true },
    files: {
      kind: 'file',
      title: 'Files',
      help: 'CSV, JSON or Parquet, in place of rows.',
      many: true,
      optional: true,
    },
  },
  needsOne: { inputs: ['table', 'files'], settings: ['objects'] },
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
    {
      database: 'block:bigquery/trips',
      into: 'rides',
      partition_by: 'lpep_pickup_datetime',
      cluster_by: ['PULocationID'],
    },
    { database: 'block:bigquery/trips', into: 'rides', mode: 'replace', objects: ['gs://zoom/data/green/*.parquet'] },
  ],
  traits: { tables: 'reads', effect: true },
  run: async (context) => {
    const { config, blocks, log, wrote } = context
    const { into, mode } = config
    const database = await blocks.database(config.database)
    const { rows, columns, updated, repeated } = await loadFrom(context, database)
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
