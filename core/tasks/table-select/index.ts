import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { projectionsOf } from './projections.ts'

const badValueRules = ['fail', 'null'] as const

export const tableSelect = defineTask({
  type: 'table.select',
  version: 1,
  title: 'Choose columns',
  summary: 'Chooses, renames, converts and computes columns.',
  group: 'transform',
  icon: 'columns-3',
  aliases: ['rename', 'astype', 'drop', 'assign', 'withColumn', 'to_datetime', 'cast'],
  config: z.object({
    columns: field
      .list(z.string().min(1), {
        title: 'Columns',
        help: 'Only these, in this order, by their names in the table coming in; computed ones too. Default: all.',
        columnsOf: 'table',
      })
      .optional(),
    drop: field.list(z.string().min(1), { title: 'Leave out', columnsOf: 'table' }).default([]),
    rename: field
      .map(z.string().min(1), { title: 'Rename', help: 'Old name to new name.', columnsOf: 'table' })
      .default({}),
    cast: field
      .map(z.string().min(1), {
        title: 'Convert',
        help: 'Column to type, for example DATE or DECIMAL(12, 2).',
        columnsOf: 'table',
      })
      .default({}),
    on_bad_value: field
      .choice(badValueRules, { title: 'A value that does not fit', help: 'Fail with the value, or make it null.' })
      .default('fail'),
    add: field
      .map(field.sql({ title: 'Expression' }), {
        title: 'Compute',
        help: 'New column to a SQL expression over the columns coming in. An old name replaces that column.',
      })
      .default({}),
  }),
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'Rows out' } },
  examples: [
    { columns: ['PULocationID', 'total_amount'], rename: { PULocationID: 'pickup_zone' } },
    { cast: { lpep_pickup_datetime: 'TIMESTAMP' }, on_bad_value: 'null', drop: ['ehail_fee'] },
    { add: { minutes: "date_diff('minute', lpep_pickup_datetime, lpep_dropoff_datetime)" } },
  ],
  traits: { tables: 'lazy' },
  run: async ({ config, inputs, tables }) => {
    const projections = projectionsOf(inputs.table.columns, { ...config, columns: config.columns ?? null })
    return { table: await tables.select(inputs.table, projections) }
  },
})
