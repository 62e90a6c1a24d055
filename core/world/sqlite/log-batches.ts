import { Refused } from '#core/model/failure.ts'
import { logLevels, type LogEntry } from '#core/model/log-line.ts'
import type { LogCap, LogsAppended } from '#core/model/log-store.ts'
import type { Fence } from './access.ts'
import type { Database } from './database.ts'
import { cutLine } from './log-lines.ts'
import { logSources, type LogSource } from './log-sources.ts'
import { guarded } from './refusal.ts'

export type LogBatches = {
  /** One transaction: all of the entries, or none. */
  store(entries: readonly LogEntry[]): LogsAppended
  lastSeq(): number
  /** Rows were removed: what is remembered of them is void. */
  forget(): void
}

export const logBatches = (database: Database, { cap, fence }: { cap: LogCap; fence: Fence }): LogBatches => {
  const lines = numberedLines(database, cap)
  const count = database.prepare<[number, number]>('update counter set last_seq = ? where token = ?')

  const store = database.transaction((entries: readonly LogEntry[]) => {
    for (const entry of entries) lines.put(entry)
    lines.save()
    if (count.run(lines.lastSeq(), fence.token).changes === 1) return
    fence.onLost()
    throw new Refused({
      code: 'conflict',
      message: 'Another engine has taken this home over; these lines are not kept.',
    })
  })

  return {
    store: (entries) => {
      const first = lines.lastSeq() + 1
      try {
        guarded(database.name, () => {
          store.immediate(entries)
        })
      } catch (error) {
        lines.forget()
        throw error
      }
      return { first, last: lines.lastSeq(), flowRuns: new Set(entries.map(({ flowRun }) => flowRun)) }
    },
    lastSeq: lines.lastSeq,
    forget: lines.forget,
  }
}

type Value = number | string

/** Lines that one statement stores: a statement for each would take half as long again. */
const blockLines = 25

/** Stores rows of lines in blocks, in their order; `end` stores those of a block that is not full. */
const lineInserts = (database: Database) => {
  const row = '(?, ?, ?, ?, ?, ?)'
  const insert = database.prepare<Value[]>(`insert into lines values ${row}`)
  const insertBlock = database.prepare<Value[]>(`insert into lines values ${Array(blockLines).fill(row).join(', ')}`)
  let rows: Value[][] = []
  const clear = () => {
    rows = []
  }
  return {
    add: (values: Value[]) => {
      rows.push(values)
      if (rows.length < blockLines) return
      insertBlock.run(...rows.flat())
      clear()
    },
    end: () => {
      for (const values of rows) insert.run(...values)
      clear()
    },
    clear,
  }
}

/** Gives lines their numbers, within a transaction; `forget` goes back to what is stored. */
const numberedLines = (database: Database, cap: LogCap) => {
  const sources = logSources(database)
  const inserts = lineInserts(database)
  const storedSeq = database.prepare<[], number>('select last_seq from counter').pluck()
  let seq = storedSeq.get() ?? 0

  const add = (source: LogSource, { at, level, message }: Pick<LogEntry, 'at' | 'level' | 'message'>) => {
    seq += 1
    inserts.add([source.flowRun, seq, source.number, Math.round(at), logLevels[level], message])
    sources.wrote(source, seq, message.length)
  }

  return {
    put: (entry: LogEntry) => {
      const source = sources.of(entry)
      const isWithin = source.cut === 0 && source.lines < cap.lines && source.bytes < cap.bytes
      if (isWithin) {
        add(source, { ...entry, message: cutLine(entry.message) })
        return
      }
      if (source.cut === 0) add(source, { at: entry.at, level: 'warning', message: cutNotice(source) })
      sources.cut(source)
    },
    save: () => {
      inserts.end()
      sources.save()
    },
    lastSeq: () => seq,
    forget: () => {
      inserts.clear()
      sources.forget()
      seq = storedSeq.get() ?? 0
    },
  }
}

const cutNotice = ({ lines, bytes }: LogSource): string =>
  `This log has reached ${lines.toLocaleString('en')} lines and ${Math.round(bytes / 1024 ** 2)} MB, which is the most that is kept. What follows is not.`
