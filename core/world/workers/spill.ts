import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ForkWorker } from './forked-process.ts'

/** Where the worker process with this id spills to, in the folder of all workers. */
export const spillFolder = (spill: string, pid: number): string => join(spill, String(pid))

/** What a worker spilled goes when it ends, however that comes. */
export const clearingSpill =
  (fork: ForkWorker, spill: string): ForkWorker =>
  (env) => {
    const worker = fork(env)
    worker.onExit(() => (worker.pid === null ? undefined : clearSpill(spillFolder(spill, worker.pid))))
    return worker
  }

/** What cannot be removed now goes at the next start. */
export const clearSpill = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined)
