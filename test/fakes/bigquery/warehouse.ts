import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection, type DuckDBType, type Json } from '@duckdb/node-api'
import { GoogleError, invalidQuery } from './errors.ts'
import { duckType, fieldOf, marked, type TableField } from './field-types.ts'
import type { TableReference } from './google-sql.ts'

export type TimePartitioning = { readonly type: string; readonly field?: string }

/** What BigQuery knows of a table beside its rows. */
export type TableFacts = {
  readonly timePartitioning?: TimePartitioning
  readonly clustering?: { readonly fields: readonly string[] }
  readonly expirationTime?: string
  readonly createdAt: number
}

export type DatasetFacts = { readonly projectId: string; readonly datasetId: string; readonly location: string }

export type Answered = {
  readonly fields: readonly TableField[]
  readonly rows: readonly (readonly Json[])[]
  readonly changed: number
}

export type Warehouse = Awaited<ReturnType<typeof openWarehouse>>

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
export const qualified = ({ projectId, datasetId, tableId }: TableReference): string =>
  [projectId, datasetId, tableId].map(identifier).join('.')
const keyOf = ({ projectId, datasetId, tableId }: TableReference): string => `${projectId}:${datasetId}.${tableId}`

/** DuckDB has no table without columns, which BigQuery makes until rows come. */
const noColumns = '_no_columns'

const macros = [
  'safe_divide(a, b) AS CASE WHEN b = 0 THEN NULL ELSE a / b END',
  `st_geogpoint(x, y) AS CAST('POINT(' || x || ' ' || y || ')' AS ${marked('geography')})`,
  `st_geogfromtext(text) AS CAST(text AS ${marked('geography')})`,
]

