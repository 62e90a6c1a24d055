import { z } from 'zod'
import { filledInWords } from '#core/model/fill-words.ts'
import { field } from '#core/kinds/field.ts'
import type { FillCounts, FillRule } from '#core/kinds/relations.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { fillRule, settingOf } from './fill-rule.ts'

export const tableFill = defineTask({
  type: 'table.fill',
  version: 1,
  title: 'Fill missing values',
  summary: 'Puts a value where there is none, column by column, and says how many it filled.',
  group: 'transform',
  icon: 'paint-bucket',
  aliases: [
    'fillna',
    'df.fillna',
    'ffill',
    'bfill',
    'coalesce',
    'impute',
    'nulls',
    'na.fill',
    'fill_null',
    'interpolate',
  ],
  config: z.object({
    columns: field
      .map(settingOf, {
        title: 'Columns',
        help: 'Column to a constant of its type; or to { column: other }, { with: previous } or { with: next } by the order, { with: mean } or { with: median }.',
        key: true,
        columnsOf: 'table',
      })
      .refine((columns) => Object.keys(columns).length > 0, 'Name at least one column'),
    order: field
      .list(z.string().min(1), {
        title: 'Order',
        help: 'For previous and next: columns, each with desc or not. Rows that are equal in them come in no certain order.',
        columnsOf: 'table',
      })
      .default([]),
    within: field
      .list(z.string().min(1), {
        title: 'Within',
        help: 'Previous, next, mean and median look only at rows with the same values in these columns.',
        columnsOf: 'table',
      })
      .default([]),
  }),
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'Rows out' } },
  examples: [
    { columns: { passenger_count: 1, store_and_fwd_flag: 'N' } },
    { columns: { congestion_surcharge: { with: 'previous' } }, order: ['lpep_pickup_datetime'], within: ['VendorID'] },
    { columns: { lpep_dropoff_datetime: { column: 'lpep_pickup_datetime' }, trip_distance: { with: 'median' } } },
  ],
  traits: { tables: 'lazy' },
  run: async ({ config, inputs, tables, log }) => {
    const rule = fillRule(inputs.table.columns, config)
    const report = (counts: FillCounts) => {
      for (const line of describe(counts, rule)) log.info(line)
    }
    return { table: await tables.fill(inputs.table, rule, report) }
  },
})

const describe = (counts: FillCounts, { columns }: FillRule): readonly string[] =>
  columns.map(({ column }) => filledInWords(column, counts.get(column) ?? { missing: 0, left: 0 }))
