import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { field } from '#core/kinds/field.ts'
import type { FilterCounts } from '#core/kinds/task-context.ts'
import { defineTask } from '#core/kinds/task-type.ts'

const nullRules = ['drop', 'keep'] as const

export const tableFilter = defineTask({
  type: 'table.filter',
  version: 1,
  title: 'Filter rows',
  summary: 'Keeps the rows for which a condition holds, and says how many it could not tell.',
  group: 'transform',
  icon: 'funnel',
  aliases: ['where', 'df.query', 'df[df.x != 0]', 'pandas filter', 'spark.filter'],
  config: z.object({
    where: field.sql({
      title: 'Condition',
      help: 'A SQL condition over the columns, for example passenger_count <> 0.',
      key: true,
      columnsOf: 'table',
    }),
    nulls: field
      .choice(nullRules, {
        title: 'Unknown rows',
        help: 'A condition on an empty value is neither true nor false. Drop or keep such rows.',
      })
      .default('drop'),
  }),
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'Rows kept' } },
  examples: [
    { where: 'passenger_count <> 0' },
    { where: "store_and_fwd_flag = 'Y'", nulls: 'keep' },
    { where: 'true' },
  ],
  traits: { tables: 'lazy' },
  run: async ({ config, inputs, tables, log }) => {
    const report = (counts: FilterCounts) => {
      const line = describe(counts, config.nulls)
      if (counts.unknown > 0 && config.nulls === 'drop') log.warning(line)
      else log.info(line)
    }
    return { table: await tables.filter(inputs.table, { where: config.where, nulls: config.nulls }, report) }
  },
})

const describe = ({ kept, dropped, unknown }: FilterCounts, nulls: 'drop' | 'keep'): string => {
  const line = `Kept ${counted(kept, 'row')}, dropped ${dropped.toLocaleString('en-US')}`
  if (unknown === 0) return `${line}.`
  const fate =
    nulls === 'keep' ? 'they are among the rows kept' : 'they are among the rows dropped (nulls: keep would keep them)'
  return `${line}. For ${counted(unknown, 'row')} the condition is unknown, since a value is missing; ${fate}.`
}
