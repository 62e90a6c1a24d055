import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { LoadRequest, LoadResult } from '#core/kinds/capabilities.ts'
import type { AttachedDatabase } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'

/** One transaction: the rows and the record of the load are there together or not at all. */
export const loadOnce = (database: AttachedDatabase, request: LoadRequest): Promise<LoadResult> => {
  const target = targetOf(database, request)
  return database.transaction(async () => {
    await database.run(`CREATE SCHEMA IF NOT EXISTS ${target.inSchema}`)
    await database.run(
      `CREATE TABLE IF NOT EXISTS ${target.loads} (load_id VARCHAR PRIMARY KEY, table_name VARCHAR, row_count BIGINT, loaded_at TIMESTAMPTZ)`,
    )
    const existing = await existingColumns(target)
    const earlier = await earlierLoad(target)
    if (earlier !== null && existing !== null) return { rows: earlier, columns: existing, repeated: true }
    const { columns } = request.table
    await prepareTable(target, columns, existing)
    const rows = await database.insert(request.table, target.table)
    const { literal } = request.tables.sql
    await database.run(
      `INSERT OR REPLACE INTO ${target.loads} VALUES (${literal(request.loadId)}, ${literal(target.name)}, ${rows}, now())`,
    )
    return { rows, columns, repeated: false }
  })
}

type Target = {
  readonly database: AttachedDatabase
  readonly request: LoadRequest
  readonly schema: string
  readonly name: string
  /** Quoted, for SQL. */
  readonly table: string
  readonly inSchema: string
  readonly loads: string
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
    loads: `${inSchema}._millrace_loads`,
  }
}

const existingColumns = async ({ database, request, schema, name }: Target): Promise<readonly Column[] | null> => {
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
    `SELECT column_name, data_type FROM duckdb_columns() WHERE ${place} AND lower(table_name) = lower(${literal(name)}) ORDER BY column_index`,
  )
  return rows.length === 0
    ? null
    : rows.map((row) => ({ name: textIn(row, 'column_name'), type: textIn(row, 'data_type') }))
}

const earlierLoad = async ({ database, request, loads }: Target): Promise<number | null> => {
  const [row] = await database.ask(
    `SELECT row_count FROM ${loads} WHERE load_id = ${request.tables.sql.literal(request.loadId)}`,
  )
  return row ? Number(row['row_count']) : null
}

const prepareTable = async (
  target: Target,
  columns: readonly Column[],
  existing: readonly Column[] | null,
): Promise<void> => {
  const { database, request, table } = target
  if (existing !== null && request.mode === 'append') {
    refuseDifferences(request.into, columns, existing)
    return
  }
  const { identifier } = request.tables.sql
  const fields = columns.map(({ name, type }) => `${identifier(name)} ${type}`)
  await database.run(`CREATE OR REPLACE TABLE ${table} (${fields.join(', ')})`)
}

const refuseDifferences = (into: string, columns: readonly Column[], existing: readonly Column[]): void => {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
  const differences = [
    ...columns
      .filter(({ name }) => !existing.some((column) => same(column.name, name)))
      .map(({ name, type }) => `${name} (${type}) is not in the table`),
    ...existing
      .filter(({ name }) => !columns.some((column) => same(column.name, name)))
      .map(({ name }) => `${name} is missing in the rows`),
    ...columns.flatMap(({ name, type }) => {
      const found = existing.find((column) => same(column.name, name))
      return found && !holds(found.type, type) ? [`${name} is ${found.type} in the table and ${type} in the rows`] : []
    }),
  ]
  if (differences.length === 0) return
  throw new Refused({
    code: 'data',
    message: `The rows do not fit the table “${into}”: ${differences.join('; ')}. Choose and convert columns (table.select), or replace the table.`,
  })
}

const wholeNumbers = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT']

/** Whether a column of one type takes every value of another unchanged. */
const holds = (column: string, value: string): boolean => {
  if (column === value || (column === 'DOUBLE' && value === 'FLOAT')) return true
  return wholeNumbers.includes(value) && wholeNumbers.indexOf(column) >= wholeNumbers.indexOf(value)
}
