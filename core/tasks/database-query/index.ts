import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { field } from '#core/kinds/field.ts'
import { checkSqlSource, sqlFileSettings, sqlFingerprint, sqlOf } from '#core/kinds/sql-source.ts'
import { defineTask } from '#core/kinds/task-type.ts'

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

export const databaseQuery = defineTask({
  type: 'database.query',
  version: 1,
  title: 'Query a database',
  summary: 'Takes the rows of a query out of a database as a table. Nothing there is changed.',
  group: 'source',
  icon: 'database-search',
  aliases: [
    'pd.read_sql',
    'read_sql_query',
    'read_gbq',
    'SELECT',
    'BigQuery',
    'bigquery_query',
    'SqlAlchemyConnector.fetch_all',
    'psql',
  ],
  config: z
    .object({
      database: field.block({ title: 'Database', blocks: ['database'], key: true }),
      sql: field
        .sql({
          title: 'Query',
          help: 'One statement that gives rows, in the SQL of the database. {{ name }} becomes a quoted value.',
          placeholder: 'SELECT * FROM rides WHERE pickup >= {{ since }}',
        })
        .optional(),
      ...sqlFileSettings,
    })
    .superRefine(checkSqlSource('sql')),
  inputs: {},
  outputs: { table: { kind: 'table', title: 'Rows' } },
  examples: [
    { database: 'block:duckdb/warehouse', file: 'rides.sql' },
    { database: 'block:duckdb/warehouse', sql: 'SELECT * FROM rides' },
    { database: 'block:duckdb/warehouse', sql: 'SELECT payment_type, count(*) AS rides FROM rides GROUP BY ALL' },
  ],
  fingerprint: sqlFingerprint,
  run: async (context) => {
    const { config, tables, files, blocks, log, signal, progress } = context
    const sql = await sqlOf(config.sql, { ...context, readText })
    const database = await blocks.database(config.database)
    const table = await database.select({
      sql,
      tables,
      results: files.results,
      signal,
      progress: (done) => progress({ done, total: null, unit: 'rows' }),
    })
    const columns = counted(table.columns.length, 'column')
    log.info(
      `Read ${table.rows === null ? '' : `${counted(table.rows, 'row')} with `}${columns} from ${database.location}.`,
    )
    return { table }
  },
})
