import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { checkedTable } from './checked-table.ts'
import { checkRules } from './check-rules.ts'
import { evidenceOf } from './offending-rows.ts'
import { rules } from './rules.ts'

export const tableCheck = defineTask({
  type: 'table.check',
  version: 1,
  title: 'Check rows',
  summary: 'Holds a table to rules; when one does not hold, the task fails, says by how much, and keeps the rows.',
  group: 'transform',
  icon: 'list-checks',
  aliases: ['assert', 'great expectations', 'dbt test', 'expect_column_values_to_not_be_null', 'pandera'],
  config: z.object({
    rules: field
      .list(rules, {
        title: 'Rules',
        help: 'rows (exactly, at_least, at_most), not_null, unique (columns), range (column, min, max), in_set (column, values), pattern (column, matches), freshness (column, within, time_zone). severity: warn lets the task go on.',
      })
      .min(1),
    keep_rows: field
      .integer({
        title: 'Rows kept',
        help: 'So many of the rows that break a rule are kept with the run, for each rule.',
      })
      .min(0)
      .max(1000)
      .default(100),
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
    {
      rules: [
        { rule: 'in_set', column: 'store_and_fwd_flag', values: ['Y', 'N'], severity: 'warn' },
        { rule: 'pattern', column: 'service_zone', matches: '[A-Z].*' },
        { rule: 'freshness', column: 'pickup', within: '2d', time_zone: 'America/New_York' },
      ],
    },
  ],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, tables, run, log, artifact }) => {
    // Computed once: the rules look at the file, and whoever comes next reads it too.
    const table = await tables.materialise(inputs.table)
    const checked = checkedTable(tables, table)
    const findings = await checkRules(checked, config.rules)
    const broken = findings.filter(({ report }) => !report.holds)
    const evidence = await evidenceOf(checked, broken, config.keep_rows)
    for (const one of evidence.values()) if (one.artifact) artifact(one.artifact)
    for (const finding of findings) {
      const { holds, severity, message } = finding.report
      log[holds ? 'info' : severity === 'warn' ? 'warning' : 'error'](message + (evidence.get(finding)?.lines ?? ''))
    }
    const failing = broken.filter(({ report }) => report.severity === 'fail')
    if (failing.length > 0) {
      const messages = failing.map(({ report }) => report.message).join(' ')
      const count = failing.length === 1 ? 'A check does' : `${failing.length} of ${findings.length} checks do`
      const where = evidence.size === 0 ? '' : ` The rows: millrace flow-run artifacts ${run.flowRunName}`
      throw new Refused({ code: 'check-failed', message: `${count} not hold. ${messages}${where}` })
    }
    return { table, report: { kind: 'value', value: findings.map(({ report }) => report) } }
  },
})
