import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { placed } from './csv-mistakes.ts'
import { becameLenient, lenientSql, type CsvReading } from './csv-reading.ts'
import type { Connection } from './duckdb.ts'
import { computeCounted, type StepCounts } from './plan.ts'
import { writeParquet } from './write.ts'

/** What the members of one job share. */
export type JobTables = {
  readonly connection: Connection
  readonly signal: AbortSignal
  /** By the name of a step, once a statement has computed it. */
  readonly counts: Map<string, StepCounts>
  /** What steps of this job say when they are counted. */
  readonly reports: Map<string, (counts: StepCounts) => void>
  readonly csv: CsvReading
  inTransaction: boolean
}

export type MemberFolders = { readonly results: string; readonly scratch: string }

/** A statement over a whole plan failed; the member at fault may be any that added a step. */
export class PlanFailed extends Refused {
  readonly steps: readonly TableStep[]

  constructor(refusal: Refused, steps: readonly TableStep[]) {
    super(refusal.failure, { cause: refusal.cause })
    this.steps = steps
  }
}

export const lastOf = (table: TableHandle): TableStep => {
  const last = table.steps.at(-1)
  if (!last) throw new Error('A table has at least one step.')
  return last
}

export const planned = (steps: readonly TableStep[], sources: readonly string[]): TableHandle => ({
  kind: 'table',
  columns: steps.at(-1)?.columns ?? [],
  rows: null,
  bytes: null,
  path: null,
  steps,
  sources,
})

export const requireSources = ({ sources }: TableHandle): void => {
  const missing = sources.find((path) => !existsSync(path))
  if (missing === undefined) return
  throw new Refused({
    code: 'not-found',
    message: `The result is missing: the file “${basename(missing)}” that the table is read from is gone (${missing}). Run the task that made it again.`,
  })
}

/** Runs the one statement that computes a plan, keeps the counts of its steps and tells those that want to know. */
export const compute = async <R extends { rows: number }>(
  job: JobTables,
  input: TableHandle,
  statement: (select: string) => Promise<R>,
): Promise<R> => {
  requireSources(input)
  const steps = readLeniently(job, input.steps)
  let result: R | null = null
  try {
    const counts = await computeCounted(job.connection, steps, (select) =>
      inOrder(job.connection, lastOf(input).ordered === true, async () => {
        result = await statement(select)
        const broken = await job.csv.whole.broken()
        if (broken) throw broken
        return result.rows
      }),
    )
    for (const [index, step] of steps.entries()) settle(job, step, counts[index])
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const broken = await job.csv.whole.broken()
    if (broken) throw new PlanFailed(broken, steps)
    // A failed statement ends its transaction, so there it is the transaction that is tried again.
    if (!job.inTransaction && (await leniencyHelps(job, error, steps))) return compute(job, input, statement)
    throw new PlanFailed(await placed(error, job.csv.sources, job.signal), steps)
  }
  if (result === null) throw new Error('The statement of a plan was not run.')
  return result
}

/** A line that fits no leniency is a failure of the plan too. */
const leniencyHelps = (job: JobTables, error: Refused, steps: readonly TableStep[]): Promise<boolean> =>
  becameLenient(job.csv, error).catch((misfit: unknown) => {
    throw misfit instanceof Refused ? new PlanFailed(misfit, steps) : misfit
  })

/** Rows come out as they stand in the files and in the order that a step set. */
export const inOrder = async <T>(connection: Connection, ordered: boolean, work: () => Promise<T>): Promise<T> => {
  if (!ordered) return work()
  await connection.run('SET GLOBAL preserve_insertion_order = true')
  try {
    return await work()
  } finally {
    await connection.cleanUp('SET GLOBAL preserve_insertion_order = false')
  }
}

/** Only the first step of a plan reads files. */
export const readLeniently = ({ csv }: { csv: CsvReading }, steps: readonly TableStep[]): readonly TableStep[] =>
  steps.map((step, index) => (index === 0 ? { ...step, sql: lenientSql(step.sql, csv) } : step))

const settle = (job: JobTables, step: TableStep, counts: StepCounts | undefined): void => {
  if (!counts || job.counts.has(step.name)) return
  job.counts.set(step.name, counts)
  job.reports.get(step.name)?.(counts)
}

/** The plan's rows in a Parquet file, as a table that starts there. */
export const materialise = async (job: JobTables, input: TableHandle, folder: string): Promise<TableHandle> => {
  if (input.path !== null) return input
  const { name, taskRun, ordered } = lastOf(input)
  const written = await compute(job, input, (select) =>
    writeParquet(job.connection, { select, columns: input.columns, folder, name }),
  )
  const step: TableStep = { name, taskRun, sql: written.sql, columns: input.columns, ...(ordered && { ordered }) }
  const table = planned([step], [written.path])
  return { ...table, rows: written.rows, bytes: written.bytes, path: written.path }
}
