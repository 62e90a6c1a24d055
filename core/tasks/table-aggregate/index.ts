import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { field } from '#core/kinds/field.ts'
import { aggregateFunctions, type GroupCounts } from '#core/kinds/relations.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { groupRule } from './group-rule.ts'

const aggregate = z.strictObject({
  function: field.choice(aggregateFunctions, { title: 'Function' }),
  column: field
    .text({ title: 'Column', help: 'count without a column counts rows.', columnsOf: 'table' })
    .min(1)
    .optional(),
})

export const tableAggregate = defineTask({
  type: 'table.aggregate',
  version: 1,
  title: 'Group and summarise',
  summary: 'Makes one row for each group: counts, sums, averages; sorted and limited when asked.',
  group: 'transform',
  icon: 'sigma',
  aliases: [
    'groupby',
    'df.groupby',
    'agg',
    'GROUP BY',
    'pivot',
    'value_counts',
    'count',
    'sum',
    'drop_duplicates',
    'distinct',
    'sort_values',
    'top n',
  ],
  config: z.object({
    by: field
      .list(z.string().min(1), {
        title: 'Group by',
        help: 'One row for each combination of their values; a missing value is a group too. None: one row for the whole table.',
        key: true,
        columnsOf: 'table',
      })
      .default([]),
    aggregates: field
      .map(aggregate, {
        title: 'Aggregates',
        help: 'New column to a function and its column: { function: sum, column: total_amount }. Missing values are left out of all but count without a column.',
      })
      .default({}),
    expressions: field
      .map(field.sql({ title: 'Expression' }), {
        title: 'Computed aggregates',
        help: 'New column to a SQL expression with aggregate functions, for example sum(tip_amount) / sum(total_amount).',
      })
      .default({}),
    order: field
      .list(z.string().min(1), {
        title: 'Sort by',
        help: 'Columns of the result, each with desc or not: trips desc. Missing values come last. Files written from it keep this order.',
      })
      .default([]),
    limit: field.integer({ title: 'At most', help: 'Only so many rows, the first in the order.' }).min(1).optional(),
  }),
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'One row for each group' } },
  examples: [
    { by: ['Borough'], aggregates: { trips: { function: 'count' } }, order: ['trips desc'] },
    {
      by: ['Borough', 'payment_type'],
      aggregates: {
        total: { function: 'sum', column: 'total_amount' },
        zones: { function: 'count_distinct', column: 'Zone' },
      },
      expressions: { tip_share: 'sum(tip_amount) / sum(total_amount)' },
      order: ['total desc', 'Borough'],
      limit: 10,
    },
    { aggregates: { latest: { function: 'max', column: 'lpep_pickup_datetime' } } },
    { by: ['PULocationID'] },
  ],
  traits: { tables: 'lazy' },
  run: async ({ config, inputs, tables, log }) => {
    const rule = groupRule(inputs.table.columns, config)
    const report = (counts: GroupCounts) => {
      for (const line of describe(counts, rule.limit)) log.info(line)
    }
    return { table: await tables.aggregate(inputs.table, rule, report) }
  },
})

const describe = ({ rows, groups, keyless }: GroupCounts, limit: number | null): readonly string[] => {
  const limited =
    limit === null || groups <= limit ? '' : ` The first ${limit.toLocaleString('en-US')} are kept (limit).`
  const nulls = [...keyless]
    .filter(([, count]) => count > 0)
    .map(([column, count]) => `${counted(count, 'row')} without a value in ${column} make a group of their own.`)
  return [`Grouped ${counted(rows, 'row')} into ${counted(groups, 'group')}.${limited}`, ...nulls]
}
