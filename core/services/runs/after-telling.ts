import { setTimeout as wait } from 'node:timers/promises'
import type { JobRunner } from './jobs.ts'

/** Milliseconds after which a job no longer waits for a place for secrets that hangs. */
const longest = 10_000

/**
 * Begins a job when the masker knows the secrets that its results may hold. `tell` gives null when there is nothing to
 * wait for.
 */
export const afterTelling = (runner: JobRunner, tell: (flowRun: string) => Promise<void> | null): JobRunner => ({
  run: (job, on) => {
    const telling = tell(job.flow.flowRun)
    if (telling === null) return runner.run(job, on)
    let running: ReturnType<JobRunner['run']> | null = null
    const begin = () => (running ??= runner.run(job, on))
    void told(telling).then(begin, begin)
    return { stop: (reason) => begin().stop(reason) }
  },
})

/** Or has taken too long. A bug in it is no reason to lose the job. */
const told = async (telling: Promise<void>): Promise<void> => {
  const over = new AbortController()
  const late = wait(longest, undefined, { ref: false, signal: over.signal })
  try {
    await Promise.race([telling, late])
  } finally {
    over.abort()
  }
}
