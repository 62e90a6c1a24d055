import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { rules } from './rules.ts'
import { checkRules } from './check-rules.ts'

export const tableCheck = defineTask({
  type: 'table.check',
  version: 1,
  title: 'Check rows',
  summary: 'Holds a table to rules; when one does not hold, the task fails and says by how much.',
  group: 'transform',
  icon: 'list-checks',
  aliases: ['assert', 'great expectations', 'dbt test', 'expect_column_values_to_not_be_null', 'pandera'],
  config: z.object({
    rules: field
      .list(rules, {
        title: 'Rules',
        help: 'rows (exactly, at_least, at_most), not_null, unique (columns), range (column, min, max).',
      })
      .min(1),
  }),
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: {
    table: { kind: 'table', title: 'The same rows' },
    report: { kind: 'value', title: 'Report', help: 'For each rule: whether it holds, and a count.' },
  },
  examples: [
    { rules: [{ rule: 'rows', at_least: 1 }] },
    {
      rules: [
        { rule: 'rows', at_least: 80000, at_most: 100000 },
        { rule: 'not_null', columns: ['VendorID'] },
        { rule: 'unique', columns: ['LocationID'] },
        { rule: 'range', column: 'total_amount', min: -1000, max: 10000 },
      ],
    },
  ],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, tables, log }) => {
    // Computed once: the rules look at the file, and whoever comes next reads it too.
    const table = await tables.materialise(inputs.table)
    const report = await checkRules(tables, table, config.rules)
    const broken = report.filter(({ holds }) => !holds)
    for (const { holds, message } of report) log[holds ? 'info' : 'error'](message)
    if (broken.length > 0) {
      const messages = broken.map(({ message }) => message).join(' ')
      const count = broken.length === 1 ? 'A check does' : `${broken.length} of ${report.length} checks do`
      throw new Refused({ code: 'check-failed', message: `${count} not hold. ${messages}` })
    }
    return { table, report: { kind: 'value', value: report } }
  },
})
