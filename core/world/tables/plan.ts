import type { Counting, TableStep } from '#core/model/handle.ts'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { Connection } from './duckdb.ts'
import { identifier, text, withSteps } from './sql.ts'

export type StepCounts = {
  readonly rows: number
  /** Rows of the step before it; for the first step its own. */
  readonly before: number
  /** By the names of its counters. */
  readonly counters: ReadonlyMap<string, number>
  readonly groups: Groups | null
}

type Groups = {
  readonly rows: number
  readonly groups: number
  /** Rows of groups without a value, by key. */
  readonly keyless: ReadonlyMap<string, number>
}

type Grouping = Extract<Counting, { kind: 'grouping' }>

/**
 * Exact row counts of every step from the statement that computes the plan. A step that leaves rows out counts them with
 * sequences (`nextval` runs for those rows only, so a row that passes costs nothing); the rest follows backwards from the
 * rows that the statement wrote. Marks are volatile and stand in a projection, so that the optimiser neither moves a
 * filter nor joins it with another. Measured: within 3 % of the plain statement.
 *
 * Rows cannot be followed backwards across a step that groups them. There the plan is cut: the groups go into a temporary
 * table together with the rows in each, and the statement goes on from that table.
 */
export const computeCounted = async (
  connection: Connection,
  steps: readonly TableStep[],
  statement: (select: string) => Promise<number>,
): Promise<readonly StepCounts[]> => {
  const counters = steps.flatMap((step) => countersOf(step).map((counter) => sequence(step.name, counter)))
  for (const name of counters) await connection.run(`CREATE OR REPLACE TEMP SEQUENCE ${identifier(name)}`)
  const groups = new Map<number, Groups>()
  try {
    let from = 0
    for (const [index, { counting }] of steps.entries()) {
      if (counting?.kind !== 'grouping') continue
      const select = countedSelect(steps, from, index, counting.sql)
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${groupTable(index)} AS ${select}`)
      groups.set(index, await groupsOf(connection, index, counting))
      from = index
    }
    const written = await statement(countedSelect(steps, from, steps.length - 1))
    return countsOf(steps, written, { groups, used: counters.length > 0 ? await readSequences(connection) : new Map() })
  } finally {
    for (const index of groups.keys()) await connection.cleanUp(`DROP TABLE IF EXISTS temp.${groupTable(index)}`)
  }
}

/** The column of a grouping step's SELECT that holds the rows of each group. */
export const groupRows = '__millrace_rows'

const groupTable = (index: number): string => `millrace_groups_${index}`

const countersOf = ({ counting }: TableStep): readonly string[] =>
  counting?.kind === 'passing' ? counting.counters : []

const sequence = (step: string, counter: string): string => `millrace ${step} ${counter}`

/** Advances a counter of a step; always 1 or more. */
export const countSql = (step: string, counter: string): string =>
  `nextval(${text(`temp.${identifier(sequence(step, counter))}`)})`

/** The steps from one to another; the first goes on from its groups when it groups, unless it is the last. */
const countedSelect = (steps: readonly TableStep[], from: number, to: number, last?: string): string =>
  withSteps(steps.slice(from, to + 1), ({ sql, counting }, index) => {
    if (last !== undefined && from + index === to) return last
    if (counting?.kind === 'passing') return counting.sql
    if (counting?.kind === 'grouping' && index === 0) return groupsSelect(`temp.${groupTable(from)}`, counting.after)
    return sql
  })

/** The rows of a grouping step, from its groups. */
export const groupsSelect = (groups: string, after: string): string =>
  `SELECT * EXCLUDE (${groupRows}) FROM ${groups} ${after}`

const groupsOf = async (connection: Connection, index: number, { keys }: Grouping): Promise<Groups> => {
  const sums = keys.map(
    (key, place) => `coalesce(sum(${groupRows}) FILTER (WHERE ${identifier(key)} IS NULL), 0) AS keyless_${place}`,
  )
  const totals = [`coalesce(sum(${groupRows}), 0) AS total`, 'count(*) AS groups', ...sums].join(', ')
  const { rows } = await connection.ask(`SELECT ${totals} FROM temp.${groupTable(index)}`)
  const number = (name: string) => Number(rows[0]?.[name] ?? 0)
  return {
    rows: number('total'),
    groups: number('groups'),
    keyless: new Map(keys.map((key, place) => [key, number(`keyless_${place}`)])),
  }
}

const readSequences = async (connection: Connection): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await connection.ask(
    `SELECT sequence_name AS name, last_value AS used FROM duckdb_sequences() WHERE starts_with(sequence_name, ${text('millrace ')})`,
  )
  return new Map(rows.map((row) => [textIn(row, 'name'), Number(row['used'] ?? 0)]))
}

const countsOf = (
  steps: readonly TableStep[],
  written: number,
  { groups, used }: { groups: ReadonlyMap<number, Groups>; used: ReadonlyMap<string, number> },
): readonly StepCounts[] => {
  let rows = written
  const counts: StepCounts[] = []
  for (const [index, step] of [...steps.entries()].toReversed()) {
    const counters = new Map(
      countersOf(step).map((counter) => [counter, used.get(sequence(step.name, counter)) ?? 0] as const),
    )
    const removed = step.counting?.kind === 'passing' ? step.counting.removed : []
    const grouped = groups.get(index) ?? null
    const before = grouped?.rows ?? removed.reduce((sum, counter) => sum + (counters.get(counter) ?? 0), rows)
    counts.unshift({ rows, before, counters, groups: grouped })
    rows = before
  }
  return counts
}
