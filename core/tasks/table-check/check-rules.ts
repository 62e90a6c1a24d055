import { textIn } from '#core/kinds/duckdb-answers.ts'
import { counted } from '#core/model/counted.ts'
import type { CheckedTable } from './checked-table.ts'
import { checkFreshness } from './check-freshness.ts'
import { checkInSet, checkPattern, checkRange, leftOut } from './check-values.ts'
import type { RuleFinding } from './rule-finding.ts'
import type { Rule, RuleOf } from './rules.ts'

export const checkRules = async (table: CheckedTable, rules: readonly Rule[]): Promise<readonly RuleFinding[]> => {
  const findings: RuleFinding[] = []
  for (const rule of rules) findings.push(...(await checkRule(table, rule)))
  return findings
}

const checkRule = async (table: CheckedTable, rule: Rule): Promise<readonly RuleFinding[]> => {
  switch (rule.rule) {
    case 'rows':
      return [await checkRows(table, rule)]
    case 'not_null':
      return checkNotNull(table, rule)
    case 'unique':
      return [await checkUnique(table, rule)]
    case 'range':
      return [await checkRange(table, rule)]
    case 'in_set':
      return [await checkInSet(table, rule)]
    case 'pattern':
      return [await checkPattern(table, rule)]
    case 'freshness':
      return [await checkFreshness(table, rule)]
    default:
      return rule satisfies never
  }
}

const number = (value: number) => value.toLocaleString('en-US')

const checkRows = async (table: CheckedTable, rule: RuleOf<'rows'>): Promise<RuleFinding> => {
  const { exactly, at_least: least, at_most: most, severity } = rule
  const count = table.handle.rows ?? Number((await table.one('SELECT count(*) AS total FROM {checked_rows}'))['total'])
  const wanted = [
    ...(exactly === undefined ? [] : [{ words: `exactly ${number(exactly)}`, holds: count === exactly }]),
    ...(least === undefined ? [] : [{ words: `at least ${number(least)}`, holds: count >= least }]),
    ...(most === undefined ? [] : [{ words: `at most ${number(most)}`, holds: count <= most }]),
  ]
  const holds = wanted.every((one) => one.holds)
  const words = wanted.map((one) => one.words).join(' and ')
  const message = holds
    ? `Rows: ${number(count)}, as asked (${words}).`
    : `There ${count === 1 ? 'is' : 'are'} ${counted(count, 'row')}, not ${words}.`
  return { report: { rule: 'rows', columns: [], severity, holds, count, example: null, message }, offending: null }
}

const checkNotNull = async (
  table: CheckedTable,
  { columns, severity }: RuleOf<'not_null'>,
): Promise<readonly RuleFinding[]> => {
  const names = columns.map((name) => table.column(name).name)
  const counts = names.map((name, index) => `count(*) - count(${table.sql.identifier(name)}) AS n${index}`)
  const row = await table.one(`SELECT ${counts.join(', ')} FROM {checked_rows}`)
  return names.map((name, index): RuleFinding => {
    const count = Number(row[`n${index}`])
    const message =
      count === 0 ? `${name} has a value in every row.` : `${name} has no value in ${counted(count, 'row')}.`
    const select = `SELECT * FROM {checked_rows} WHERE ${table.sql.identifier(name)} IS NULL`
    return {
      report: { rule: 'not_null', columns: [name], severity, holds: count === 0, count, example: null, message },
      offending: { title: `${name} has no value`, rows: count, select },
    }
  })
}

const checkUnique = async (table: CheckedTable, rule: RuleOf<'unique'>): Promise<RuleFinding> => {
  const columns = rule.columns.map((name) => table.column(name).name)
  const quoted = columns.map((name) => table.sql.identifier(name))
  const present = quoted.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const groups = `SELECT ${quoted.join(', ')}, count(*) AS times FROM {checked_rows} WHERE ${present} GROUP BY ALL HAVING count(*) > 1`
  const value = `concat_ws(', ', ${quoted.map((name) => `CAST(${name} AS VARCHAR)`).join(', ')})`
  const row = await table.one(
    `SELECT coalesce(sum(times - 1), 0)::BIGINT AS count, coalesce(sum(times), 0)::BIGINT AS involved, arg_max(${value}, times) AS example, max(times) AS times FROM (${groups})`,
  )
  const without = await table.one(`SELECT count(*) FILTER (NOT (${present})) AS nulls FROM {checked_rows}`)
  const nulls = leftOut(Number(without['nulls']))
  const count = Number(row['count'])
  const names = columns.join(', ')
  const message =
    count === 0
      ? `${names} is unique.${nulls}`
      : `${names} is not unique: ${counted(count, 'row repeats', 'rows repeat')} a value, for example ${textIn(row, 'example')} (${number(Number(row['times']))} times).${nulls}`
  const often = `SELECT ${quoted.join(', ')} FROM (${groups}) ORDER BY times DESC, ${quoted.join(', ')} LIMIT 1000`
  return {
    report: {
      rule: 'unique',
      columns,
      severity: rule.severity,
      holds: count === 0,
      count,
      example: row['example'] ?? null,
      message,
    },
    offending: {
      title: `${names} is not unique`,
      rows: Number(row['involved']),
      // Those that are alike stand together.
      select: `SELECT * FROM {checked_rows} SEMI JOIN (${often}) USING (${quoted.join(', ')}) ORDER BY ${quoted.join(', ')}`,
    },
  }
}
