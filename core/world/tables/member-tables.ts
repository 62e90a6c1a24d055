import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Log, Tables } from '#core/kinds/task-context.ts'
import { counted } from '#core/model/counted.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { aggregateStep, groupCounts } from './aggregate.ts'
import { attachedDatabase } from './attached.ts'
import { compute, lastOf, materialise, planned, type JobTables, type MemberFolders } from './compute.ts'
import { becameLenient } from './csv-reading.ts'
import { fillCounts, fillsInOrder, fillStep } from './fill.ts'
import { filterCounts, filterStep } from './filter.ts'
import { countJoin } from './join-counts.ts'
import { joinSelect } from './join.ts'
import { askOver, derivedStep } from './over-tables.ts'
import { scanOf } from './parquet-scan.ts'
import type { StepCounts } from './plan.ts'
import { planRead } from './read.ts'
import { rejectColumns, type Rejects } from './rejects.ts'
import { receiveTable } from './receive.ts'
import { selectStep } from './select.ts'
import { identifier, literal } from './sql.ts'
import { unionInput, unionSelect } from './union.ts'
import { copyPlanToMany } from './write-many.ts'
import { copyPlan } from './write.ts'

/** The tables of one member of a job. */
export const memberTables = (
  job: JobTables,
  taskRun: string,
  folders: MemberFolders,
  log: Log,
): Omit<Tables, 'openDatabase' | 'query'> => {
  const { connection } = job
  /** A step more; what it counts is told once it has been computed. */
  const add = (
    input: TableHandle,
    name: string,
    { step, report }: { step: Omit<TableStep, 'name' | 'taskRun'>; report?: (counts: StepCounts) => void },
  ): TableHandle => {
    if (report) job.reports.set(name, report)
    return planned([...input.steps, { name, taskRun, ...step }], input.sources)
  }
  const derive: Tables['derive'] = async (inputs, select) => {
    const step = await derivedStep(job, inputs, select)
    const sources = [...new Set(Object.values(inputs).flatMap((input) => input.sources))]
    return planned([{ name: taskRun, taskRun, ...step }], sources)
  }
  return {
    read: async (files, options) => {
      const plan = await planRead(files, { connection, options, csv: job.csv, copyName: copyNames(folders, taskRun) })
      for (const warning of plan.warnings) log.warning(warning)
      for (const note of plan.notes) log.info(note)
      const columns = await connection.describe(plan.sql)
      const step = { name: taskRun, taskRun, sql: plan.sql, columns, ...scanOf(plan.sql, columns) }
      return { table: planned([step], plan.sources), rejects: plan.rejects && rejected(plan.rejects, { taskRun, log }) }
    },
    filter: async (input, rule, report) => {
      const name = stepName(taskRun, input.steps)
      const step = { ...(await filterStep(connection, input, { rule, name })), ...orderOf(input) }
      return add(input, name, { step, report: (counts) => report(filterCounts(counts)) })
    },
    select: async (input, columns) => {
      const step = { ...(await selectStep(connection, input, columns)), ...orderOf(input) }
      return add(input, stepName(taskRun, input.steps), { step })
    },
    fill: async (input, rule, report) => {
      const name = stepName(taskRun, input.steps)
      const step = await fillStep(connection, input, { rule, name })
      return add(input, name, {
        step: { ...step, ...(!fillsInOrder(rule) && orderOf(input)) },
        report: (counts) => report(fillCounts(rule, counts)),
      })
    },
    aggregate: async (input, rule, report) => {
      const step = await aggregateStep(connection, input, rule)
      return add(input, stepName(taskRun, input.steps), { step, report: (counts) => report(groupCounts(counts)) })
    },
    derive,
    join: async (left, right, rule) => {
      const table = await derive({ left, right }, joinSelect({ left, right }, rule))
      const counts = await countJoin((sql) => askOver(job, { left, right }, sql, 'in any order'), { left, right }, rule)
      return { table, counts }
    },
    union: (inputs, columns) =>
      derive(
        Object.fromEntries(inputs.map((input, index) => [unionInput(index), input])),
        unionSelect(inputs, columns),
      ),
    ask: (inputs, select) => askOver(job, inputs, select),
    copyTo: (input, path, options) =>
      compute(job, input, (select) =>
        copyPlan(connection, { select, columns: input.columns, path, options, folders, signal: job.signal }),
      ),
    copyToMany: (input, folder, options, split) =>
      compute(job, input, (select) => {
        const request = { select, columns: input.columns, options, split, signal: job.signal }
        return copyPlanToMany(connection, { ...request, folder, name: basename(folder) })
      }),
    // It loads DuckDB's own code, which is not wanted before it is used.
    vectors: async (input, use) => (await import('./vectors.ts')).vectorsOf(job, input, use),
    receive: (columns, rows, send) => receiveTable(job, { columns, rows, send, folders, taskRun }),
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

/** Names for copies, one after another; the folder is made with the first. */
const copyNames = (folders: MemberFolders, taskRun: string): ((what: string) => Promise<string>) => {
  let copies = 0
  return async (what) => {
    await mkdir(folders.results, { recursive: true })
    copies += 1
    return join(folders.results, `${taskRun.replaceAll(/[^\w.-]/g, '-')}-${copies}-${what}`)
  }
}

const rejected = (rejects: Rejects, { taskRun, log }: { taskRun: string; log: Log }): TableHandle => {
  const { sql, path, rows, first } = rejects
  if (first !== null) log.warning(`Rejected ${counted(rows, 'row')}; the first is ${first}. See the output “rejects”.`)
  const name = `${taskRun} rejects`
  return { ...planned([{ name, taskRun, sql, columns: rejectColumns }], [path]), rows, path }
}

/** Rows of a step that takes one row for each before it stand as those before it do. */
const orderOf = (input: TableHandle): Pick<TableStep, 'ordered'> => (lastOf(input).ordered ? { ordered: true } : {})

const stepName = (taskRun: string, steps: readonly TableStep[]): string => {
  let name = taskRun
  for (let number = 2; steps.some((step) => step.name === name); number += 1) name = `${taskRun} ${number}`
  return name
}

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
