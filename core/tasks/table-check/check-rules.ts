import { textIn } from '#core/kinds/duckdb-answers.ts'
import { counted } from '#core/model/counted.ts'
import type { Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue, TableHandle } from '#core/model/handle.ts'
import type { Rule } from './rules.ts'

export type RuleReport = {
  readonly rule: Rule['rule']
  readonly columns: readonly string[]
  readonly holds: boolean
  /** Rows that break it; for `rows` the number of rows. */
  readonly count: number
  /** A value that breaks it, or null. */
  readonly example: JsonValue
  readonly message: string
}

export const checkRules = async (tables: Tables, table: TableHandle, rules: readonly Rule[]): Promise<RuleReport[]> => {
  const reports: RuleReport[] = []
  for (const rule of rules) reports.push(...(await checkRule(tables, table, rule)))
  return reports
}

const checkRule = async (tables: Tables, table: TableHandle, rule: Rule): Promise<readonly RuleReport[]> => {
  switch (rule.rule) {
    case 'rows':
      return [await checkRows(tables, table, rule)]
    case 'not_null':
      return checkNotNull(tables, table, columnsOf(table, rule.columns))
    case 'unique':
      return [await checkUnique(tables, table, columnsOf(table, rule.columns))]
    case 'range':
      return [await checkRange(tables, table, rule)]
    default:
      return rule satisfies never
  }
}

const columnsOf = (table: TableHandle, names: readonly string[]): readonly string[] =>
  names.map((name) => {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (column) return column.name
    const known = table.columns.map((candidate) => candidate.name).join(', ')
    throw new Refused({
      code: 'invalid',
      message: `A rule names “${name}”, which is no column of the table. There are: ${known}.`,
    })
  })

const number = (value: number) => value.toLocaleString('en-US')

const askOne = async (
  tables: Tables,
  table: TableHandle,
  select: string,
): Promise<Readonly<Record<string, JsonValue>>> => (await tables.ask({ input: table }, select))[0] ?? {}

type RowsRule = Extract<Rule, { rule: 'rows' }>

const checkRows = async (tables: Tables, table: TableHandle, rule: RowsRule): Promise<RuleReport> => {
  const count = table.rows ?? Number((await askOne(tables, table, 'SELECT count(*) AS total FROM {input}'))['total'])
  const wanted = [
    ...(rule.exactly === undefined
      ? []
      : [{ words: `exactly ${number(rule.exactly)}`, holds: count === rule.exactly }]),
    ...(rule.at_least === undefined
      ? []
      : [{ words: `at least ${number(rule.at_least)}`, holds: count >= rule.at_least }]),
    ...(rule.at_most === undefined ? [] : [{ words: `at most ${number(rule.at_most)}`, holds: count <= rule.at_most }]),
  ]
  const holds = wanted.every((one) => one.holds)
  const words = wanted.map((one) => one.words).join(' and ')
  return {
    rule: 'rows',
    columns: [],
    holds,
    count,
    example: null,
    message: holds
      ? `Rows: ${number(count)}, as asked (${words}).`
      : `There ${count === 1 ? 'is' : 'are'} ${counted(count, 'row')}, not ${words}.`,
  }
}

const checkNotNull = async (
  tables: Tables,
  table: TableHandle,
  columns: readonly string[],
): Promise<readonly RuleReport[]> => {
  const counts = columns.map((name, index) => `count(*) - count(${tables.sql.identifier(name)}) AS n${index}`)
  const row = await askOne(tables, table, `SELECT ${counts.join(', ')} FROM {input}`)
  return columns.map((name, index): RuleReport => {
    const count = Number(row[`n${index}`])
    const message =
      count === 0 ? `${name} has a value in every row.` : `${name} has no value in ${counted(count, 'row')}.`
    return { rule: 'not_null', columns: [name], holds: count === 0, count, example: null, message }
  })
}

const checkUnique = async (tables: Tables, table: TableHandle, columns: readonly string[]): Promise<RuleReport> => {
  const quoted = columns.map((name) => tables.sql.identifier(name))
  const present = quoted.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const groups = `SELECT ${quoted.join(', ')}, count(*) AS times FROM {input} WHERE ${present} GROUP BY ALL HAVING count(*) > 1`
  const value = `concat_ws(', ', ${quoted.map((name) => `CAST(${name} AS VARCHAR)`).join(', ')})`
  const row = await askOne(
    tables,
    table,
    `SELECT coalesce(sum(times - 1), 0)::BIGINT AS count, arg_max(${value}, times) AS example, max(times) AS times FROM (${groups})`,
  )
  const count = Number(row['count'])
  const names = columns.join(', ')
  const message =
    count === 0
      ? `${names} is unique.`
      : `${names} is not unique: ${counted(count, 'row repeats', 'rows repeat')} a value, for example ${textIn(row, 'example')} (${number(Number(row['times']))} times).`
  return { rule: 'unique', columns, holds: count === 0, count, example: row['example'] ?? null, message }
}

type RangeRule = Extract<Rule, { rule: 'range' }>

const checkRange = async (tables: Tables, table: TableHandle, { column, min, max }: RangeRule): Promise<RuleReport> => {
  const [name = column] = columnsOf(table, [column])
  const type = table.columns.find((candidate) => candidate.name === name)?.type ?? 'VARCHAR'
  const quoted = tables.sql.identifier(name)
  // The bound takes the column's type where it is text (a date), so that dates compare as dates.
  const bound = (value: string | number) =>
    typeof value === 'string' ? `CAST(${tables.sql.literal(value)} AS ${type})` : tables.sql.literal(value)
  const outside = [
    ...(min === undefined ? [] : [`${quoted} < ${bound(min)}`]),
    ...(max === undefined ? [] : [`${quoted} > ${bound(max)}`]),
  ].join(' OR ')
  const row = await askOne(
    tables,
    table,
    `SELECT count(*) AS count, CAST(min(${quoted}) AS VARCHAR) AS low, CAST(max(${quoted}) AS VARCHAR) AS high FROM {input} WHERE ${outside}`,
  )
  const count = Number(row['count'])
  const words = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ')
  const message =
    count === 0
      ? `${name} is ${words} in every row.`
      : `${name} should be ${words}, but is not in ${counted(count, 'row')} (from ${textIn(row, 'low')} to ${textIn(row, 'high')}).`
  return { rule: 'range', columns: [name], holds: count === 0, count, example: row['low'] ?? null, message }
}
