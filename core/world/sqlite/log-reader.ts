import { logLevels, type LogLine } from '#core/model/log-line.ts'
import type { LogQuery } from '#core/model/log-store.ts'
import type { Database } from './database.ts'
import { logLineOf } from './log-lines.ts'
import { guarded } from './refusal.ts'
import { integer, type Row } from './row.ts'

export type LogReader = {
  lines(query: LogQuery): readonly LogLine[]
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

  const lines = (query: LogQuery): readonly LogLine[] => {
    const range = rangeOf(query)
    if (!range) return []
    const { context = 0, text } = query
    return context > 0 && text !== undefined ? withContext(range, query, context) : select(range, query)
  }

  const count = (query: LogQuery): number => {
    const range = rangeOf(query)
    if (!range) return 0
    const { sql, values } = where(range, query)
    const row = statement(`select count(*) count from lines where ${sql}`).get(...values)
    return row ? integer(row, 'count') : 0
  }

  return {
    lines: (query) => guarded(database.name, () => lines(query)),
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
