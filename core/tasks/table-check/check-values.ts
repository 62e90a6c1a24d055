import { textIn } from '#core/kinds/duckdb-answers.ts'
import { counted } from '#core/model/counted.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { CheckedTable } from './checked-table.ts'
import type { RuleFinding } from './rule-finding.ts'
import type { Rule, RuleOf } from './rules.ts'

/** What is the same for all rules on the values of one column. */
type ValueRule = {
  readonly rule: Rule
  readonly column: string
  /** True for a row that breaks the rule, unknown where there is no value. */
  readonly breaks: string
  readonly title: string
  holds(nulls: string): string
  broken(rows: string, found: string, nulls: string): string
  /** How what was found is told: from the least to the greatest, or the most frequent. */
  readonly tells: 'ends' | 'frequent'
}

const checkValues = async (table: CheckedTable, value: ValueRule): Promise<RuleFinding> => {
  const { rule, column, breaks, title, tells } = value
  const quoted = table.sql.identifier(column)
  const row = await table.one(
    `SELECT count(*) FILTER (${breaks}) AS count, count(*) - count(${quoted}) AS nulls, ` +
      `CAST(min(${quoted}) FILTER (${breaks}) AS VARCHAR) AS low, CAST(max(${quoted}) FILTER (${breaks}) AS VARCHAR) AS high FROM {checked_rows}`,
  )
  const count = Number(row['count'])
  const found = tells === 'ends' ? `from ${textIn(row, 'low')} to ${textIn(row, 'high')}` : await frequent(table, value)
  const nulls = leftOut(Number(row['nulls']))
  const message = count === 0 ? value.holds(nulls) : value.broken(counted(count, 'row'), found, nulls)
  const example = row['low'] ?? null
  return {
    report: {
      rule: rule.rule,
      columns: [column],
      severity: rule.severity,
      holds: count === 0,
      count,
      example,
      message,
    },
    offending: { title, rows: count, select: `SELECT * FROM {checked_rows} WHERE ${breaks}` },
  }
}

/** What a rule on values says of rows that have none. */
export const leftOut = (rows: number): string =>
  rows === 0 ? '' : ` ${counted(rows, 'row has', 'rows have')} no value, which this rule leaves out.`

const told = 3

const frequent = async (table: CheckedTable, { column, breaks }: ValueRule): Promise<string> => {
  const rows = await table.all(
    `SELECT left(CAST(${table.sql.identifier(column)} AS VARCHAR), 40) AS value, count(*) AS n FROM {checked_rows} WHERE ${breaks} GROUP BY ALL ORDER BY n DESC, value LIMIT ${told + 1}`,
  )
  const some = rows
    .slice(0, told)
    .map((row) => `${textIn(row, 'value') || '(empty)'} (${counted(Number(row['n']), 'row')})`)
  return [...some, ...(rows.length > told ? ['…'] : [])].join(', ')
}

export const checkRange = (table: CheckedTable, rule: RuleOf<'range'>): Promise<RuleFinding> => {
  const { min, max } = rule
  const { name, type } = table.column(rule.column)
  const quoted = table.sql.identifier(name)
  // The bound takes the column's type where it is text (a date), so that dates compare as dates.
  const bound = (value: string | number) =>
    typeof value === 'string' ? `CAST(${table.sql.literal(value)} AS ${type})` : table.sql.literal(value)
  const breaks = [
    ...(min === undefined ? [] : [`${quoted} < ${bound(min)}`]),
    ...(max === undefined ? [] : [`${quoted} > ${bound(max)}`]),
  ].join(' OR ')
  const words = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ')
  return checkValues(table, {
    rule,
    column: name,
    breaks,
    tells: 'ends',
    title: `${name} is out of range`,
    holds: (nulls) => `${name} is ${words} in every row with a value.${nulls}`,
    broken: (rows, found, nulls) => `${name} should be ${words}, but is not in ${rows} (${found}).${nulls}`,
  })
}

const namedValues = 10

export const checkInSet = async (table: CheckedTable, rule: RuleOf<'in_set'>): Promise<RuleFinding> => {
  const column = table.column(rule.column)
  await requireValues(table, column, rule.values)
  const list = rule.values.map((value) => valueSql(table, column, value)).join(', ')
  const more = rule.values.length > namedValues ? ` … (${rule.values.length} values)` : ''
  const words = `one of ${rule.values.slice(0, namedValues).join(', ')}${more}`
  const { name } = column
  return checkValues(table, {
    rule,
    column: name,
    breaks: `${comparable(table, column)} NOT IN (${list})`,
    tells: 'frequent',
    title: `${name} is not in the set`,
    holds: (nulls) => `${name} is ${words} in every row with a value.${nulls}`,
    broken: (rows, found, nulls) => `${name} should be ${words}, but is not in ${rows}: ${found}.${nulls}`,
  })
}

const isText = ({ type }: Column): boolean => type === 'VARCHAR' || type.startsWith('ENUM')

const comparable = (table: CheckedTable, column: Column): string =>
  isText(column) ? `CAST(${table.sql.identifier(column.name)} AS VARCHAR)` : table.sql.identifier(column.name)

/** As the column holds it. A number keeps its decimals: `1.234` is none of the values of a DECIMAL(5, 2). */
const valueSql = ({ sql }: CheckedTable, column: Column, value: string | number | boolean): string => {
  if (isText(column)) return sql.literal(String(value))
  const { type } = column
  if (typeof value === 'number' && !/^(FLOAT|DOUBLE|BOOLEAN)$/.test(type)) return sql.literal(value)
  return `CAST(${sql.literal(value)} AS ${type})`
}

const requireValues = async (
  table: CheckedTable,
  column: Column,
  values: readonly (string | number | boolean)[],
): Promise<void> => {
  const texts = isText(column) ? [] : values.filter((value) => typeof value !== 'number')
  for (const value of texts) {
    const row = await table.one(`SELECT TRY_CAST(${table.sql.literal(value)} AS ${column.type}) IS NULL AS wrong`)
    if (row['wrong'] === false) continue
    const message = `“${value}” among the values of a rule is no ${column.type}, which column “${column.name}” holds. Correct it.`
    throw new Refused({ code: 'invalid', message })
  }
}

export const checkPattern = async (table: CheckedTable, rule: RuleOf<'pattern'>): Promise<RuleFinding> => {
  const { name } = table.column(rule.column)
  const pattern = table.sql.literal(rule.matches)
  await table.one(`SELECT regexp_full_match('', ${pattern}) AS it`).catch((cause: unknown) => {
    if (!(cause instanceof Refused) || cause.failure.code === 'cancelled') throw cause
    const message = `The pattern “${rule.matches}” cannot be read: ${failureOf(cause).message}. It is a regular expression as RE2 takes it.`
    throw new Refused({ code: 'invalid', message }, { cause })
  })
  return checkValues(table, {
    rule,
    column: name,
    breaks: `NOT regexp_full_match(CAST(${table.sql.identifier(name)} AS VARCHAR), ${pattern})`,
    tells: 'frequent',
    title: `${name} does not match`,
    holds: (nulls) => `${name} matches ${rule.matches} in every row with a value.${nulls}`,
    broken: (rows, found, nulls) => `${name} should match ${rule.matches}, but does not in ${rows}: ${found}.${nulls}`,
  })
}
