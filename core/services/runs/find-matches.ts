import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import type { LogMatches } from '#core/model/log-page.ts'
import type { LogStore } from '#core/model/log-store.ts'
import type { RowsQuery } from './log-rows.ts'
import { createWake } from './wake.ts'

export type FindWorld = Pick<LogStore, 'lines' | 'matches' | 'onAppend' | 'lastSeq'>

/** Numbers of lines that are looked at in one turn of the engine: some ten milliseconds. */
const slice = 60_000
/** Matches that are told; beyond these only their count grows. */
const mostTold = 200_000
/** Milliseconds between two looks at what is being written. */
const pace = 100

/** The whole log in slices, so that others get their turn; then each time there are more lines. */
export async function* findMatches(
  logs: FindWorld,
  where: RowsQuery & { readonly text: string },
  signal: AbortSignal,
): AsyncGenerator<LogMatches> {
  const { text: _text, ...lines } = where
  const [first] = logs.lines({ ...lines, limit: 1 })
  const begin = first ? first.seq - 1 : 0
  const wake = createWake(signal)
  const stop = logs.onAppend(({ flowRuns }) => flowRuns.has(where.flowRun) && wake.call())
  let count = 0
  let told = 0
  let after = begin
  try {
    for (; !signal.aborted; await wake.next()) {
      const end = logs.lastSeq()
      do {
        const until = Math.min(end, after + slice)
        const found = logs.matches({ ...where, after, before: until + 1 })
        after = until
        count += found.length
        const seqs = found.slice(0, Math.max(0, mostTold - told))
        told += seqs.length
        const done = end > begin ? (after - begin) / (end - begin) : 1
        if (found.length > 0 || done === 1) yield { seqs, count, done }
        await turn()
      } while (after < end && !signal.aborted)
      await wait(pace, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    stop()
  }
}
