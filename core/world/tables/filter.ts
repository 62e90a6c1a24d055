import type { FilterCounts, FilterRule } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { lastOf } from './compute.ts'
import type { Connection } from './duckdb.ts'
import { countSql, type StepCounts } from './plan.ts'
import { rowExpression } from './row-expression.ts'
import { identifier } from './sql.ts'

const mark = '__millrace_keep'

export const filterStep = async (
  connection: Connection,
  input: TableHandle,
  { rule, name }: { rule: FilterRule; name: string },
): Promise<Pick<TableStep, 'sql' | 'columns' | 'counting'>> => {
  const { sql: where, type } = await rowExpression(connection, input, rule.where)
  if (type !== 'BOOLEAN') {
    throw new Refused({
      code: 'invalid',
      message: `“${where}” gives ${type}, not true or false. Compare it with something, for example ${where} > 0.`,
    })
  }
  const before = identifier(lastOf(input).name)
  const keep =
    `CASE WHEN (${where}\n) THEN TRUE ` +
    `WHEN (${where}\n) IS NULL THEN ${countSql(name, 'unknown')} ${rule.nulls === 'keep' ? '> 0' : '< 0'} ` +
    `ELSE ${countSql(name, 'dropped')} < 0 END`
  return {
    sql: `SELECT * FROM ${before} WHERE (${where}\n)${rule.nulls === 'keep' ? ' IS DISTINCT FROM FALSE' : ''}`,
    columns: input.columns,
    counting: {
      kind: 'passing',
      sql: `SELECT * EXCLUDE ${mark} FROM (SELECT *, ${keep} AS ${mark} FROM ${before}) WHERE ${mark}`,
      counters: ['dropped', 'unknown'],
      removed: rule.nulls === 'keep' ? ['dropped'] : ['dropped', 'unknown'],
    },
  }
}

export const filterCounts = ({ rows, before, counters }: StepCounts): FilterCounts => ({
  kept: rows,
  dropped: before - rows,
  unknown: counters.get('unknown') ?? 0,
})
