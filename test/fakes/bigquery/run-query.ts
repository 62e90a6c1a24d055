import type { DuckDBConnection } from '@duckdb/node-api'
import { GoogleError, invalidQuery } from './errors.ts'
import { duckType } from './field-types.ts'
import { translate, type Statement, type TableReference } from './google-sql.ts'
import type { Job, QueryConfiguration } from './jobs.ts'
import { layoutOf } from './run-load.ts'
import { identifier, literal, qualified, type Answered, type Warehouse } from './warehouse.ts'

export type QueryWorld = {
  readonly warehouse: Warehouse
  /** Throws when a permission is missing. */
  allow(permission: string, table: TableReference): void
  /** Enters a statement of a script as a job of its own. */
  child(parent: Job, statistics: Readonly<Record<string, unknown>>): void
}

/** What the dry run tells, and what running begins with. */
export const planQuery = async (world: QueryWorld, job: Job) => {
  const query = job.configuration.query as QueryConfiguration
  const statements = translated(query)
  const place = placeOf(job)
  let bytes = 0
  for (const statement of statements)
    bytes += await bytesOf(world, statement, { place, location: job.reference.location })
  const [only, more] = statements
  const statementType = only === undefined ? 'SELECT' : more === undefined ? only.type : 'SCRIPT'
  return { statements, place, bytes, statementType }
}

const translated = (query: QueryConfiguration): readonly Statement[] => {
  const statements = translate(query.query, parametersOf(query))
  if (statements.length > 0) return statements
  throw new GoogleError(400, 'invalidQuery', 'Syntax error: Unexpected end of statement at [1:1]')
}

type Place = { readonly projectId: string; readonly datasetId?: string }

const placeOf = ({ reference, configuration }: Job): Place => {
  const dataset = configuration.query?.defaultDataset
  return { projectId: dataset?.projectId ?? reference.projectId, ...(dataset && { datasetId: dataset.datasetId }) }
}

const writes = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE_TABLE'])

/** Of the tables that a statement reads, which must be there. */
const bytesOf = async (
  { warehouse, allow }: QueryWorld,
  { tables, type, words }: Statement,
  { place, location }: { place: Place; location: string },
): Promise<number> => {
  if (type.endsWith('_SCHEMA')) return 0
  let bytes = 0
  for (const [index, parts] of tables.entries()) {
    const table = referenceOf(parts, place)
    const isMade = index === 0 && /^(CREATE|DROP)_/.test(type)
    warehouse.dataset(table.projectId, table.datasetId, location)
    if (isMade) {
      allow('bigquery.tables.create', table)
      continue
    }
    if (!warehouse.has(table))
      throw new GoogleError(
        404,
        'notFound',
        `Not found: Table ${table.projectId}:${table.datasetId}.${table.tableId} was not found in location ${location}`,
      )
    allow(index === 0 && writes.has(type) ? 'bigquery.tables.updateData' : 'bigquery.tables.getData', table)
    if (type !== 'INSERT' || index > 0) bytes += await warehouse.bytes(table, words.has('*') ? null : words)
  }
  return bytes
}

const referenceOf = (parts: readonly string[], { projectId, datasetId }: Place): TableReference => {
  const [one = '', two, three] = parts
  if (two === undefined) {
    if (datasetId === undefined)
      throw new GoogleError(400, 'invalid', `Table "${one}" must be qualified with a dataset (e.g. dataset.table).`)
    return { projectId, datasetId, tableId: one }
  }
  return three === undefined
    ? { projectId, datasetId: one, tableId: two }
    : { projectId: one, datasetId: two, tableId: three }
}

/** BigQuery bills 10 MiB at least for a table that is read. */
export const billed = (bytes: number): number =>
  bytes === 0 ? 0 : Math.max(10 * 2 ** 20, Math.ceil(bytes / 2 ** 20) * 2 ** 20)

export const runQuery = async (world: QueryWorld, job: Job): Promise<void> => {
  const { warehouse } = world
  const query = job.configuration.query as QueryConfiguration
  const { statements, place, bytes, statementType } = await planQuery(world, job)
  if (query.maximumBytesBilled !== undefined && billed(bytes) > Number(query.maximumBytesBilled)) {
    const message = `Query exceeded limit for bytes billed: ${query.maximumBytesBilled}. ${billed(bytes)} or higher required.`
    throw new GoogleError(400, 'bytesBilledLimitExceeded', message)
  }
  const connection = await warehouse.connect(place)
  job.connection = connection
  const facts: Record<string, unknown> = {}
  try {
    for (const statement of statements) {
      const done = await runStatement(world, { job, connection, statement, place })
      if (statements.length > 1) world.child(job, { query: { statementType: statement.type, ...done } })
      else Object.assign(facts, done)
    }
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined)
    throw invalidQuery(error)
  } finally {
    connection.closeSync()
    await warehouse.refresh()
  }
  job.statistics = {
    totalBytesProcessed: String(bytes),
    ...(statements.length > 1 && { numChildJobs: String(statements.length) }),
    query: {
      statementType,
      totalBytesProcessed: String(bytes),
      totalBytesBilled: String(billed(bytes)),
      cacheHit: false,
      ...facts,
    },
  }
}

type Running = {
  readonly job: Job
  readonly connection: DuckDBConnection
  readonly statement: Statement
  readonly place: Place
}

