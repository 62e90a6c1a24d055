import type { DuckDBConnection } from '@duckdb/node-api'
import { stat } from 'node:fs/promises'
import { GoogleError } from './errors.ts'
import { duckType, type TableField } from './field-types.ts'
import type { Job, LoadConfiguration } from './jobs.ts'
import { identifier, literal, qualified, type Warehouse } from './warehouse.ts'

const invalid = (message: string): GoogleError => new GoogleError(400, 'invalid', message)

/** A load job over files that are here already. */
export const runLoad = async (warehouse: Warehouse, job: Job, files: readonly string[]): Promise<void> => {
  const load = job.configuration.load as LoadConfiguration
  const table = load.destinationTable
  warehouse.dataset(table.projectId, table.datasetId, job.reference.location)
  const connection = await warehouse.connect(table)
  job.connection = connection
  try {
    const source = sourceOf(load, files)
    const given = (await warehouse.ask(connection, `SELECT * FROM ${source} LIMIT 0`)).fields
    const fields = fieldsOf(load, given)
    const existing = await warehouse.describe(table)
    const name = `${table.projectId}:${table.datasetId}.${table.tableId}`
    const write = load.writeDisposition ?? 'WRITE_APPEND'
    if (existing && write === 'WRITE_EMPTY') throw new GoogleError(409, 'duplicate', `Already Exists: Table ${name}`)
    if (!existing && load.createDisposition === 'CREATE_NEVER')
      throw new GoogleError(404, 'notFound', `Not found: Table ${name}`)
    if (existing && write === 'WRITE_APPEND') requireFit(name, fields, existing)
    await requireItems(warehouse, connection, source, fields)
    const columns = fields.map((field) => `CAST(${castable(field)} AS ${duckType(field)}) AS ${identifier(field.name)}`)
    await connection.run('BEGIN')
    try {
      if (existing && write === 'WRITE_TRUNCATE') await connection.run(`DROP TABLE ${qualified(table)}`)
      if (!existing || write === 'WRITE_TRUNCATE') {
        const made = fields.map((field) => `${identifier(field.name)} ${duckType(field)}`)
        await connection.run(`CREATE TABLE ${qualified(table)} (${made.join(', ')})`)
      }
      const { changed } = await warehouse.ask(
        connection,
        `INSERT INTO ${qualified(table)} BY NAME SELECT ${columns.join(', ')} FROM ${source}`,
      )
      if (job.isCancelled) throw new Error('cancelled')
      await connection.run('COMMIT')
      if (!existing || write === 'WRITE_TRUNCATE') warehouse.note(table, layoutOf(load))
      job.statistics = { load: await figures(files, changed) }
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error instanceof GoogleError
        ? error
        : invalid(`Error while reading data, error message: ${error instanceof Error ? error.message : String(error)}`)
    }
  } finally {
    connection.closeSync()
  }
}

export const layoutOf = ({
  timePartitioning,
  clustering,
}: Pick<LoadConfiguration, 'timePartitioning' | 'clustering'>) => ({
  ...(timePartitioning && { timePartitioning }),
  ...(clustering && { clustering }),
})

const figures = async (files: readonly string[], rows: number) => {
  let bytes = 0
  for (const file of files) bytes += (await stat(file)).size
  return {
    inputFiles: String(files.length),
    inputFileBytes: String(bytes),
    outputRows: String(rows),
    outputBytes: String(bytes * 3),
    badRecords: '0',
  }
}

const sourceOf = (load: LoadConfiguration, files: readonly string[]): string => {
  const list = `[${files.map(literal).join(', ')}]`
  if (load.sourceFormat === 'PARQUET') return `read_parquet(${list})`
  const types = load.schema?.fields.map((field) => `${literal(field.name)}: ${literal(duckType(field))}`)
  const columns = types ? `, columns = {${types.join(', ')}}, auto_detect = false` : ''
  const header = Number(load.skipLeadingRows ?? 0) > 0 || load.autodetect === true
  return `read_csv(${list}, header = ${header}, delim = ${literal(load.fieldDelimiter ?? ',')}, quote = '"', escape = '"'${columns})`
}

/** Types that a Parquet column goes into beside its own. */
const widened: Readonly<Record<string, readonly string[]>> = {
  NUMERIC: ['BIGNUMERIC'],
  BIGNUMERIC: ['NUMERIC'],
  STRING: ['GEOGRAPHY', 'JSON'],
}

const fieldsOf = ({ schema, sourceFormat }: LoadConfiguration, given: readonly TableField[]): readonly TableField[] => {
  if (!schema) return given
  if (sourceFormat !== 'PARQUET') return schema.fields
  for (const field of schema.fields) {
    const column = given.find(({ name }) => name.toLowerCase() === field.name.toLowerCase())
    const mode = field.mode ?? 'NULLABLE'
    if (column && column.type !== field.type && !widened[column.type]?.includes(field.type))
      throw invalid(
        `Error while reading data, error message: Parquet column '${field.name}' has type ${column.type} which does not match the target cpp_type ${field.type}.`,
      )
    if (column && (column.mode === 'REPEATED') !== (mode === 'REPEATED'))
      throw invalid(
        `Provided Schema does not match. Field ${field.name} has changed mode from ${column.mode} to ${mode}`,
      )
  }
  return schema.fields.filter(({ name }) => given.some((column) => column.name.toLowerCase() === name.toLowerCase()))
}

const requireFit = (name: string, fields: readonly TableField[], existing: readonly TableField[]): void => {
  for (const field of fields) {
    const there = existing.find((one) => one.name.toLowerCase() === field.name.toLowerCase())
    if (!there) throw invalid(`Provided Schema does not match Table ${name}. Cannot add fields (field: ${field.name})`)
    if (there.type !== field.type)
      throw invalid(
        `Provided Schema does not match Table ${name}. Field ${field.name} has changed type from ${there.type} to ${field.type}`,
      )
  }
}

const requireItems = async (
  warehouse: Warehouse,
  connection: DuckDBConnection,
  source: string,
  fields: readonly TableField[],
): Promise<void> => {
  for (const { name, mode } of fields) {
    if (mode !== 'REPEATED') continue
    const { rows } = await warehouse.ask(
      connection,
      `SELECT count(*) FROM ${source} WHERE list_count(${identifier(name)}) < len(${identifier(name)})`,
    )
    if (Number(rows[0]?.[0]) > 0)
      throw invalid(
        `Error while reading data, error message: NULL elements are not supported in repeated field ${name}.`,
      )
  }
}

const castable = ({ name, type }: TableField): string =>
  type === 'BIGNUMERIC' || type === 'GEOGRAPHY' ? `CAST(${identifier(name)} AS VARCHAR)` : identifier(name)
