import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { LoadRequest, LoadResult } from '#core/kinds/capabilities.ts'
import type { AttachedDatabase } from '#core/kinds/task-context.ts'
import { doNotFit, leftEmpty, madeAnew } from '#core/kinds/load-words.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import { checkKeys } from './check-keys.ts'
import { loadRecord } from './load-record.ts'

/** One transaction: the rows and the record of the load are there together or not at all. */
export const loadOnce = (database: AttachedDatabase, request: LoadRequest): Promise<LoadResult> => {
  const target = targetOf(database, request)
  return database.transaction(async () => {
    await database.run(`CREATE SCHEMA IF NOT EXISTS ${target.inSchema}`)
    const record = await loadRecord(database, `${target.inSchema}._millrace_loads`, request.tables.sql)
    const existing = await existingColumns(target)
    const earlier = await record.find(request.loadId)
    if (earlier?.kind === 'load' && existing !== null)
      return resultOf(
        existing.map(({ name, type }) => ({ name, type })),
        earlier,
        true,
      )
    const { columns } = request.table
    await prepareTable(target, columns, existing)
    const written = existing === null || request.mode !== 'merge' ? await insert(target) : await merge(target)
    await record.add(request.loadId, { kind: 'load', table: target.name, ...written })
    request.progress(written.rows)
    return resultOf(columns, written, false)
  })
}

const resultOf = (columns: readonly Column[], { rows, updated }: Written, repeated: boolean): LoadResult => ({
  rows,
  columns,
  ...(updated !== null && { updated }),
  repeated,
})

const insert = async ({ database, request, table }: Target): Promise<Written> => {
  const rows = await database.insert(request.table, table)
  if (request.mode !== 'merge') return { rows, updated: null }
  await checkKeys(database, { rows: table, ...request })
  return { rows, updated: 0 }
}

const staged = 'temp.main.millrace_staged'

/** Rows of the table with the keys of new ones give way to them. */
const merge = async ({ database, request, table }: Target): Promise<Written> => {
  const { identifier } = request.tables.sql
  await database.run(`CREATE OR REPLACE TEMP TABLE millrace_staged (${fieldsOf(request)})`)
  const rows = await database.insert(request.table, staged)
  await checkKeys(database, { rows: staged, ...request })
  const equal = request.keys.map((key) => `old.${identifier(key)} = new.${identifier(key)}`).join(' AND ')
  const [matched] = await database.ask(`SELECT count(*) AS n FROM ${staged} new SEMI JOIN ${table} old ON ${equal}`)
  await database.run(`DELETE FROM ${table} AS old USING ${staged} AS new WHERE ${equal}`)
  await database.run(`INSERT INTO ${table} BY NAME (SELECT * FROM ${staged}); DROP TABLE ${staged}`)
  return { rows, updated: Number(matched?.['n']) }
}

type Written = { readonly rows: number; readonly updated: number | null }

type Target = {
  readonly database: AttachedDatabase
  readonly request: LoadRequest
  readonly schema: string
  readonly name: string
  /** Quoted, for SQL. */
  readonly table: string
  readonly inSchema: string
}

const targetOf = (database: AttachedDatabase, request: LoadRequest): Target => {
  const { identifier } = request.tables.sql
  const [first = '', second] = request.into.split('.')
  const [schema, name] = second === undefined ? ['main', first] : [first, second]
  if (name.toLowerCase() === '_millrace_loads') {
    throw new Refused({ code: 'invalid', message: `“${name}” is where loads are recorded. Choose another table.` })
  }
  const inSchema = `${database.name}.${identifier(schema)}`
  return {
    database,
    request,
    schema,
    name,
    inSchema,
    table: `${inSchema}.${identifier(name)}`,
  }
}

type TargetColumn = Column & { readonly required: boolean; readonly hasDefault: boolean }

const existingColumns = async ({
  database,
  request,
  schema,
  name,
}: Target): Promise<readonly TargetColumn[] | null> => {
  const { literal } = request.tables.sql
  const place = `database_name = ${literal(database.name)} AND lower(schema_name) = lower(${literal(schema)})`
  const views = await database.ask(
    `SELECT view_name FROM duckdb_views() WHERE ${place} AND lower(view_name) = lower(${literal(name)})`,
  )
  if (views.length > 0) {
    throw new Refused({
      code: 'conflict',
      message: `“${request.into}” is a view. Rows can only be loaded into a table: choose another name.`,
    })
  }
  const rows = await database.ask(
    `SELECT column_name, data_type, NOT is_nullable AS required, column_default IS NOT NULL AS has_default FROM duckdb_columns() WHERE ${place} AND lower(table_name) = lower(${literal(name)}) ORDER BY column_index`,
  )
  return rows.length === 0
    ? null
    : rows.map((row) => ({
        name: textIn(row, 'column_name'),
        type: textIn(row, 'data_type'),
        required: row['required'] === true,
        hasDefault: row['has_default'] === true,
      }))
}

const prepareTable = async (
  target: Target,
  columns: readonly Column[],
  existing: readonly TargetColumn[] | null,
): Promise<void> => {
  const { database, request, table } = target
  const { into, mode } = request
  const differences = existing === null ? [] : differencesOf(columns, existing)
  if (mode !== 'replace' && differences.length > 0) throw doNotFit(into, differences)
  if (existing !== null && differences.length === 0) {
    // Keys, defaults and indexes stay.
    if (mode === 'replace') await database.run(`DELETE FROM ${table}`)
    const absent = existing.filter(
      (column) => !column.hasDefault && !columns.some((one) => same(one.name, column.name)),
    )
    const words = leftEmpty({ into, mode, columns: absent })
    if (words !== null) request.warn(words)
    return
  }
  if (existing !== null) request.warn(madeAnew(into, differences, ' Its keys, defaults and indexes go with it.'))
  await database.run(`CREATE OR REPLACE TABLE ${table} (${fieldsOf(request)})`)
}

const fieldsOf = ({ table, tables }: LoadRequest): string =>
  table.columns.map(({ name, type }) => `${tables.sql.identifier(name)} ${type}`).join(', ')

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

const differencesOf = (columns: readonly Column[], existing: readonly TargetColumn[]): readonly string[] => {
  return [
    ...columns
      .filter(({ name }) => !existing.some((column) => same(column.name, name)))
      .map(({ name, type }) => `${name} (${type}) is not in the table`),
    ...existing
      .filter(
        ({ name, required, hasDefault }) =>
          required && !hasDefault && !columns.some((column) => same(column.name, name)),
      )
      .map(({ name }) => `${name} must have a value, and is missing in the rows`),
    ...columns.flatMap(({ name, type }) => {
      const found = existing.find((column) => same(column.name, name))
      return found && !holds(found.type, type) ? [`${name} is ${found.type} in the table and ${type} in the rows`] : []
    }),
  ]
}

const wholeNumbers = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT']

/** Whether a column of one type takes every value of another unchanged. */
const holds = (column: string, value: string): boolean => {
  if (column === value || (column === 'DOUBLE' && value === 'FLOAT')) return true
  return wholeNumbers.includes(value) && wholeNumbers.indexOf(column) >= wholeNumbers.indexOf(value)
}
