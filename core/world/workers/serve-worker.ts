import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { NodeCommand } from '#core/kinds/task-context.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { Job, JobOutcome, JobReport } from '#core/model/worker-job.ts'
import { createMasker } from '#core/world/masking/masker.ts'
import { cookieVariable, homeOfCookie, taskRunCookie } from '#core/world/processes/cookie.ts'
import { killKinNow } from '#core/world/processes/process-tree.ts'
import type { TableJobRequest } from '#core/world/tables/job.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { prepareMember, type Entered, type WorkerWorld } from './prepare-member.ts'
import { createQuestions, nodeChannel, type WorkerChannel } from './worker-channel.ts'

export type WorkerOptions = {
  readonly catalogue: Catalogue
  /** runTableJob with this process's table engine. */
  runMembers(request: Omit<TableJobRequest, 'engine'>): Promise<void>
  /** Before the process ends in peace. */
  close?(): Promise<void>
  readonly channel?: WorkerChannel
  /** How scripts for Node are run. */
  readonly node: NodeCommand
}

type RunningHere = { readonly job: Job; readonly outbox: Outbox; readonly abort: AbortController }

/** The worker's side of the pool: called once by the entry of a worker process. Runs one job at a time. */
export const serveWorker = (options: WorkerOptions): void => {
  const channel = options.channel ?? nodeChannel()
  const questions = createQuestions(channel.send)
  const world = { ...options, masker: createMasker(), questions, home: homeOfCookie(process.env[cookieVariable] ?? '') }
  let running: RunningHere | null = null
  let jobs = 0

  const run = async (job: Job): Promise<void> => {
    const startedAt = performance.now()
    const here = { job, outbox: createOutbox(job.id, channel.send, Date.now), abort: new AbortController() }
    running = here
    const last = await runJob(world, here, (member, previous) =>
      channel.send({ kind: 'entered', job: job.id, member, previous }),
    )
    running = null
    jobs += 1
    const look = jobs % 100 === 0 || performance.now() - startedAt > 100
    here.outbox.done(last, look ? process.memoryUsage.rss() : null)
  }

  channel.onMessage((message) => {
    switch (message.kind) {
      case 'job':
        void run(message.job)
        break
      case 'stop':
        if (running?.job.id === message.job) running.abort.abort(stopped())
        break
      case 'acknowledge':
        if (running?.job.id === message.job) running.outbox.acknowledged()
        break
      case 'answer':
      case 'refused':
        questions.settle(message)
        break
      default:
        message satisfies never
    }
  })
  channel.onClose(() => void endProcess(world.home, running, options.close))
}

const stopped = (): Refused => new Refused({ code: 'cancelled', message: 'The task run was stopped.' })

/** At once when a job runs: its scripts must not outlive the engine, and it may not listen. */
const endProcess = async (home: string, running: RunningHere | null, close: WorkerOptions['close']): Promise<void> => {
  if (running) {
    const cookies = running.job.members.map(({ taskRun }) => taskRunCookie(home, running.job.flow.flowRun, taskRun))
    killKinNow({ cookies, root: null })
    process.kill(process.pid, 'SIGKILL')
  }
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000).unref()
  await close?.().catch(() => {})
  process.exit(0)
}

type RunWorld = WorkerWorld & Pick<WorkerOptions, 'runMembers'>

/** Runs all members. Gives back the reports that are left for the last message: the outcome of the last member at least. */
const runJob = async (world: RunWorld, here: RunningHere, entered: Entered): Promise<readonly JobReport[]> => {
  const { job, outbox, abort } = here
  const open = job.members.map(({ taskRun }) => taskRun)
  const last: JobReport[] = []
  const report = (taskRun: string, outcome: JobOutcome): void => {
    open.splice(open.indexOf(taskRun), 1)
    const line: JobReport = { kind: 'outcome', taskRun, outcome: asOutcome(outcome) }
    if (open.length === 0) last.push(line)
    else outbox.report(line)
  }
  const around = { job, outbox, signal: abort.signal, entered }
  const prepared = job.members.map((_member, index) => prepareMember(world, around, index))
  try {
    await world.runMembers({ members: prepared.map(({ member }) => member), signal: abort.signal, report })
  } catch (error) {
    const [first, ...rest] = [...open]
    if (first !== undefined) report(first, { kind: 'failed', failure: failureOf(error) })
    for (const taskRun of rest) report(taskRun, { kind: 'returned' })
  }
  await Promise.all(prepared.map(({ close }) => close()))
  return last
}

/** A program that was killed from outside is a crash of its task. */
const asOutcome = (outcome: JobOutcome): JobOutcome =>
  outcome.kind === 'failed' && outcome.failure.code === 'crashed' ? { ...outcome, kind: 'crashed' } : outcome
