import { logLevels, type LogLine } from '#core/model/log-line.ts'
import type { LogQuery } from '#core/model/log-store.ts'
import type { Database } from './database.ts'
import { logLineOf } from './log-lines.ts'
import { guarded } from './refusal.ts'
import { integer, type Row } from './row.ts'

export type LogReader = {
  lines(query: LogQuery): readonly LogLine[]
  matches(query: LogQuery): readonly number[]
  count(query: LogQuery): number
}

/** Which rows a query walks: of one flow run, in the order of seq. A task run's lie between its first and its last. */
type Range = { readonly flowRun: number; readonly source: number | null; readonly from: number; readonly to: number }

const columns = `lines.seq, flow_runs.id flow_run, sources.task_run, lines.at, lines.level, lines.message from lines
  join sources on sources.number = lines.source join flow_runs on flow_runs.number = lines.flow_run`

export const logReader = (database: Database): LogReader => {
  const rangeOf = ranges(database)
  const statement = remembered((sql) => database.prepare<unknown[], Row>(sql))

  const select = (range: Range, query: LogQuery): readonly LogLine[] => {
    const { sql, values } = where(range, query)
    const direction = query.fromEnd ? 'desc' : 'asc'
    const rows = statement(`select ${columns} where ${sql} order by lines.seq ${direction} limit ?`)
    const lines = rows.all(...values, query.limit ?? 1000).map(logLineOf)
    return query.fromEnd ? lines.toReversed() : lines
  }

  /** Each match with its neighbours, every line once. */
  const withContext = (range: Range, query: LogQuery, context: number): readonly LogLine[] => {
    const { flowRun } = query
    const lines = new Map<number, LogLine>()
    for (const match of select(range, query)) {
      const before = select({ ...range, to: match.seq - 1 }, { flowRun, fromEnd: true, limit: context })
      const after = select({ ...range, from: match.seq + 1 }, { flowRun, limit: context })
      for (const line of [...before, match, ...after]) lines.set(line.seq, line)
    }
    return [...lines.values()].toSorted((a, b) => a.seq - b.seq)
  }

  /** The seq of the line that this many lines of the range come before. Only the index is walked. */
  const seqAt = (range: Range, query: LogQuery, offset: number): number | undefined => {
    const { sql, values } = where(range, query)
    const row = statement(`select lines.seq from lines where ${sql} order by lines.seq limit 1 offset ?`)
    const found = row.get(...values, offset)
    return found && integer(found, 'seq')
  }

  const lines = (query: LogQuery): readonly LogLine[] => {
    const whole = rangeOf(query)
    const { context = 0, text, offset = 0 } = query
    const from = whole && offset > 0 ? seqAt(whole, query, offset) : whole?.from
    if (!whole || from === undefined) return []
    const range = { ...whole, from }
    return context > 0 && text !== undefined ? withContext(range, query, context) : select(range, query)
  }

  /** What every source has counted as it wrote. */
  const written = ({ flowRun, source }: Range): number => {
    const row = statement('select sum(lines) count from sources where flow_run = ? and number = coalesce(?, number)')
    return Number(row.get(flowRun, source)?.['count'] ?? 0)
  }

  const count = (query: LogQuery): number => {
    const range = rangeOf(query)
    if (!range) return 0
    const { after, before, minimumLevel, text } = query
    if (after === undefined && before === undefined && minimumLevel === undefined && !text) return written(range)
    const { sql, values } = where(range, query)
    const row = statement(`select count(*) count from lines where ${sql}`).get(...values)
    return row ? integer(row, 'count') : 0
  }

  const matches = (query: LogQuery): readonly number[] => {
    const range = rangeOf(query)
    if (!range) return []
    const { sql, values } = where(range, query)
    const rows = statement(`select lines.seq from lines where ${sql} order by lines.seq limit ?`)
    return rows.all(...values, query.limit ?? -1).map((row) => integer(row, 'seq'))
  }

  return {
    lines: (query) => guarded(database.name, () => lines(query)),
    matches: (query) => guarded(database.name, () => matches(query)),
    count: (query) => guarded(database.name, () => count(query)),
  }
}

const ranges = (database: Database) => {
  const flowRunNumber = database.prepare<[string], number>('select number from flow_runs where id = ?').pluck()
  const source = database.prepare<[number, string | null], Row>(
    'select * from sources where flow_run = ? and task_run is ?',
  )
  return ({ flowRun, taskRun, after = 0, before = Number.MAX_SAFE_INTEGER }: LogQuery): Range | null => {
    const number = flowRunNumber.get(flowRun)
    if (number === undefined) return null
    const range = { flowRun: number, source: null, from: after + 1, to: before - 1 }
    if (taskRun === undefined) return range
    const row = source.get(number, taskRun)
    if (!row) return null
    const from = Math.max(range.from, integer(row, 'first_seq'))
    return { ...range, source: integer(row, 'number'), from, to: Math.min(range.to, integer(row, 'last_seq')) }
  }
}

const where = (
  { flowRun, source, from, to }: Range,
  { minimumLevel, text }: LogQuery,
): { sql: string; values: unknown[] } => {
  const parts: readonly { sql: string; values: readonly unknown[] }[] = [
    { sql: 'lines.flow_run = ? and lines.seq >= ? and lines.seq <= ?', values: [flowRun, from, to] },
    ...(source === null ? [] : [{ sql: 'lines.source = ?', values: [source] }]),
    ...(minimumLevel === undefined ? [] : [{ sql: 'lines.level >= ?', values: [logLevels[minimumLevel]] }]),
    ...(text ? [{ sql: String.raw`lines.message like ? escape '\'`, values: [like(text)] }] : []),
  ]
  return { sql: parts.map(({ sql }) => sql).join(' and '), values: parts.flatMap(({ values }) => values) }
}

const like = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`

const remembered = <T>(make: (key: string) => T): ((key: string) => T) => {
  const made = new Map<string, T>()
  return (key) => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}
