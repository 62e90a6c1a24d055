import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export type WorkerRoundTrips = {
  /** Milliseconds of one, as the mean of so many. */
  time(count: number): Promise<number>
}

/** The floor of a task in a warm worker: a small message to a forked Node process and back. */
export const withWorkerRoundTrips = async <T>(work: (trips: WorkerRoundTrips) => Promise<T>): Promise<T> => {
  const child = fork(path.join(import.meta.dirname, 'echo-worker.ts'), { stdio: 'ignore' })
  const time = async (count: number) => {
    const before = performance.now()
    for (let index = 0; index < count; index += 1) {
      child.send({ kind: 'job', id: 't1', settings: {} })
      await once(child, 'message')
    }
    return (performance.now() - before) / count
  }
  try {
    await time(500)
    return await work({ time })
  } finally {
    child.kill()
  }
}
