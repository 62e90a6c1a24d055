import { heldLines } from './held-lines.ts'
import type { LogEntry } from '#core/model/log-line.ts'
import type { LogsAppended } from '#core/model/log-store.ts'
import type { LogBatches } from './log-batches.ts'

export type LogWriter = {
  write(entries: readonly LogEntry[]): void
  flush(): void
  onAppend(listener: (appended: LogsAppended) => void): () => void
  /** Stores what is left and stops. */
  close(): void
}

/** Lines in one transaction. */
const batchSize = 500
/** How long a line waits for others; milliseconds. */
const patience = 25
/** How long until we try again after the disk refused; milliseconds. */
const pause = 1000

/** Groups lines into transactions. Memory is bounded: who writes faster than the disk pays for the store at once. */
export const logWriter = (batches: LogBatches): LogWriter => {
  const appends = announcements()
  const held = heldLines()
  let timer: NodeJS.Timeout | null = null
  let refused = false
  let closed = false

  const storeHeld = (told: LogsAppended[]) => {
    while (held.count() > 0) {
      const batch = held.first(batchSize)
      told.push(batches.store(batch))
      held.remove(batch)
    }
  }

  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const told: LogsAppended[] = []
    try {
      storeHeld(told)
      held.holdNotices(Date.now())
      storeHeld(told)
      refused = false
    } catch {
      refused = true
      held.dropExcess()
    }
    if (held.count() > 0 && !closed) timer = setTimeout(flush, refused ? pause : patience)
    for (const appended of told) appends.tell(appended)
  }

  return {
    write: (entries) => {
      for (const entry of entries) {
        held.add(entry)
        if (held.count() >= batchSize && !refused) flush()
      }
      if (refused) held.dropExcess()
      if (held.count() > 0 && !closed) timer ??= setTimeout(flush, patience)
    },
    flush,
    onAppend: appends.listen,
    close: () => {
      closed = true
      flush()
    },
  }
}

const announcements = () => {
  const listeners = new Set<(appended: LogsAppended) => void>()
  return {
    tell: (appended: LogsAppended) => {
      for (const listener of listeners) listener(appended)
    },
    listen: (listener: (appended: LogsAppended) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
