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

type KnownRun = {
  readonly number: number
  /** Whether it has no sources but these. */
  readonly isNew: boolean
  readonly sources: Map<string | null, Changing>
}

export const logSources = (database: Database): LogSources => {
  const rows = sourceRows(database)
  const known = new Map<string, KnownRun>()
  const unsaved = new Set<Changing>()
  let count = 0

  const forget = () => {
    known.clear()
    unsaved.clear()
    rows.forget()
    count = 0
  }

  const remember = (flowRun: string, taskRun: string | null): Changing => {
    if (count >= most && unsaved.size === 0) forget()
    const run = known.get(flowRun) ?? rows.flowRun(flowRun)
    known.set(flowRun, run)
    const source = (run.isNew ? null : rows.find(run.number, taskRun)) ?? rows.begin(run.number, taskRun)
    run.sources.set(taskRun, source)
    count += 1
    return source
  }

  return {
    of: ({ flowRun, taskRun }) => known.get(flowRun)?.sources.get(taskRun) ?? remember(flowRun, taskRun),
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
  const highest = database.prepare<[], number>('select coalesce(max(number), 0) from sources').pluck()
  const add = database.prepare('insert into sources values (?, ?, ?, ?, ?, ?, ?, ?)')
  const update = database.prepare<[number, number, number, number, number, number]>(
    'update sources set first_seq = ?, last_seq = ?, lines = ?, bytes = ?, cut = ? where number = ?',
  )
  // A source is written when its figures are saved: most have all their lines in one transaction.
  const begun = new Map<Changing, string | null>()
  let last: number | null = null
  return {
    flowRun: (id: string): KnownRun => {
      const number = findFlowRun.get(id)
      const isNew = number === undefined
      return { number: number ?? Number(addFlowRun.run(id).lastInsertRowid), isNew, sources: new Map() }
    },
    find: (flowRun: number, taskRun: string | null): Changing | null => {
      const row = find.get(flowRun, taskRun)
      return row === undefined ? null : sourceOf(row)
    },
    begin: (flowRun: number, taskRun: string | null): Changing => {
      last = (last ?? highest.get() ?? 0) + 1
      const source = { number: last, flowRun, firstSeq: 0, lastSeq: 0, lines: 0, bytes: 0, cut: 0 }
      begun.set(source, taskRun)
      return source
    },
    save: (source: Changing) => {
      const { number, flowRun, firstSeq, lastSeq, lines, bytes, cut } = source
      const taskRun = begun.get(source)
      if (taskRun === undefined) update.run(firstSeq, lastSeq, lines, bytes, cut, number)
      else add.run(number, flowRun, taskRun, firstSeq, lastSeq, lines, bytes, cut)
      begun.delete(source)
    },
    /** After a transaction that failed, or when rows are gone. */
    forget: () => {
      begun.clear()
      last = null
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
