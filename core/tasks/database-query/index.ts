import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { checkSqlSource, sqlFileSettings, sqlFingerprint, sqlOf } from '#core/kinds/sql-source.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

export const databaseQuery = defineTask({
  type: 'database.query',
  version: 1,
  title: 'Query a database',
  summary: 'Takes the rows of a query out of a database as a table. The query itself changes nothing there.',
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
      parameters: field
        .map(z.json(), {
          title: 'Query parameters',
          help: 'For BigQuery: values for @name in the SQL, also where that is in a file. Text, numbers, true or false, or lists of these.',
        })
        .default({}),
      into: field
        .text({
          title: 'Keep in',
          help: 'For BigQuery: a table, name or dataset.name, that the rows are put into as well, in place of what is in it.',
        })
        .regex(/^[^.]+(\.[^.]+)?$/, 'name or dataset.name')
        .optional(),
    })
    .superRefine(checkSqlSource('sql')),
  inputs: {},
  outputs: { table: { kind: 'table', title: 'Rows' } },
  examples: [
    { database: 'block:duckdb/warehouse', file: 'rides.sql' },
    { database: 'block:duckdb/warehouse', sql: 'SELECT * FROM rides' },
    {
      database: 'block:bigquery/trips',
      sql: 'SELECT * FROM rides WHERE color = @color',
      parameters: { color: 'green' },
      into: 'green_rides',
    },
    { database: 'block:duckdb/warehouse', sql: 'SELECT payment_type, count(*) AS rides FROM rides GROUP BY ALL' },
  ],
  fingerprint: sqlFingerprint,
  run: async (context) => {
    const { config, tables, files, blocks, log, signal, progress } = context
    const sql = await sqlOf(config.sql, { ...context, readText })
    const database = await blocks.database(config.database)
    const { parameters, into } = config
    refuseMore(database, config)
    const table = await database.select({
      sql,
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(into !== undefined && { into }),
      tables,
      results: files.results,
      signal,
      progress: (done) => progress({ done, total: null, unit: 'rows' }),
      warn: log.warning,
    })
    const columns = counted(table.columns.length, 'column')
    log.info(
      `Read ${table.rows === null ? '' : `${counted(table.rows, 'row')} with `}${columns} from ${database.location}.`,
    )
    return { table }
  },
})

const refuseMore = (
  { location, takesParameters, keepsRows }: DatabaseClient,
  { parameters, into }: { readonly parameters: Readonly<Record<string, unknown>>; readonly into?: string | undefined },
): void => {
  if (Object.keys(parameters).length > 0 && !takesParameters) {
    const message = `${location} takes no parameters by name; BigQuery does. Write values as {{ name }} into the SQL, and take “parameters” out.`
    throw new Refused({ code: 'invalid', message })
  }
  if (into !== undefined && !keepsRows) {
    const message = `${location} does not keep the rows of a query; BigQuery does. Take “into” out, and load the rows (database.load) or use CREATE TABLE … AS in database.execute.`
    throw new Refused({ code: 'invalid', message })
  }
}