const runStatement = async (world: QueryWorld, running: Running): Promise<Readonly<Record<string, unknown>>> => {
  const { job, connection, statement, place } = running
  const { warehouse } = world
  if (statement.type === 'SELECT') return keepRows(world, running)
  if (statement.type === 'CREATE_SCHEMA') {
    const [datasetId = ''] = statement.tables[0] ?? []
    await warehouse.createDataset({ ...place, datasetId, location: job.reference.location }).catch((error: unknown) => {
      if (!/IF NOT EXISTS/i.test(statement.sql)) throw error
    })
    return {}
  }
  const isMerge = statement.type === 'MERGE'
  if (isMerge) await requireOneMatch(warehouse, connection, statement)
  const answer = await warehouse.ask(connection, `${statement.sql}${isMerge ? ' RETURNING merge_action' : ''}`)
  if (statement.type.startsWith('CREATE_TABLE')) noteLayout(warehouse, statement, place)
  return changesOf(statement.type, answer)
}

/** BigQuery refuses what DuckDB does: several rows of the source for one of the target. */
const requireOneMatch = async (
  warehouse: Warehouse,
  connection: DuckDBConnection,
  { sql }: Statement,
): Promise<void> => {
  const [, target, source, on] = /^MERGE INTO (.+?) USING (.+?) ON (.+?) WHEN /is.exec(sql) ?? []
  if (target === undefined || source === undefined || on === undefined) return
  const matched = `SELECT 1 FROM ${target} JOIN ${source} ON ${on} GROUP BY ${rowOf(target)} HAVING count(*) > 1`
  const { rows } = await warehouse.ask(connection, `SELECT count(*) FROM (${matched})`)
  if (Number(rows[0]?.[0]) > 0)
    throw new GoogleError(400, 'invalidQuery', 'UPDATE/MERGE must match at most one source row for each target row')
}

const rowOf = (target: string): string => `${/(\w+)"?$/.exec(target.trim())?.[1] ?? 'target'}.rowid`

const changesOf = (type: string, { rows, changed }: Answered): Readonly<Record<string, unknown>> => {
  if (!writes.has(type)) return {}
  const count = (action: string) => rows.filter(([one]) => one === action).length
  const [inserted, updated, deleted] =
    type === 'MERGE'
      ? [count('INSERT'), count('UPDATE'), count('DELETE')]
      : [type === 'INSERT' ? changed : 0, type === 'UPDATE' ? changed : 0, type === 'DELETE' ? changed : 0]
  return {
    numDmlAffectedRows: String(inserted + updated + deleted),
    dmlStats: {
      insertedRowCount: String(inserted),
      updatedRowCount: String(updated),
      deletedRowCount: String(deleted),
    },
  }
}

const noteLayout = (warehouse: Warehouse, { tables, layout }: Statement, place: Place): void => {
  const [first] = tables
  if (!first) return
  const [, part, column] =
    /^(?:(?:DATE|TIMESTAMP_TRUNC|DATE_TRUNC|DATETIME_TRUNC)\()?((\w+)).*$/.exec(layout.partition ?? '') ?? []
  const type = /,(HOUR|DAY|MONTH|YEAR)\)/i.exec(layout.partition ?? '')?.[1]?.toUpperCase() ?? 'DAY'
  warehouse.note(referenceOf(first, place), {
    ...(part !== undefined && { timePartitioning: { type, field: column ?? part } }),
    ...(layout.cluster.length > 0 && { clustering: { fields: layout.cluster } }),
  })
}

const parametersOf = ({ queryParameters = [] }: QueryConfiguration): ReadonlyMap<string, string> =>
  new Map(
    queryParameters.map(
      ({ name = '', parameterType: { type, arrayType }, parameterValue: { value, arrayValues = [] } }) => {
        if (type !== 'ARRAY') return [name, valueSql(type, value)]
        const item = arrayType?.type ?? 'STRING'
        return [
          name,
          `CAST([${arrayValues.map((one) => valueSql(item, one.value)).join(', ')}] AS ${duckType({ name, type: item })}[])`,
        ]
      },
    ),
  )

/** A text becomes a date where one is wanted, as in GoogleSQL, as long as it has no type. */
const valueSql = (type: string, value: string | number | boolean | null | undefined): string => {
  if (value === null || value === undefined) return 'NULL'
  return type === 'STRING'
    ? literal(String(value))
    : `CAST(${literal(String(value))} AS ${duckType({ name: '', type })})`
}

/** The rows of a query: in the table that it names, else in one that only its job knows. */
const keepRows = async (
  { warehouse }: QueryWorld,
  { job, connection, statement }: Running,
): Promise<Readonly<Record<string, unknown>>> => {
  const query = job.configuration.query as QueryConfiguration
  const hidden = `results.main.${identifier(job.reference.jobId)}`
  await warehouse.ask(connection, `CREATE OR REPLACE TABLE ${hidden} AS ${statement.sql}`)
  const { fields } = await warehouse.ask(connection, `SELECT * FROM ${hidden} LIMIT 0`)
  const { rows } = await warehouse.ask(connection, `SELECT count(*) FROM ${hidden}`)
  const target = query.destinationTable
  if (target) {
    const existing = await warehouse.describe(target)
    const isAppended = existing && query.writeDisposition === 'WRITE_APPEND'
    if (existing && (query.writeDisposition ?? 'WRITE_EMPTY') === 'WRITE_EMPTY')
      throw new GoogleError(
        409,
        'duplicate',
        `Already Exists: Table ${target.projectId}:${target.datasetId}.${target.tableId}`,
      )
    const columns = fields.map(
      (field) => `CAST(${identifier(field.name)} AS ${duckType(field)}) AS ${identifier(field.name)}`,
    )
    await connection.run(
      isAppended
        ? `INSERT INTO ${qualified(target)} BY NAME SELECT * FROM ${hidden}`
        : `CREATE OR REPLACE TABLE ${qualified(target)} AS SELECT ${columns.join(', ')} FROM ${hidden}`,
    )
    if (!isAppended) warehouse.note(target, layoutOf(query))
  }
  job.results = { table: hidden, fields, rows: Number(rows[0]?.[0]) }
  return {}
}