/** Projects as DuckDB's databases, datasets as schemas in them: loads and queries are real. */
export const openWarehouse = async (folder: string) => {
  const instance = await DuckDBInstance.create(join(folder, 'results.duckdb'), { threads: '2', memory_limit: '512MB' })
  const setup = await instance.connect()
  await setup.run("SET GLOBAL TimeZone = 'UTC'")
  for (const macro of macros) await setup.run(`CREATE MACRO ${macro}`)
  const projects = new Set<string>()
  const datasets = new Map<string, DatasetFacts>()
  const tables = new Map<string, TableFacts>()

  const ask = async (
    connection: DuckDBConnection,
    sql: string,
    values?: Record<string, string | number | boolean>,
  ): Promise<Answered> => {
    const reader = await connection.runAndReadAll(sql, values)
    const types = reader.columnTypes()
    const fields = reader.deduplicatedColumnNames().map((name, index) => fieldOf(name, types[index] as DuckDBType))
    return { fields, rows: reader.getRowsJson(), changed: reader.rowsChanged }
  }

  /** A connection in which names without a dataset mean this one. */
  const connect = async (place: { projectId: string; datasetId?: string }): Promise<DuckDBConnection> => {
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    const { projectId, datasetId } = place
    if (projects.has(projectId)) {
      const schema = datasetId !== undefined && datasets.has(`${projectId}:${datasetId}`) ? datasetId : 'main'
      await connection.run(
        `SET search_path = ${literal(`${identifier(projectId)}.${identifier(schema)},results.main`)}`,
      )
    }
    return connection
  }

  const dataset = (projectId: string, datasetId: string, location?: string): DatasetFacts => {
    const found = datasets.get(`${projectId}:${datasetId}`)
    if (found && (location === undefined || location.toUpperCase() === found.location.toUpperCase())) return found
    const where = location === undefined ? '' : ` was not found in location ${location}`
    throw new GoogleError(404, 'notFound', `Not found: Dataset ${projectId}:${datasetId}${where}`)
  }

  const describe = async (table: TableReference): Promise<readonly TableField[] | null> => {
    if (!tables.has(keyOf(table))) return null
    const { fields } = await ask(setup, `SELECT * FROM ${qualified(table)} LIMIT 0`)
    return fields.filter(({ name }) => name !== noColumns)
  }

  return {
    ask,
    connect,
    dataset,
    describe,
    datasets: (projectId: string) => [...datasets.values()].filter((one) => one.projectId === projectId),
    createDataset: async (facts: DatasetFacts) => {
      const { projectId, datasetId } = facts
      if (datasets.has(`${projectId}:${datasetId}`))
        throw new GoogleError(409, 'duplicate', `Already Exists: Dataset ${projectId}:${datasetId}`)
      if (!projects.has(projectId)) {
        projects.add(projectId)
        await setup.run(`ATTACH ${literal(join(folder, `${projectId}.duckdb`))} AS ${identifier(projectId)}`)
      }
      await setup.run(`CREATE SCHEMA ${identifier(projectId)}.${identifier(datasetId)}`)
      datasets.set(`${projectId}:${datasetId}`, facts)
    },
    deleteDataset: async (projectId: string, datasetId: string) => {
      dataset(projectId, datasetId)
      await setup.run(`DROP SCHEMA ${identifier(projectId)}.${identifier(datasetId)} CASCADE`)
      datasets.delete(`${projectId}:${datasetId}`)
      for (const key of tables.keys()) if (key.startsWith(`${projectId}:${datasetId}.`)) tables.delete(key)
    },
    facts: (table: TableReference): TableFacts => {
      const found = tables.get(keyOf(table))
      if (found) return found
      throw new GoogleError(404, 'notFound', `Not found: Table ${keyOf(table)}`)
    },
    has: (table: TableReference): boolean => tables.has(keyOf(table)),
    tables: (projectId: string, datasetId: string) =>
      [...tables.keys()]
        .filter((key) => key.startsWith(`${projectId}:${datasetId}.`))
        .map((key) => key.split('.').at(-1) ?? ''),
    /** The table is there already, or is about to be. */
    note: (table: TableReference, facts: Omit<TableFacts, 'createdAt'>) =>
      void tables.set(keyOf(table), { ...facts, createdAt: Date.now() }),
    createTable: async (table: TableReference, fields: readonly TableField[], facts: Omit<TableFacts, 'createdAt'>) => {
      dataset(table.projectId, table.datasetId)
      if (tables.has(keyOf(table))) throw new GoogleError(409, 'duplicate', `Already Exists: Table ${keyOf(table)}`)
      const columns = fields.map((field) => `${identifier(field.name)} ${duckType(field)}`)
      await setup.run(`CREATE TABLE ${qualified(table)} (${columns.join(', ') || `${noColumns} BOOLEAN`})`)
      tables.set(keyOf(table), { ...facts, createdAt: Date.now() })
    },
    deleteTable: async (table: TableReference) => {
      if (!tables.delete(keyOf(table))) throw new GoogleError(404, 'notFound', `Not found: Table ${keyOf(table)}`)
      await setup.run(`DROP TABLE ${qualified(table)}`)
    },
    /** After statements that may have made or dropped some. */
    refresh: async () => {
      const { rows } = await ask(
        setup,
        'SELECT database_name, schema_name, table_name FROM duckdb_tables() UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal',
      )
      const there = new Set<string>()
      for (const row of rows) {
        const [projectId = '', datasetId = '', tableId = ''] = row.map(String)
        if (!projects.has(projectId)) continue
        const key = keyOf({ projectId, datasetId, tableId })
        there.add(key)
        if (!tables.has(key)) tables.set(key, { createdAt: Date.now() })
      }
      for (const key of tables.keys()) if (!there.has(key)) tables.delete(key)
    },
    /** As BigQuery counts: 8 bytes for a number, 2 and their UTF-8 for a text. Null: all columns. */
    bytes: async (table: TableReference, columns: ReadonlySet<string> | null): Promise<number> => {
      const fields = ((await describe(table)) ?? []).filter(
        ({ name }) => columns === null || columns.has(name.toLowerCase()),
      )
      const sizes = fields.map(({ name, type, mode }) =>
        sizeOf(identifier(name), mode === 'REPEATED' ? 'RECORD' : type),
      )
      if (sizes.length === 0) return 0
      const { rows } = await ask(setup, `SELECT CAST(${sizes.join(' + ')} AS BIGINT) FROM ${qualified(table)}`)
      return Number(rows[0]?.[0] ?? 0)
    },
    refused: invalidQuery,
    close: () => {
      instance.closeSync()
    },
  }
}

const sizeOf = (column: string, type: string): string => {
  const each = (size: string) => `coalesce(sum(CASE WHEN ${column} IS NULL THEN 0 ELSE ${size} END), 0)`
  switch (type) {
    case 'BOOLEAN':
      return each('1')
    case 'STRING':
      return each(`2 + strlen(${column})`)
    case 'BYTES':
      return each(`2 + octet_length(${column})`)
    case 'NUMERIC':
    case 'INTERVAL':
      return each('16')
    case 'BIGNUMERIC':
      return each('32')
    case 'RECORD':
    case 'GEOGRAPHY':
    case 'JSON':
      return each(`strlen(CAST(${column} AS VARCHAR))`)
    default:
      return each('8')
  }
}
