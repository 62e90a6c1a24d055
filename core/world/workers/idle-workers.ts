import type { PoolWorker } from './pool-worker.ts'

/** Workers without a job. The one that worked last is taken first; what is worn out or long unused is let go. */
export type IdleWorkers = {
  /** `resident` is its memory in bytes, or null where nobody looked. */
  rest(worker: PoolWorker, resident: number | null): void
  take(): PoolWorker | null
  remove(worker: PoolWorker): void
  close(): void
}

const jobsOfOneWorker = 10_000
const residentOfOneWorker = 512 * 1024 * 1024
/** So many stay however long they are idle; the others go after a while. */
const kept = 2
/** Milliseconds. */
const patience = 30_000

export const createIdleWorkers = (now: () => number = () => performance.now()): IdleWorkers => {
  const resting: { worker: PoolWorker; since: number }[] = []
  let timer: NodeJS.Timeout | null = null

  const watch = (): void => {
    if (resting.length > kept) timer ??= setTimeout(letGo, patience).unref()
  }
  const letGo = (): void => {
    timer = null
    while (resting.length > kept && now() - (resting[0]?.since ?? 0) >= patience) resting.shift()?.worker.dismiss()
    watch()
  }
  return {
    rest: (worker, resident) => {
      if (worker.given >= jobsOfOneWorker || (resident ?? 0) > residentOfOneWorker) worker.dismiss()
      else resting.push({ worker, since: now() })
      watch()
    },
    take: () => resting.pop()?.worker ?? null,
    remove: (worker) => {
      const at = resting.findIndex((one) => one.worker === worker)
      if (at !== -1) resting.splice(at, 1)
    },
    close: () => {
      if (timer) clearTimeout(timer)
      for (const { worker } of resting.splice(0)) worker.dismiss()
    },
  }
}
