import type { LogLevel } from '#core/model/log-line.ts'
import type { JobReport } from '#core/model/worker-job.ts'
import { createLogGroups } from './log-groups.ts'
import type { FromWorker } from './messages.ts'

/**
 * Carries the reports of one job to the engine. Log lines go at once when nothing is on the way, else together with what
 * comes until the engine has taken the last message, so that many small writes make few messages.
 */
export type Outbox = {
  /** Lines without line feeds in them. */
  lines(taskRun: string, level: LogLevel, lines: readonly string[]): void
  message(taskRun: string, level: LogLevel, text: string): void
  /** Known to the engine before all that is sent after it. */
  secret(value: string): void
  /** After all lines written before it. */
  report(report: JobReport): void
  /** The last reports, and the resident bytes of this process where it looked. */
  done(reports: readonly JobReport[], resident: number | null): void
  acknowledged(): void
  /** Nothing when there is room for more lines, else a promise of it. */
  room(): Promise<void> | undefined
}

/** Least milliseconds between messages that are not full: who reads along waits no longer, and small writes make few messages. */
const pause = 10

/** Messages that may be on the way, and characters that may wait, before writers are held back. */
const window = 8
const batch = 64 * 1024

export const createOutbox = (job: string, send: (message: FromWorker) => void, now: () => number): Outbox => {
  const logs = createLogGroups(now)
  let onTheWay = 0
  let scheduled = false
  let sentAt = Number.NEGATIVE_INFINITY
  let held: PromiseWithResolvers<void> | null = null

  const flush = (reports: readonly JobReport[] = []): void => {
    if (logs.size() > 0) onTheWay += 1
    else if (reports.length === 0) return
    sentAt = performance.now()
    send({ kind: 'reports', job, logs: logs.take(), reports, done: null })
  }
  const flushInTime = (): void => {
    scheduled = false
    if (onTheWay < window) flush()
  }
  const flushSoon = (): void => {
    if (scheduled) return
    scheduled = true
    const wait = sentAt + pause - performance.now()
    if (wait > 0) setTimeout(flushInTime, wait)
    else setImmediate(flushInTime)
  }
  const added = (): void => {
    if (logs.size() >= batch && onTheWay < window) flush()
    else flushSoon()
  }
  const isFull = (): boolean => onTheWay >= window || logs.size() >= batch

  return {
    secret: (value) => send({ kind: 'secret', job, value }),
    lines: (taskRun, level, lines) => {
      logs.add({ taskRun, level, whole: false }, lines)
      added()
    },
    message: (taskRun, level, text) => {
      logs.add({ taskRun, level, whole: true }, [text])
      added()
    },
    report: (report) => flush([report]),
    done: (reports, resident) => send({ kind: 'reports', job, logs: logs.take(), reports, done: { resident } }),
    acknowledged: () => {
      onTheWay -= 1
      if (logs.size() >= batch) flush()
      else if (logs.size() > 0) flushSoon()
      if (!held || isFull()) return
      held.resolve()
      held = null
    },
    room: () => (isFull() ? (held ??= Promise.withResolvers<void>()).promise : undefined),
  }
}
