import { setImmediate as turn } from 'node:timers/promises'
import type { LogQuery, LogStore } from '#core/model/log-store.ts'

export type RowsQuery = Pick<LogQuery, 'flowRun' | 'taskRun' | 'minimumLevel' | 'text'>

/** The lines that fit a query as rows from 0, found by their number in the log or by their row. */
export type LogRows = {
  /** How many there are now. */
  total(): Promise<number>
  /** The seq of the line before this row, 0 for the first; how many rows lie between. */
  before(row: number): Promise<{ readonly after: number; readonly skip: number }>
  rowOf(seq: number): Promise<number>
}

/** Rows between two marks: so many are walked at most to find one. */
const step = 4096
/** Marks that are made in one turn of the engine. */
const slice = 16

type Lines = Pick<LogStore, 'lines' | 'count'>

/** Lines are only ever added, so that what was counted stays counted. */
const rowsOf = (logs: Lines, query: RowsQuery): LogRows => {
  // The seq of the last row of every full step.
  const marks: number[] = []
  let marking: Promise<void> | null = null
  const mark = async (): Promise<void> => {
    for (let made = 1; ; made += 1) {
      const [last] = logs.lines({ ...query, after: marks.at(-1) ?? 0, offset: step - 1, limit: 1 })
      if (!last) return
      marks.push(last.seq)
      if (made % slice === 0) await turn()
    }
  }
  const marked = (): Promise<void> => (marking ??= mark().finally(() => (marking = null)))
  const isWhole = query.minimumLevel === undefined && query.text === undefined
  return {
    total: async () => {
      // Of whole logs the writers keep count.
      if (isWhole) return logs.count(query)
      await marked()
      return marks.length * step + logs.count({ ...query, after: marks.at(-1) ?? 0 })
    },
    before: async (row) => {
      if (row >= step) await marked()
      const full = Math.min(marks.length, Math.floor(row / step))
      return { after: marks[full - 1] ?? 0, skip: row - full * step }
    },
    rowOf: async (seq) => {
      await marked()
      const full = firstWhere(marks, (last) => last >= seq)
      return full * step + logs.count({ ...query, after: marks[full - 1] ?? 0, before: seq })
    },
  }
}

/** Of a list in which what holds comes last. */
const firstWhere = (list: readonly number[], holds: (value: number) => boolean): number => {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(list[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

/** Logs that are looked at together. */
const most = 12

/** Remembers the rows of what was looked at last. */
export const logRows = (logs: Lines): ((query: RowsQuery) => LogRows) => {
  const known = new Map<string, LogRows>()
  return (query) => {
    const key = JSON.stringify([query.flowRun, query.taskRun, query.minimumLevel, query.text])
    const rows = known.get(key) ?? rowsOf(logs, query)
    known.delete(key)
    known.set(key, rows)
    for (const oldest of known.keys()) if (known.size > most) known.delete(oldest)
    return rows
  }
}
