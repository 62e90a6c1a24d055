import { failureOf, type Failure } from '#core/model/failure.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { taskRunCookie } from '#core/world/processes/cookie.ts'
import { killKin } from '#core/world/processes/process-tree.ts'
import { crashFailure } from './crash-failure.ts'
import type { ForkedProcess } from './forked-process.ts'
import type { Ask, FromWorker } from './messages.ts'
import type { PoolJob } from './pool-job.ts'

/** One worker process on the engine's side: gives it a job, answers its questions, and sees to its end. */
export type PoolWorker = {
  readonly pid: number | null
  /** How many jobs it was given. */
  given: number
  running(): PoolJob | null
  give(job: PoolJob): void
  /** Asks its job to stop, and kills the process after the grace. */
  stop(): void
  /** At once; its job has crashed for this reason. */
  kill(reason: Failure): void
  /** Lets it end in peace. */
  dismiss(): void
  /** Resolves when the process, and what its job left, have ended. */
  readonly ended: Promise<void>
}

export type PoolWorkerWorld = {
  readonly homeId: string
  readonly grace: number
  readonly masker: Masker
  readonly ask: Ask
  /** Its job is done. `resident` is its memory in bytes where it looked. */
  onFree(worker: PoolWorker, resident: number | null): void
  onEnd(worker: PoolWorker): void
}

export const createPoolWorker = (forked: ForkedProcess, world: PoolWorkerWorld): PoolWorker => {
  let running: PoolJob | null = null
  let killedFor: Failure | null = null
  let stopTimer: NodeJS.Timeout | undefined
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()

  const release = (): void => {
    running = null
    clearTimeout(stopTimer)
    stopTimer = undefined
  }
  const worker: PoolWorker = {
    pid: forked.pid,
    given: 0,
    running: () => running,
    give: (job) => {
      running = job
      worker.given += 1
      forked.send({ kind: 'job', job: job.job })
    },
    stop: () => {
      if (!running || stopTimer) return
      forked.send({ kind: 'stop', job: running.job.id })
      stopTimer = setTimeout(forked.kill, world.grace)
    },
    kill: (reason) => {
      killedFor ??= reason
      forked.kill()
    },
    dismiss: forked.disconnect,
    ended,
  }
  forked.onMessage((message) => {
    const job = running
    if (job?.job.id !== message.job) return
    if (message.kind !== 'reports' || !message.done) return listen(forked, world, job, message)
    release()
    // Free first: whoever hears of the end may have the next job at hand.
    world.onFree(worker, message.done.resident)
    void job.receive(message.logs, message.reports)
    job.finish()
  })
  forked.onExit(async (exit) => {
    if (running) await endLost(running, world.homeId, killedFor ?? crashFailure(exit))
    release()
    end()
    world.onEnd(worker)
  })
  return worker
}

const listen = (forked: ForkedProcess, world: PoolWorkerWorld, running: PoolJob, message: FromWorker): void => {
  switch (message.kind) {
    case 'reports':
      return take(forked, running, message)
    case 'entered':
      return running.entered(message.member, message.previous)
    case 'secret':
      return void world.masker.add(message.value)
    case 'ask':
      return void answer(forked, world, running, message)
    default:
      message satisfies never
  }
}

const take = (
  forked: ForkedProcess,
  running: PoolJob,
  { job, logs, reports }: Extract<FromWorker, { kind: 'reports' }>,
): void => {
  const taken = running.receive(logs, reports)
  if (logs.length === 0) return
  const acknowledge = () => forked.send({ kind: 'acknowledge', job })
  if (taken) void taken.then(acknowledge, acknowledge)
  else acknowledge()
}

const answer = async (
  forked: ForkedProcess,
  { ask, masker }: PoolWorkerWorld,
  { job }: PoolJob,
  { id, question, about, taskRun }: Extract<FromWorker, { kind: 'ask' }>,
): Promise<void> => {
  try {
    const found = await ask(question, about, { flowRun: job.flow.flowRun, taskRun })
    if (typeof found === 'string') masker.add(found)
    forked.send({ kind: 'answer', id, answer: found })
  } catch (error) {
    forked.send({ kind: 'refused', id, failure: failureOf(error) })
  }
}

/** What a dead worker's job left running is killed before anybody hears that the job is over. */
const endLost = async (job: PoolJob, homeId: string, failure: Failure): Promise<void> => {
  const { members, flow } = job.job
  const cookies = members.map(({ taskRun }) => taskRunCookie(homeId, flow.flowRun, taskRun))
  try {
    await killKin({ cookies, root: null })
    job.lost(failure)
  } catch (error) {
    job.lost({ ...failure, message: `${failure.message} ${failureOf(error).message}` })
  }
  job.finish()
}
