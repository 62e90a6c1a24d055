import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { FilterCounts } from '#core/kinds/task-context.ts'
import type { TableStep } from '#core/model/handle.ts'
import type { Connection } from './duckdb.ts'
import { identifier, text, withSteps } from './sql.ts'

export type StepCounts = { readonly rows: number; readonly filter: FilterCounts | null }

/**
 * Exact row counts of every step from the one statement that computes the plan. A filter counts what it leaves out with
 * sequences (`nextval` runs for those rows only, so a row that passes costs nothing); the rest follows backwards from
 * the rows that the statement wrote. The mark is volatile and stands in a projection, so that the optimiser neither moves
 * the filter nor joins it with another. Measured: within 3 % of the plain statement.
 */
export const computeCounted = async (
  connection: Connection,
  steps: readonly TableStep[],
  statement: (select: string) => Promise<number>,
): Promise<readonly StepCounts[]> => {
  const filters = [...steps.keys()].filter((index) => steps[index]?.filter)
  for (const index of filters) {
    await connection.run(
      `CREATE OR REPLACE TEMP SEQUENCE ${dropped(index)}; CREATE OR REPLACE TEMP SEQUENCE ${unknown(index)}`,
    )
  }
  const written = await statement(countedSelect(steps))
  const left = filters.length === 0 ? new Map<string, number>() : await readSequences(connection)
  return countsOf(steps, written, left)
}

const dropped = (index: number) => `millrace_dropped_${index}`
const unknown = (index: number) => `millrace_unknown_${index}`
const mark = '__millrace_keep'

const countedSelect = (steps: readonly TableStep[]): string =>
  withSteps(steps, ({ sql, filter }, index) => {
    const before = steps[index - 1]
    if (!filter || !before) return sql
    const keepsUnknown = filter.nulls === 'keep' ? '> 0' : '< 0'
    const keep =
      `CASE WHEN (${filter.where}\n) THEN TRUE ` +
      `WHEN (${filter.where}\n) IS NULL THEN nextval('temp.${unknown(index)}') ${keepsUnknown} ` +
      `ELSE nextval('temp.${dropped(index)}') < 0 END`
    return `SELECT * EXCLUDE ${mark} FROM (SELECT *, ${keep} AS ${mark} FROM ${identifier(before.name)}) WHERE ${mark}`
  })

export const filterSelect = (before: string, { where, nulls }: { where: string; nulls: 'drop' | 'keep' }): string =>
  `SELECT * FROM ${identifier(before)} WHERE (${where}\n)${nulls === 'keep' ? ' IS DISTINCT FROM FALSE' : ''}`

const readSequences = async (connection: Connection): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await connection.ask(
    `SELECT sequence_name AS name, last_value AS used FROM duckdb_sequences() WHERE starts_with(sequence_name, ${text('millrace_')})`,
  )
  return new Map(rows.map((row) => [textIn(row, 'name'), Number(row['used'] ?? 0)]))
}

const countsOf = (
  steps: readonly TableStep[],
  written: number,
  used: ReadonlyMap<string, number>,
): readonly StepCounts[] => {
  let rows = written
  const counts: StepCounts[] = []
  for (const [index, step] of [...steps.entries()].toReversed()) {
    if (!step.filter) {
      counts.unshift({ rows, filter: null })
      continue
    }
    const unsure = used.get(unknown(index)) ?? 0
    const refused = (used.get(dropped(index)) ?? 0) + (step.filter.nulls === 'drop' ? unsure : 0)
    counts.unshift({ rows, filter: { kept: rows, dropped: refused, unknown: unsure } })
    rows += refused
  }
  return counts
}
