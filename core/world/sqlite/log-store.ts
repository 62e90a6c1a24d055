import { setImmediate as turn } from 'node:timers/promises'
import type { LogLine } from '#core/model/log-line.ts'
import { defaultLogCap, type LogCap, type LogQuery, type LogStore } from '#core/model/log-store.ts'
import type { Fence } from './access.ts'
import type { Database } from './database.ts'
import { logBatches, type LogBatches } from './log-batches.ts'
import { logReader } from './log-reader.ts'
import { logWriter } from './log-writer.ts'
import { guarded } from './refusal.ts'

/** `close` stores what is left; the database stays its opener's to close. */
export const logStore = (
  database: Database,
  { cap = defaultLogCap, fence }: { cap?: LogCap | undefined; fence: Fence },
): LogStore & { close(): void } => {
  guarded(database.name, () => database.prepare('update counter set token = ?').run(fence.token))
  const batches = logBatches(database, { cap, fence })
  const writer = logWriter(batches)
  const reader = logReader(database)

  const lines = (query: LogQuery) => {
    writer.flush()
    return reader.lines(query)
  }

  return {
    write: writer.write,
    flush: writer.flush,
    onAppend: writer.onAppend,
    close: writer.close,
    lines,
    matches: (query) => {
      writer.flush()
      return reader.matches(query)
    },
    count: (query) => {
      writer.flush()
      return reader.count(query)
    },
    follow: (query, signal) => follow({ lines, onAppend: writer.onAppend, lastSeq: batches.lastSeq }, query, signal),
    lastSeq: batches.lastSeq,
    delete: (flowRun) => remove(database, batches, flowRun),
    size: () => guarded(database.name, () => pages(database, 'page_count') * pages(database, 'page_size')),
  }
}

const pages = (database: Database, name: string): number => Number(database.pragma(name, { simple: true }))

type Followed = Pick<LogStore, 'lines' | 'onAppend' | 'lastSeq'>

async function* follow(logs: Followed, query: LogQuery, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  let after = query.after ?? 0
  while (!signal.aborted) {
    const appended = nextAppend(logs, query.flowRun, signal)
    try {
      // What was passed without a match need not be looked at again.
      const seen = logs.lastSeq()
      const found = logs.lines({ ...query, after })
      after = found.at(-1)?.seq ?? Math.max(after, seen)
      if (found.length > 0) yield found
      else await appended.promise
    } finally {
      appended.stop()
    }
  }
}

/** Listens before the read, so that no line falls between the two. */
const nextAppend = ({ onAppend }: Followed, flowRun: string, signal: AbortSignal) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const unsubscribe = onAppend(({ flowRuns }) => {
    if (flowRuns.has(flowRun)) resolve()
  })
  const aborted = () => resolve()
  signal.addEventListener('abort', aborted, { once: true })
  const stop = () => {
    unsubscribe()
    signal.removeEventListener('abort', aborted)
  }
  return { promise, stop }
}

/** Lines, and pages given back, in one turn. */
const slice = { lines: 20_000, pages: 2000 }

const remove = async (database: Database, batches: LogBatches, flowRun: string): Promise<void> => {
  const number = database.prepare<[string], number>('select number from flow_runs where id = ?').pluck().get(flowRun)
  if (number === undefined) return
  const last = database
    .prepare<[number, number], number>('select seq from lines where flow_run = ? order by seq limit 1 offset ?')
    .pluck()
  const removeTo = database.prepare<[number, number]>('delete from lines where flow_run = ? and seq <= ?')
  for (let more = true; more; await turn()) {
    const upTo = last.get(number, slice.lines - 1)
    more = upTo !== undefined
    guarded(database.name, () => removeTo.run(number, upTo ?? Number.MAX_SAFE_INTEGER))
  }
  guarded(database.name, () => database.prepare('delete from flow_runs where number = ?').run(number))
  batches.forget()
  for (let free = pages(database, 'freelist_count'); free > 0; free = pages(database, 'freelist_count')) {
    guarded(database.name, () => database.pragma(`incremental_vacuum(${slice.pages})`))
    if (pages(database, 'freelist_count') >= free) return
    await turn()
  }
}
