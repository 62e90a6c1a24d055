import { apply, jobId, post, type Loop } from './loop.ts'
import type { Driver } from './ports.ts'

/** While the engine is being shut down only what completed counts; all else is what the shutdown makes of it. */
export const report = (loop: Loop, { flowRun, job, taskRun, outcome }: Parameters<Driver['report']>[0]): void => {
  const { active, jobs, world, closed } = loop
  const members = jobs.get(job)
  members?.delete(taskRun)
  const run = active.get(flowRun)
  const own = job.slice(jobId(flowRun, '').length)
  const random = outcome.kind === 'completed' ? 0 : world.random()
  if (run && (!closed || outcome.kind === 'completed'))
    apply(loop, run, { kind: 'outcome', job: own, taskRun, outcome, random })
  if (!closed) return
  if (members?.size === 0) jobs.delete(job)
  if (jobs.size === 0) loop.whenIdle()
}

/** Stops all jobs and waits for them; what had not ended by then has crashed. */
export const shutdown = (loop: Loop, message: string): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { active, commit, jobs, world } = loop
  const clearTimers = () => {
    for (const run of active.values()) for (const cancel of run.timers.values()) cancel()
  }
  loop.closed = true
  loop.toPrepare = []
  loop.whenIdle = () => {
    for (const run of active.values()) apply(loop, run, { kind: 'engine-lost', message })
    commit.last = () => {
      clearTimers()
      resolve()
    }
  }
  const stopJobs = () => {
    for (const job of jobs.keys()) world.jobs.stop(job, 'cancel')
  }
  if (commit.stalled !== null) {
    // What cannot be stored now is put right by the next start.
    stopJobs()
    clearTimers()
    resolve()
    return promise
  }
  post(loop, () => {
    stopJobs()
    if (jobs.size === 0) loop.whenIdle()
  })
  return promise
}
