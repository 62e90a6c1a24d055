import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { field } from '#core/kinds/field.ts'
import { joinKinds } from '#core/kinds/relations.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { joinRule } from './join-rule.ts'
import { describeJoin } from './describe-join.ts'

const columnName = z.string().min(1)

export const tableJoin = defineTask({
  type: 'table.join',
  version: 1,
  title: 'Join tables',
  summary: 'Puts rows of two tables together that have the same keys, and says how many found none.',
  group: 'transform',
  icon: 'merge',
  aliases: ['merge', 'pd.merge', 'df.merge', 'df.join', 'inner join', 'left join', 'lookup', 'vlookup', 'enrich'],
  config: z.object({
    on: z.union([z.array(columnName).min(1), z.record(columnName, columnName)]).meta({
      title: 'Keys',
      description:
        'Columns that both tables have, as a list; or the left column to the right one, where the names differ. Rows without a value in a key match nothing.',
      field: { title: 'Keys', widget: 'map', key: true, columnsOf: 'left' },
    }),
    how: field
      .choice(joinKinds, {
        title: 'Rows to keep',
        help: 'inner: only rows that match. left, right, full: also the rows of that side, or both, that match nothing. semi: left rows that match, without the right columns. anti: left rows that match nothing.',
      })
      .default('inner'),
    suffix: field
      .text({
        title: 'Suffix',
        help: 'Added to the names of right columns that the left table has too. Without it such names are refused.',
        placeholder: '_right',
      })
      .min(1)
      .optional(),
  }),
  inputs: { left: { kind: 'table', title: 'Left rows' }, right: { kind: 'table', title: 'Right rows' } },
  outputs: { table: { kind: 'table', title: 'Rows out' } },
  examples: [
    { on: { PULocationID: 'LocationID' } },
    { on: ['LocationID'], how: 'left', suffix: '_zone' },
    { on: ['VendorID', 'day'], how: 'anti' },
  ],
  traits: { tables: 'starts' },
  run: async ({ config, inputs, tables, log }) => {
    const { left, right } = inputs
    const { rule, notes } = joinRule({ left: left.columns, right: right.columns }, config)
    for (const note of notes) log.info(note)
    const { table, counts } = await tables.join(left, right, rule)
    const { line, warning } = describeJoin(counts, rule.how)
    log.info(line)
    if (warning !== null) log.warning(warning)
    log.debug(`${counted(table.columns.length, 'column')}: ${table.columns.map(({ name }) => name).join(', ')}`)
    return { table }
  },
})
