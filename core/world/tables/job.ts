import type { Log, Tables } from '#core/kinds/task-context.ts'
import { failureOf } from '#core/model/failure.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { JobOutcome } from '#core/model/worker-job.ts'
import { PlanFailed, type JobTables } from './compute.ts'
import { useDatabaseFile } from './database-file.ts'
import { csvReading } from './csv-reading.ts'
import { findFault } from './fault.ts'
import { finishLast, measured } from './finish.ts'
import { memberTables } from './member-tables.ts'
import { queryTable } from './query.ts'
import { identifier, literal } from './sql.ts'
import type { TableEngine } from './tables.ts'

/**
 * The members of one job, run in order in one process. Every job goes through here, with or without tables: DuckDB is
 * loaded at the first call that needs it.
 *
 * A lazy member only adds steps to a plan, so it is not done when its `run` returns: its outcome is held back until the
 * plan has been computed (by a later member, or here at the end) and its rows are counted. Outcomes are reported in the
 * order of the members, one each:
 * - all well: `completed` each, tables with exact row counts;
 * - one fails: `completed` for those before it, `failed` for it, `returned` for those after it. When the statement that
 *   computes a whole plan fails, the plan is run again step by step to find the member at fault;
 * - `signal` aborted before all was done: all are `cancelled`.
 */
export type TableMember = {
  readonly taskRun: string
  /** Where this member's outputs live. Read only when something is written there, so it may make the folder then. */
  readonly results: string
  /** Emptied by the caller. Read only when needed, as `results`. */
  readonly scratch: string
  /** Outputs that somebody outside the job takes or that are kept: these tables are materialised when they come last. */
  readonly taken: readonly string[]
  readonly log: Log
  /** Runs the task type. `previous` are the outputs of the member before it, for inputs that come from there. */
  run(tables: Tables, previous: Outputs): Promise<Outputs>
}

export type TableJobRequest = {
  readonly engine: TableEngine
  readonly members: readonly TableMember[]
  readonly signal: AbortSignal
  report(taskRun: string, outcome: JobOutcome): void
}

export const runTableJob = async ({ engine, members, signal, report }: TableJobRequest): Promise<void> => {
  const job = lazyJob(engine, signal)
  try {
    const done = await runMembers(job, members)
    const isWhole = done.every(([, { kind }]) => kind === 'completed')
    for (const [taskRun, outcome] of signal.aborted && !isWhole ? members.map(cancelled) : done)
      report(taskRun, outcome)
  } finally {
    job.close()
  }
}

type Reported = readonly [string, JobOutcome]

const cancelled = ({ taskRun }: TableMember): Reported => [taskRun, { kind: 'cancelled' }]

/** The tables of a job, with a connection that is opened when the first member uses them. */
export type LazyJob = {
  readonly engine: TableEngine
  readonly signal: AbortSignal
  open(): Promise<JobTables>
  opened(): JobTables | null
  close(): void
}

const lazyJob = (engine: TableEngine, signal: AbortSignal): LazyJob => {
  let opening: Promise<JobTables> | null = null
  let opened: JobTables | null = null
  const open = async (): Promise<JobTables> => {
    opened = {
      connection: await engine.connect(signal),
      signal,
      counts: new Map(),
      reports: new Map(),
      csv: csvReading(engine.typeFolder, signal),
      inTransaction: false,
    }
    return opened
  }
  return {
    engine,
    signal,
    open: () => (opening ??= open()),
    opened: () => opened,
    close: () => opened?.connection.close(),
  }
}

const runMembers = async (job: LazyJob, members: readonly TableMember[]): Promise<readonly Reported[]> => {
  const outputs: Outputs[] = []
  for (const [index, member] of members.entries()) {
    try {
      const tables = lazyTables(job, member)
      const made = await member.run(tables, outputs.at(-1) ?? {})
      outputs.push(index === members.length - 1 ? await finishLast(job, member, made) : made)
    } catch (error) {
      return failedAt(job, { members, outputs, index, error })
    }
  }
  return members.map(({ taskRun }, index) => [
    taskRun,
    { kind: 'completed', outputs: measured(job.opened(), outputs[index] ?? {}) },
  ])
}

type Failing = { members: readonly TableMember[]; outputs: readonly Outputs[]; index: number; error: unknown }

const failedAt = async (job: LazyJob, { members, outputs, index, error }: Failing): Promise<readonly Reported[]> => {
  const fault =
    error instanceof PlanFailed && error.failure.code === 'data'
      ? await findFault(await job.open(), members.slice(0, index + 1), error).catch(() => null)
      : null
  const at = fault?.member ?? index
  const refusal = fault?.refusal ?? error
  return members.map((member, place): Reported => {
    if (place > at) return [member.taskRun, { kind: 'returned' }]
    if (place === at) return [member.taskRun, { kind: 'failed', failure: failureOf(refusal) }]
    return [member.taskRun, { kind: 'completed', outputs: measured(job.opened(), outputs[place] ?? {}) }]
  })
}

/** `Tables` whose calls open DuckDB first. */
const lazyTables = (job: LazyJob, member: TableMember): Tables => {
  const { engine, signal } = job
  const tables = async () => memberTables(await job.open(), member.taskRun, member, member.log)
  return {
    read: async (...given) => (await tables()).read(...given),
    filter: async (...given) => (await tables()).filter(...given),
    select: async (...given) => (await tables()).select(...given),
    fill: async (...given) => (await tables()).fill(...given),
    aggregate: async (...given) => (await tables()).aggregate(...given),
    derive: async (...given) => (await tables()).derive(...given),
    join: async (...given) => (await tables()).join(...given),
    union: async (...given) => (await tables()).union(...given),
    ask: async (...given) => (await tables()).ask(...given),
    copyTo: async (...given) => (await tables()).copyTo(...given),
    copyToMany: async (...given) => (await tables()).copyToMany(...given),
    vectors: async (input, use) => (await tables()).vectors(input, use),
    receive: async (...given) => (await tables()).receive(...given),
    materialise: async (...given) => (await tables()).materialise(...given),
    attach: async (...given) => (await tables()).attach(...given),
    openDatabase: (path, access, use) =>
      useDatabaseFile({ engine, path, access, results: () => member.results, taskRun: member.taskRun, signal }, use),
    query: (inputs, query) => queryTable({ engine, inputs, query, taskRun: member.taskRun, signal }),
    sql: { literal, identifier },
  }
}
