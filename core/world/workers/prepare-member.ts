import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { NodeCommand } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { Job, JobMember } from '#core/model/worker-job.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { createHttp } from '#core/world/http/http.ts'
import { taskRunCookie } from '#core/world/processes/cookie.ts'
import type { TableMember } from '#core/world/tables/job.ts'
import type { Outbox } from './outbox.ts'
import { artifactsTo } from './artifacts-to.ts'
import { logTo, runMember, typeOf, type Surroundings } from './run-member.ts'
import { taskBlocks, type TaskBlocks } from './task-blocks.ts'
import { taskFiles } from './task-files.ts'
import { taskProcesses } from './task-processes.ts'
import { throttleProgress } from './throttle-progress.ts'
import type { createQuestions } from './worker-channel.ts'

export type WorkerWorld = {
  readonly catalogue: Catalogue
  readonly masker: Masker
  readonly questions: ReturnType<typeof createQuestions>
  readonly home: string
  /** How scripts for Node are run. */
  readonly node: NodeCommand
}

export type JobAround = {
  readonly job: Job
  readonly outbox: Outbox
  readonly signal: AbortSignal
  readonly entered: Entered
}

/** Told when a member after the first begins, with what the one before it made. */
export type Entered = (index: number, previous: Outputs) => void

export type PreparedMember = {
  readonly member: TableMember
  /** Sends what it held back and closes what it opened. */ close(): Promise<void>
}

/** A member of a job with everything that its task may touch. */
export const prepareMember = (world: WorkerWorld, around: JobAround, index: number): PreparedMember => {
  const { job, outbox, entered } = around
  const member = job.members[index]
  if (!member) throw new Error(`The job has no member ${index}.`)
  const { taskRun, taken } = member
  const progress = throttleProgress((value) => outbox.report({ kind: 'progress', taskRun, progress: value }))
  const blocks = blocksOf(world, around, taskRun)
  const surroundings = { ...surroundingsOf(world, around, member), blocks, progress: progress.report }
  return {
    close: async () => {
      progress.flush()
      await blocks.close()
    },
    member: {
      taskRun,
      taken,
      log: surroundings.log,
      get scratch() {
        return surroundings.files.scratch
      },
      get results() {
        return surroundings.files.results
      },
      run: async (tables, previous) => {
        if (index > 0) entered(index, previous)
        const run = { type: typeOf(world.catalogue.tasks, member), member, flow: job.flow, previous }
        const outputs = await runMember(run, { ...surroundings, tables })
        progress.flush()
        return outputs
      },
    },
  }
}

type OwnSurroundings = Omit<Surroundings, 'tables' | 'blocks' | 'progress'>

const surroundingsOf = (
  world: WorkerWorld,
  { job, outbox, signal }: JobAround,
  { taskRun }: JobMember,
): OwnSurroundings => ({
  files: taskFiles(job.flow, taskRun, world.masker),
  http,
  processes: taskProcesses({
    taskRun,
    cookie: taskRunCookie(world.home, job.flow.flowRun, taskRun),
    outbox,
    masker: world.masker,
    signal,
    node: world.node,
  }),
  flows: { run: refuseFlows },
  log: logTo((level, message) => outbox.message(taskRun, level, message)),
  artifact: artifactsTo(world.masker, (artifact) =>
    outbox.report({ kind: 'artifact', taskRun, at: Date.now(), artifact }),
  ),
  wrote: (dataset) => outbox.report({ kind: 'dataset', taskRun, at: Date.now(), dataset }),
  signal,
})

const blocksOf = (
  { catalogue, questions, masker }: WorkerWorld,
  { job, outbox, signal }: JobAround,
  taskRun: string,
): TaskBlocks =>
  taskBlocks({
    catalogue,
    ask: (question, about) => questions.ask(question, about, { job: job.id, taskRun }),
    mask: masker.add,
    maskEverywhere: (value) => {
      masker.add(value)
      outbox.secret(value)
    },
    warn: (message) => outbox.message(taskRun, 'warning', message),
    note: (message) => outbox.message(taskRun, 'info', message),
    http,
    signal,
  })

const http = createHttp()

const refuseFlows = (): never => {
  throw new Refused({ code: 'bug', message: 'Only a task that runs inline can run a flow.' })
}
