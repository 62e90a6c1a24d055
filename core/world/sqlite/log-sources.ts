import type { LogEntry } from '#core/model/log-line.ts'
import type { Database } from './database.ts'
import { integer, type Row } from './row.ts'

/** Who writes lines, a task run or the flow run itself, with the figures of what it wrote. */
export type LogSource = {
  readonly number: number
  readonly flowRun: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly lines: number
  readonly bytes: number
  /** Lines that were not kept because the log had grown too long. */
  readonly cut: number
}

type Changing = { -readonly [Field in keyof LogSource]: LogSource[Field] }

export type LogSources = {
  /** The one an entry belongs to, made if need be. */
  of(entry: LogEntry): LogSource
  wrote(source: LogSource, seq: number, bytes: number): void
  cut(source: LogSource): void
  /** Stores the figures that have changed. */
  save(): void
  /** After a transaction that failed, or when rows are gone. */
  forget(): void
}

/** More writers than this at once are rare; those who are forgotten are read again. */
const most = 20_000

export const logSources = (database: Database): LogSources => {
  const rows = sourceRows(database)
  const known = new Map<string, Map<string | null, Changing>>()
  const unsaved = new Set<Changing>()
  let count = 0

  const forget = () => {
    known.clear()
    unsaved.clear()
    count = 0
  }

  const remember = (flowRun: string, taskRun: string | null): Changing => {
    if (count >= most && unsaved.size === 0) forget()
    const source = rows.load(flowRun, taskRun)
    const ofRun = known.get(flowRun) ?? new Map<string | null, Changing>()
    known.set(flowRun, ofRun.set(taskRun, source))
    count += 1
    return source
  }

  return {
    of: ({ flowRun, taskRun }) => known.get(flowRun)?.get(taskRun) ?? remember(flowRun, taskRun),
    // What callers hold is what is remembered; only here is it changed.
    wrote: (source: Changing, seq, bytes) => {
      if (source.lines === 0) source.firstSeq = seq
      source.lastSeq = seq
      source.lines += 1
      source.bytes += bytes
      unsaved.add(source)
    },
    cut: (source: Changing) => {
      source.cut += 1
      unsaved.add(source)
    },
    save: () => {
      for (const source of unsaved) rows.save(source)
      unsaved.clear()
    },
    forget,
  }
}

const sourceRows = (database: Database) => {
  const findFlowRun = database.prepare<[string], number>('select number from flow_runs where id = ?').pluck()
  const addFlowRun = database.prepare<[string]>('insert into flow_runs (id) values (?)')
  const find = database.prepare<[number, string | null], Row>(
    'select * from sources where flow_run = ? and task_run is ?',
  )
  const add = database.prepare<[number, string | null]>(
    'insert into sources (flow_run, task_run, first_seq, last_seq, lines, bytes, cut) values (?, ?, 0, 0, 0, 0, 0)',
  )
  const update = database.prepare<[number, number, number, number, number, number]>(
    'update sources set first_seq = ?, last_seq = ?, lines = ?, bytes = ?, cut = ? where number = ?',
  )
  return {
    load: (id: string, taskRun: string | null): Changing => {
      const flowRun = findFlowRun.get(id) ?? Number(addFlowRun.run(id).lastInsertRowid)
      const row = find.get(flowRun, taskRun)
      if (row) return sourceOf(row)
      const number = Number(add.run(flowRun, taskRun).lastInsertRowid)
      return { number, flowRun, firstSeq: 0, lastSeq: 0, lines: 0, bytes: 0, cut: 0 }
    },
    save: ({ number, firstSeq, lastSeq, lines, bytes, cut }: LogSource) => {
      update.run(firstSeq, lastSeq, lines, bytes, cut, number)
    },
  }
}

const sourceOf = (row: Row): LogSource => ({
  number: integer(row, 'number'),
  flowRun: integer(row, 'flow_run'),
  firstSeq: integer(row, 'first_seq'),
  lastSeq: integer(row, 'last_seq'),
  lines: integer(row, 'lines'),
  bytes: integer(row, 'bytes'),
  cut: integer(row, 'cut'),
})
