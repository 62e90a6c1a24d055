import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { FilterCounts, Log, Projection, Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { attachedDatabase } from './attached.ts'
import { castSql } from './cast.ts'
import { placed } from './csv-mistakes.ts'
import { becameLenient, lenientSql, withLeniency, type CsvReading } from './csv-reading.ts'
import type { Connection } from './duckdb.ts'
import { checkedExpression } from './expression.ts'
import { computeCounted, filterSelect, type StepCounts } from './plan.ts'
import { planRead } from './read.ts'
import { emptyTable, identifier, literal, selectOf } from './sql.ts'
import { knownType } from './types.ts'
import { copyPlan, writeParquet } from './write.ts'

/** What the members of one job share. */
export type JobTables = {
  readonly connection: Connection
  readonly signal: AbortSignal
  /** By the name of a step, once a statement has computed it. */
  readonly counts: Map<string, StepCounts>
  /** What filters of this job say when they are counted. */
  readonly reports: Map<string, (counts: FilterCounts) => void>
  readonly csv: CsvReading
  inTransaction: boolean
}

/** A statement over a whole plan failed; the member at fault may be any that added a step. */
export class PlanFailed extends Refused {
  readonly steps: readonly TableStep[]

  constructor(refusal: Refused, steps: readonly TableStep[]) {
    super(refusal.failure, { cause: refusal.cause })
    this.steps = steps
  }
}

export type MemberFolders = { readonly results: string; readonly scratch: string }

/** The tables of one member of a job. */
export const memberTables = (job: JobTables, taskRun: string, folders: MemberFolders, log: Log): Tables => {
  const add = (input: TableHandle, step: Omit<TableStep, 'name' | 'taskRun'>): TableHandle => ({
    ...planned([...input.steps, { name: stepName(taskRun, input.steps), taskRun, ...step }], input.sources),
  })
  return {
    read: async (files, options) => {
      const { sql, warnings, notes } = await planRead(job.connection, files, options, job.csv)
      for (const warning of warnings) log.warning(warning)
      for (const note of notes) log.info(note)
      return planned([{ name: taskRun, taskRun, sql, columns: await job.connection.describe(sql) }], files)
    },
    filter: async (input, rule, report) => {
      const where = await checkedExpression(job.connection, rule.where)
      const before = lastOf(input)
      const [condition] = await job.connection.describe(
        `WITH ${emptyTable(before.name, input.columns)} SELECT (${where}\n) AS it FROM ${identifier(before.name)}`,
      )
      if (condition && condition.type !== 'BOOLEAN') {
        throw new Refused({
          code: 'invalid',
          message: `“${where}” gives ${condition.type}, not true or false. Compare it with something, for example ${where} > 0.`,
        })
      }
      const filter = { where, nulls: rule.nulls }
      const table = add(input, { sql: filterSelect(before.name, filter), columns: input.columns, filter })
      job.reports.set(lastOf(table).name, report)
      return table
    },
    select: async (input, columns) => {
      const sql = await selectSql(job.connection, input, columns)
      return add(input, {
        sql,
        columns: await job.connection.describe(`WITH ${emptyTable(lastOf(input).name, input.columns)} ${sql}`),
      })
    },
    ask: (inputs, select) => askOver(job, inputs, select),
    copyTo: (input, path, options) =>
      compute(job, input, (select) =>
        copyPlan(job.connection, { select, columns: input.columns, path, options, folders, signal: job.signal }),
      ),
    materialise: (input) => materialise(job, input, folders.results),
    attach: (path, use) =>
      attachedDatabase(job.connection, path, use, {
        transaction: (work) => transaction(job, work),
        insert: async (input, insert) => {
          const { rows } = await compute(job, input, async (select) => ({ rows: await insert(select) }))
          return rows
        },
      }),
    sql: { literal, identifier },
  }
}

export const lastOf = (table: TableHandle): TableStep => {
  const last = table.steps.at(-1)
  if (!last) throw new Error('A table has at least one step.')
  return last
}

const planned = (steps: readonly TableStep[], sources: readonly string[]): TableHandle => ({
  kind: 'table',
  columns: steps.at(-1)?.columns ?? [],
  rows: null,
  bytes: null,
  path: null,
  steps,
  sources,
})

const stepName = (taskRun: string, steps: readonly TableStep[]): string => {
  let name = taskRun
  for (let number = 2; steps.some((step) => step.name === name); number += 1) name = `${taskRun} ${number}`
  return name
}

const requireSources = ({ sources }: TableHandle): void => {
  const missing = sources.find((path) => !existsSync(path))
  if (missing === undefined) return
  throw new Refused({
    code: 'not-found',
    message: `The result is missing: the file “${basename(missing)}” that the table is read from is gone (${missing}). Run the task that made it again.`,
  })
}

/** Runs the one statement that computes a plan, keeps the counts of its steps and tells its filters. */
export const compute = async <R extends { rows: number }>(
  job: JobTables,
  input: TableHandle,
  statement: (select: string) => Promise<R>,
): Promise<R> => {
  requireSources(input)
  const steps = readLeniently(job, input.steps)
  let result: R | null = null
  try {
    const counts = await computeCounted(job.connection, steps, async (select) => {
      result = await statement(select)
      return result.rows
    })
    for (const [index, step] of steps.entries()) settle(job, step, counts[index])
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    // A failed statement ends its transaction, so there it is the transaction that is tried again.
    if (!job.inTransaction && (await becameLenient(job.csv, error))) return compute(job, input, statement)
    throw new PlanFailed(await placed(error, job.csv.sources, job.signal), steps)
  }
  if (result === null) throw new Error('The statement of a plan was not run.')
  return result
}

/** Only the first step of a plan reads files. */
export const readLeniently = ({ csv }: JobTables, steps: readonly TableStep[]): readonly TableStep[] =>
  steps.map((step, index) => (index === 0 ? { ...step, sql: lenientSql(step.sql, csv) } : step))

const transaction = async <T>(job: JobTables, work: () => Promise<T>): Promise<T> => {
  await job.connection.run('BEGIN TRANSACTION')
  job.inTransaction = true
  try {
    const result = await work()
    await job.connection.run('COMMIT')
    return result
  } catch (error) {
    await job.connection.cleanUp('ROLLBACK')
    job.inTransaction = false
    if (await becameLenient(job.csv, error)) return await transaction(job, work)
    throw error
  } finally {
    job.inTransaction = false
  }
}

const settle = (job: JobTables, step: TableStep, counts: StepCounts | undefined): void => {
  if (!counts || job.counts.has(step.name)) return
  job.counts.set(step.name, counts)
  if (counts.filter) job.reports.get(step.name)?.(counts.filter)
}

/** The plan's rows in a Parquet file, as a table that starts there. */
export const materialise = async (job: JobTables, input: TableHandle, folder: string): Promise<TableHandle> => {
  if (input.path !== null) return input
  const { name, taskRun } = lastOf(input)
  const written = await compute(job, input, (select) =>
    writeParquet(job.connection, { select, columns: input.columns, folder, name }),
  )
  const table = planned([{ name, taskRun, sql: written.sql, columns: input.columns }], [written.path])
  return { ...table, rows: written.rows, bytes: written.bytes, path: written.path }
}

const askOver = async (
  job: JobTables,
  inputs: Readonly<Record<string, TableHandle>>,
  select: string,
): ReturnType<Tables['ask']> => {
  for (const table of Object.values(inputs)) requireSources(table)
  const named = select.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in inputs ? identifier(name) : whole))
  return withLeniency(job.csv, async () => {
    const tables = Object.entries(inputs).map(
      ([name, table]) => `${identifier(name)} AS (${selectOf(readLeniently(job, table.steps))})`,
    )
    // Rows in the order of the files, so that one page of a preview follows the other.
    await job.connection.run('SET GLOBAL preserve_insertion_order = true')
    try {
      return (await job.connection.ask(`WITH ${tables.join(', ')} ${named}`)).rows
    } finally {
      await job.connection.cleanUp('SET GLOBAL preserve_insertion_order = false')
    }
  })
}

const selectSql = async (
  connection: Connection,
  input: TableHandle,
  columns: readonly Projection[],
): Promise<string> => {
  const before = lastOf(input)
  const fields: string[] = []
  for (const projection of columns)
    fields.push(`${await projectionSql(connection, input, projection)} AS ${identifier(projection.name)}`)
  return `SELECT ${fields.join(', ')} FROM ${identifier(before.name)}`
}

const projectionSql = async (connection: Connection, input: TableHandle, projection: Projection): Promise<string> => {
  if ('expression' in projection) return `(${await checkedExpression(connection, projection.expression)}\n)`
  const { from, cast } = projection
  const column = input.columns.find(({ name }) => name === from)
  if (!column) throw new Error(`The table has no column ${from}.`)
  if (!cast) return identifier(from)
  const to = await knownType(connection, from, cast.type)
  return castSql({ value: identifier(from), column: from, from: column.type, to, onBadValue: cast.onBadValue })
}
