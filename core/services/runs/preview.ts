import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue, TableHandle } from '#core/model/handle.ts'
import type { Preview } from '#core/model/reports.ts'
import type { StateStore } from '#core/model/store.ts'
import type { Job, JobReport } from '#core/model/worker-job.ts'
import { areThere } from './cache-decisions.ts'
import type { JobRunner } from './jobs.ts'
import { runFolders } from './run-folders.ts'

export type PreviewRequest = {
  readonly flowRun: string
  readonly task: string
  readonly output?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** Reads a page of a table in a worker, where DuckDB is. Known to workers only; no flow can name it. */
export const previewTask = defineTask({
  type: 'table.preview',
  version: 1,
  title: 'Preview',
  summary: 'Reads some rows of a table.',
  group: 'source',
  icon: 'table',
  config: z.object({ limit: field.integer({ title: 'Rows' }), offset: field.integer({ title: 'From row' }) }),
  inputs: { table: { kind: 'table', title: 'Table' } },
  outputs: { rows: { kind: 'value', title: 'Rows' } },
  examples: [{ limit: 20, offset: 0 }],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, tables }) => {
    const rows = await tables.ask(
      { input: inputs.table },
      `select * from {input} limit ${config.limit} offset ${config.offset}`,
    )
    return { rows: { kind: 'value', value: [...rows] } }
  },
})

export type PreviewWorld = {
  readonly home: string
  readonly store: Pick<StateStore, 'findFlowRun' | 'taskRun'>
  readonly workers: JobRunner
  newId(): string
}

/** Rows of a table output while its run is kept: from its file, or computed again from its plan. */
export const previewTable =
  (world: PreviewWorld) =>
  async (request: PreviewRequest, signal: AbortSignal): Promise<Preview> => {
    const flowRun = world.store.findFlowRun(request.flowRun)
    const taskRun = world.store.taskRun(flowRun.id, request.task)
    if (!taskRun)
      throw new Refused({ code: 'not-found', message: `Flow run “${flowRun.name}” has no task run “${request.task}”.` })
    const table = tableOf(taskRun.outputs, request)
    if (!areThere({ table })) {
      throw new Refused({
        code: 'not-found',
        message: `The result of “${request.task}” is gone. Run the flow again to see it.`,
      })
    }
    const rows = await askWorker(
      world,
      { flowRun: flowRun.id, flowRunName: flowRun.name, flow: flowRun.flow },
      { table, request, signal },
    )
    return { columns: table.columns, rows, rowCount: table.rows, bytes: table.bytes }
  }

const tableOf = (outputs: Readonly<Record<string, unknown>>, { task, output }: PreviewRequest): TableHandle => {
  const isTable = (handle: unknown): handle is TableHandle =>
    typeof handle === 'object' && handle !== null && 'kind' in handle && handle.kind === 'table'
  const found = output === undefined ? Object.values(outputs).find(isTable) : outputs[output]
  if (isTable(found)) return found
  throw new Refused({
    code: 'not-found',
    message: `“${task}” has no table to show${output === undefined ? '' : ` at the output “${output}”`}.`,
  })
}

type Rows = readonly Readonly<Record<string, JsonValue>>[]

const askWorker = (
  world: PreviewWorld,
  flow: { flowRun: string; flowRunName: string; flow: string },
  { table, request, signal }: { table: TableHandle; request: PreviewRequest; signal: AbortSignal },
): Promise<Rows> =>
  new Promise((resolve, reject) => {
    const { scratch, results } = runFolders(world.home, flow.flowRun)
    const job: Job = {
      id: world.newId(),
      flow: { ...flow, flowFolder: world.home, scratch, results },
      members: [
        {
          taskRun: `preview-${world.newId()}`,
          task: request.task,
          item: null,
          type: previewTask.type,
          attempt: 1,
          loadId: '',
          settings: { limit: request.limit, offset: request.offset },
          inputs: { table: { from: 'handle', handle: table } },
          taken: [],
        },
      ],
    }
    const settle = (report: JobReport) => {
      if (report.kind !== 'outcome') return
      if (report.outcome.kind === 'completed') resolve(rowsOf(report.outcome.outputs['rows']))
      else if (report.outcome.kind === 'failed' || report.outcome.kind === 'crashed')
        reject(new Refused(report.outcome.failure))
      else reject(new Refused({ code: 'cancelled', message: 'The preview was stopped.' }))
    }
    const running = world.workers.run(job, (reports) => reports.forEach(settle))
    signal.addEventListener('abort', () => running.stop('cancel'), { once: true })
  })

const rowsOf = (handle: unknown): Rows =>
  typeof handle === 'object' && handle !== null && 'value' in handle && Array.isArray(handle.value)
    ? (handle.value as Rows)
    : []
