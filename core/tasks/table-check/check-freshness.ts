import { textIn } from '#core/kinds/duckdb-answers.ts'
import { counted } from '#core/model/counted.ts'
import { formatDuration, parseDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { CheckedTable } from './checked-table.ts'
import type { RuleFinding } from './rule-finding.ts'
import type { RuleOf } from './rules.ts'

export const checkFreshness = async (table: CheckedTable, rule: RuleOf<'freshness'>): Promise<RuleFinding> => {
  const column = table.column(rule.column)
  const { name } = column
  const { begin, end } = instantsOf(table, column, rule.time_zone)
  const past = `FILTER (${begin} <= now())`
  const row = await table.one(
    `SELECT count(${table.sql.identifier(name)}) AS present, count(*) FILTER (${begin} > now()) AS future, ` +
      `CAST(max(${table.sql.identifier(name)}) ${past} AS VARCHAR) AS newest, ` +
      `epoch(now()) - epoch(max(${end}) ${past}) AS age FROM {checked_rows}`,
  )
  const within = parseDuration(rule.within) ?? 0
  const age = row['age'] === null ? null : Math.max(0, Number(row['age']) * 1000)
  const holds = age !== null && age <= within
  const future = Number(row['future'])
  const later =
    future === 0 ? '' : ` ${counted(future, 'row lies', 'rows lie')} in the future, which this rule leaves out.`
  const asked = `no older than ${lengthOf(within)}`
  const newest = textIn(row, 'newest')
  const message =
    age === null
      ? `${name} should be ${asked}, but has no value that tells.`
      : holds
        ? `${name} is ${asked}: its newest value is ${newest}.`
        : `${name} should be ${asked}, but its newest value, ${newest}, is ${lengthOf(age)} old.`
  return {
    report: {
      rule: 'freshness',
      columns: [name],
      severity: rule.severity,
      holds,
      count: Number(row['present']),
      example: holds ? null : (row['newest'] ?? null),
      message: message + later,
    },
    offending: null,
  }
}

/** When a value begins and ends, with its zone: a date lasts a day. */
const instantsOf = (
  { sql }: CheckedTable,
  { name, type }: Column,
  timeZone: string,
): { begin: string; end: string } => {
  const quoted = sql.identifier(name)
  const zoned = (time: string) => `((${time}) AT TIME ZONE ${sql.literal(timeZone)})`
  if (type === 'TIMESTAMP WITH TIME ZONE') return { begin: quoted, end: quoted }
  const time = `CAST(${quoted} AS TIMESTAMP)`
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return { begin: zoned(time), end: zoned(time) }
  if (type === 'DATE') return { begin: zoned(time), end: zoned(`${time} + INTERVAL 1 DAY`) }
  throw new Refused({
    code: 'invalid',
    message: `A freshness rule looks at “${name}”, which is ${type}. It needs a date or a time: give the column the type DATE or TIMESTAMP when it is read, or with table.select.`,
  })
}

const day = 86_400_000

const lengthOf = (milliseconds: number): string =>
  milliseconds >= 2 * day ? counted(Math.floor(milliseconds / day), 'day') : formatDuration(milliseconds)
