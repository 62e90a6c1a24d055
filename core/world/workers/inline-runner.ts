import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { Http } from '#core/kinds/http/http.ts'
import type { Blocks, Flows, Processes, Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { Job, JobMember, JobReport } from '#core/model/worker-job.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { artifactsTo } from './artifacts-to.ts'
import { createPoolJob, type PoolJob } from './pool-job.ts'
import { logTo, runMember, typeOf, type Surroundings } from './run-member.ts'
import { runInOrder } from './run-in-order.ts'
import { taskFiles } from './task-files.ts'
import { throttleProgress } from './throttle-progress.ts'
import type { OnReports, RunningJob } from './worker-pool.ts'

export type InlineRunnerOptions = {
  readonly catalogue: Pick<Catalogue, 'tasks'>
  /** Runs subflows for this member of the job. */
  flows(job: Job, member: JobMember): Flows
  readonly masker: Masker
}

/** Runs jobs of `inline` types in this process; the same shape as the worker pool. */
export type InlineRunner = { run(job: Job, on: OnReports): RunningJob }

export const createInlineRunner = (options: InlineRunnerOptions): InlineRunner => ({
  run: (job, on) => {
    const abort = new AbortController()
    const poolJob = createPoolJob(job, on, options.masker)
    void runInline(options, poolJob, abort.signal).finally(poolJob.finish)
    return {
      stop: (reason) => {
        poolJob.stopped ??= reason
        abort.abort(new Refused({ code: 'cancelled', message: 'The task run was stopped.' }))
      },
      done: poolJob.done,
    }
  },
})

const runInline = async (
  { catalogue, flows, masker }: InlineRunnerOptions,
  poolJob: PoolJob,
  signal: AbortSignal,
): Promise<void> => {
  const { job } = poolJob
  const report = (one: JobReport) => void poolJob.receive([], [one])
  // So that whoever starts a job has it in hand before it reports.
  await Promise.resolve()
  const members = job.members.map((member) => ({
    taskRun: member.taskRun,
    run: async (previous: Outputs) => {
      const { taskRun } = member
      const progress = throttleProgress((value) => report({ kind: 'progress', taskRun, progress: value }))
      const around: Surroundings = {
        files: taskFiles(job.flow, taskRun, masker),
        flows: flows(job, member),
        tables: onlyInWorkers as Tables,
        blocks: onlyInWorkers as Blocks,
        http: onlyInWorkers as Http,
        processes: onlyInWorkers as Processes,
        log: logTo((level, text) => void poolJob.receive([{ taskRun, at: Date.now(), level, text, whole: true }], [])),
        artifact: artifactsTo(masker, (artifact) => report({ kind: 'artifact', taskRun, at: Date.now(), artifact })),
        wrote: (dataset) => report({ kind: 'dataset', taskRun, at: Date.now(), dataset }),
        signal,
        progress: progress.report,
      }
      try {
        return await runMember({ type: typeOf(catalogue.tasks, member), member, flow: job.flow, previous }, around)
      } finally {
        progress.flush()
      }
    },
  }))
  await runInOrder(members, signal, (taskRun, outcome) => report({ kind: 'outcome', taskRun, outcome }))
}

/** Stands for the parts of the context that only workers have: using one is a mistake of the task type. */
const onlyInWorkers: object = new Proxy(
  {},
  {
    get: () => {
      throw new Refused({
        code: 'bug',
        message: 'A task that runs inline has no tables, blocks, processes or connections.',
      })
    },
  },
)
