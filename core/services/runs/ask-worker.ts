import { Refused } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue, Outputs, TableHandle } from '#core/model/handle.ts'
import type { StateStore, StoredTaskRun } from '#core/model/store.ts'
import { areThere } from './cache-decisions.ts'
import type { JobRunner } from './jobs.ts'
import { runBeside } from './run-beside.ts'
import { runFolders } from './run-folders.ts'

/** A table that a task run made, while its run is kept. */
export type TableOutput = {
  readonly flowRun: FlowRun
  readonly taskRun: StoredTaskRun
  readonly output: string
  readonly table: TableHandle
}

export type WantedTable = { readonly flowRun: string; readonly task: string; readonly output?: string | undefined }

/** Refuses when there is none, or when its rows are gone. */
export const findTable = (
  store: Pick<StateStore, 'findFlowRun' | 'taskRun'>,
  { flowRun: run, task, output: wanted }: WantedTable,
): TableOutput => {
  const flowRun = store.findFlowRun(run)
  const taskRun = store.taskRun(flowRun.id, task)
  if (!taskRun)
    throw new Refused({ code: 'not-found', message: `Flow run “${flowRun.name}” has no task run “${task}”.` })
  const [output, table] = tableIn(taskRun.outputs, wanted) ?? []
  if (output === undefined || !table) {
    const where = wanted === undefined ? '' : ` at the output “${wanted}”`
    throw new Refused({ code: 'not-found', message: `“${task}” has no table to show${where}.` })
  }
  if (!areThere({ table })) {
    throw new Refused({
      code: 'not-found',
      message: `The result of “${task}” is gone. Run the flow again to see it.`,
    })
  }
  return { flowRun, taskRun, output, table }
}

/** The output of that name, or else the first that is a table. */
export const tableIn = (outputs: Outputs, wanted: string | undefined): readonly [string, TableHandle] | null => {
  for (const [name, handle] of Object.entries(outputs)) {
    if (handle.kind === 'table' && (wanted === undefined || wanted === name)) return [name, handle]
  }
  return null
}

export type AskWorld = { readonly home: string; readonly workers: JobRunner; newId(): string }

export type TableQuestion = {
  readonly of: TableOutput
  /** A type that only workers know, with an input `table`. */
  readonly type: string
  readonly settings: JsonValue
  /** A task run key of nobody else, below which the worker may write for the time being. */
  readonly asker: string
}

/** Has a worker look at a table beside the flow's own work. */
export const askWorker = (
  { home, workers, newId }: AskWorld,
  { of, type, settings, asker }: TableQuestion,
  signal: AbortSignal,
): Promise<Outputs> => {
  const { flowRun, taskRun, table } = of
  const { scratch } = runFolders(home, flowRun.id)
  const flow = { flowRun: flowRun.id, flowRunName: flowRun.name, flow: flowRun.flow, flowFolder: home }
  const inputs = { table: { from: 'handle', handle: table } } as const
  const member = { taskRun: asker, task: taskRun.task, item: null, type, attempt: 1, loadId: '', taken: [] }
  const job = {
    id: newId(),
    // What it writes is for itself, and not a result of the run.
    flow: { ...flow, scratch, results: scratch },
    members: [{ ...member, settings, inputs }],
  }
  return runBeside(workers, job, signal)
}
