import type { Job, JobReport } from '#core/model/worker-job.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { closedFailure, memoryFailure } from './crash-failure.ts'
import { workerEnvironment, type ForkWorker } from './forked-process.ts'
import { createIdleWorkers } from './idle-workers.ts'
import { createMemoryWatch } from './memory-watch.ts'
import type { Ask } from './messages.ts'
import { createPoolJob, type PoolJob } from './pool-job.ts'
import { createPoolWorker, type PoolWorker, type PoolWorkerWorld } from './pool-worker.ts'

export const stopReasons = ['cancel', 'timeout'] as const
export type StopReason = (typeof stopReasons)[number]

export type WorkerPoolOptions = {
  readonly fork: ForkWorker
  /** Most workers at once; a job beyond them waits for one. */
  readonly size: number
  /** Named in the cookie of all processes, so that what a dead engine left can be found. */
  readonly homeId: string
  /** All the environment of a worker; see cleanEnvironment. The cookie is added. */
  readonly env: Readonly<Record<string, string>>
  /** Most resident bytes of one worker with the processes it started, or null. */
  readonly memoryLimit: number | null
  /** Milliseconds between the wish to stop and the end by force. Default 3,000: a script gets 2,000 after its SIGTERM. */
  readonly grace?: number
  readonly ask: Ask
  /** Every log line, failure and value passes it before it is reported. */
  readonly masker: Masker
}

/** Called in order. A promise holds back further log lines of the job until it resolves. */
export type OnReports = (reports: readonly JobReport[]) => void | Promise<void>

export type RunningJob = {
  /** Asks the job to stop, and makes it after the grace. Harmless once it is done. */
  stop(reason: StopReason): void
  /** Resolves when every member has its outcome and no process of the job is left. Never rejects. */
  readonly done: Promise<void>
}

export type WorkerPool = {
  run(job: Job, on: OnReports): RunningJob
  /** Starts so many workers ahead of need. */
  warm(count: number): void
  /** Ends all workers and their scripts; what runs is reported as crashed. */
  close(): Promise<void>
}

const defaultGrace = 3000

export const createWorkerPool = (options: WorkerPoolOptions): WorkerPool => {
  const workers = new Set<PoolWorker>()
  const idle = createIdleWorkers()
  const queue: PoolJob[] = []
  let closing = false
  const memory = createMemoryWatch({ limit: options.memoryLimit, busy: () => [...workers].flatMap(watched) })
  const start = starter(options, workers, {
    onFree: (free, resident) => {
      idle.rest(free, resident)
      next()
    },
    onEnd: (dead) => {
      workers.delete(dead)
      idle.remove(dead)
      next()
    },
  })
  const next = (): void => {
    if (closing) return
    while (queue.length > 0) {
      const worker = idle.take() ?? (workers.size < options.size ? start() : null)
      const job = worker && queue.shift()
      if (!job) return
      worker.give(job)
      memory.wake()
    }
  }

  return {
    run: (job, on) => {
      const poolJob = createPoolJob(job, on, options.masker)
      queue.push(poolJob)
      next()
      return { stop: (reason) => stop(poolJob, reason, { queue, workers }), done: poolJob.done }
    },
    warm: (count) => {
      while (workers.size < Math.min(count, options.size)) idle.rest(start(), null)
    },
    close: async () => {
      closing = true
      memory.stop()
      idle.close()
      for (const job of queue.splice(0)) drop(job)
      for (const worker of workers) if (worker.running()) worker.kill(closedFailure)
      await Promise.all([...workers].map(({ ended }) => ended))
    },
  }
}

type Told = Pick<PoolWorkerWorld, 'onFree' | 'onEnd'>

const starter = (options: WorkerPoolOptions, workers: Set<PoolWorker>, told: Told): (() => PoolWorker) => {
  const { homeId, masker, ask, grace = defaultGrace } = options
  const env = workerEnvironment(options.env, homeId)
  return () => {
    const worker = createPoolWorker(options.fork(env), { homeId, masker, ask, grace, ...told })
    workers.add(worker)
    return worker
  }
}

const stop = (
  job: PoolJob,
  reason: StopReason,
  { queue, workers }: { queue: PoolJob[]; workers: Iterable<PoolWorker> },
): void => {
  job.stopped ??= reason
  if (remove(queue, job)) return drop(job)
  for (const worker of workers) if (worker.running() === job) worker.stop()
}

const watched = (worker: PoolWorker) => {
  const job = worker.running()?.job.id
  return job === undefined
    ? []
    : [{ job, pid: worker.pid, over: (used: number, limit: number) => worker.kill(memoryFailure(used, limit)) }]
}

/** For a job that never began. */
const drop = (job: PoolJob): void => {
  job.lost(closedFailure)
  job.finish()
}

const remove = <T>(list: T[], item: T): boolean => {
  const at = list.indexOf(item)
  if (at !== -1) list.splice(at, 1)
  return at !== -1
}
