import { processTable } from '#core/world/processes/process-table.ts'
import { residentSize } from '#core/world/processes/process-tree.ts'

export type MemoryWatchOptions = {
  /** Bytes, or null for none: then nothing is watched. */
  readonly limit: number | null
  /** What runs now. */
  busy(): readonly Watched[]
}

export type Watched = { readonly pid: number | null; over(used: number, limit: number): void }

/** Milliseconds. */
const interval = 250

/** Looks at the resident size of busy processes and all they started, as long as there are any. `wake` when one begins. */
export const createMemoryWatch = ({ limit, busy }: MemoryWatchOptions): { wake(): void; stop(): void } => {
  let timer: NodeJS.Timeout | null = null
  const stop = (): void => {
    if (timer) clearInterval(timer)
    timer = null
  }
  const look = (): void => {
    const watched = busy()
    if (limit === null || watched.length === 0) return stop()
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
