import { processTable } from '#core/world/processes/process-table.ts'
import { residentSize } from '#core/world/processes/process-tree.ts'

export type MemoryWatchOptions = {
  /** Bytes, or null for none: then nothing is watched. */
  readonly limit: number | null
  /** What runs now. */
  busy(): readonly Watched[]
}

export type Watched = { readonly job: string; readonly pid: number | null; over(used: number, limit: number): void }

/** Milliseconds. */
const interval = 250

/** Looks at the resident size of busy processes and all they started, as long as there are any. `wake` when one begins. */
export const createMemoryWatch = ({ limit, busy }: MemoryWatchOptions): { wake(): void; stop(): void } => {
  let timer: NodeJS.Timeout | null = null
  const stop = (): void => {
    if (timer) clearInterval(timer)
    timer = null
  }
  let before: ReadonlySet<string> = new Set()
  const look = (): void => {
    const all = busy()
    if (limit === null || all.length === 0) return stop()
    // The table of all processes is not free: jobs that end between two looks are not looked at.
    const watched = all.filter(({ job }) => before.has(job))
    before = new Set(all.map(({ job }) => job))
    if (watched.length === 0) return
    const rows = processTable()
    for (const { pid, over } of watched) {
      const used = pid === null ? 0 : residentSize(pid, rows)
      if (used > limit) over(used, limit)
    }
  }
  return {
    wake: () => {
      if (limit !== null) timer ??= setInterval(look, interval).unref()
    },
    stop,
  }
}
