import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { describeDifference, planUnion, refuseDrift } from './drift.ts'

const driftRules = ['fail', 'widen', 'report'] as const

export const tableUnion = defineTask({
  type: 'table.union',
  version: 1,
  title: 'Stack tables',
  summary: 'Puts the rows of several tables under one another, columns by name, and tells where they differ.',
  group: 'transform',
  icon: 'layers',
  aliases: ['concat', 'pd.concat', 'append', 'union all', 'unionByName', 'UNION', 'schema drift', 'schema evolution'],
  config: z.object({
    drift: field
      .choice(driftRules, {
        title: 'When tables differ',
        help: 'fail: list all differences in columns and types. widen: take the type that holds the values of all, and null where a column is missing. report: as widen, with the differences at the output drift.',
        key: true,
      })
      .default('fail'),
  }),
  inputs: { tables: { kind: 'table', title: 'Tables', many: true } },
  outputs: {
    table: { kind: 'table', title: 'Rows of all' },
    drift: {
      kind: 'value',
      title: 'Drift',
      help: 'With drift: report, a list of what differs from the first table: table, column, kind, and what was done.',
      optional: true,
    },
  },
  examples: [{}, { drift: 'widen' }, { drift: 'report' }],
  traits: { tables: 'starts' },
  run: async ({ config, inputs, run, tables, log }) => {
    if (inputs.tables.length === 0) throw new Refused({ code: 'invalid', message: 'There is no table to stack.' })
    const plan = planUnion(inputs.tables, run.sources['tables'])
    if (config.drift === 'fail') refuseDrift(plan.differences)
    else refuseDrift(plan.differences.filter(({ result }) => result === null))
    const table = await tables.union(inputs.tables, plan.columns)
    const rows = inputs.tables.map((input) => input.rows ?? 0)
    const total = rows.reduce((sum, count) => sum + count, 0)
    log.info(
      `Stacked ${counted(rows.length, 'table')}: ${counted(total, 'row')} (${rows.map((count) => count.toLocaleString('en-US')).join(' + ')}).`,
    )
    for (const difference of plan.differences)
      log[config.drift === 'report' ? 'info' : 'warning'](describeDifference(difference))
    if (config.drift !== 'report') return { table }
    return { table, drift: { kind: 'value', value: plan.differences.map((difference) => ({ ...difference })) } }
  },
})
