import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { field } from '#core/kinds/field.ts'
import { checkSqlSource, sqlFileSettings, sqlFingerprint, sqlOf } from '#core/kinds/sql-source.ts'
import { defineTask } from '#core/kinds/task-type.ts'

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

export const databaseExecute = defineTask({
  type: 'database.execute',
  version: 1,
  title: 'Run SQL in a database',
  summary: 'Runs statements where the data are (ELT): all of them or none, once however often the task is tried.',
  group: 'store',
  icon: 'database-zap',
  aliases: [
    'ELT',
    'dbt run',
    'CREATE TABLE AS',
    'UPDATE',
    'DELETE',
    'SqlAlchemyConnector.execute',
    'BigQuery',
    'bq query',
    'psql',
    'database_query',
  ],
  config: z
    .object({
      database: field.block({ title: 'Database', blocks: ['database'], key: true }),
      sql: field
        .sql({
          title: 'Statements',
          help: 'In the SQL of the database, with ; between them, in one transaction. {{ name }} becomes a quoted value.',
          placeholder: 'CREATE OR REPLACE TABLE report AS SELECT …',
        })
        .optional(),
      ...sqlFileSettings,
    })
    .superRefine(checkSqlSource('sql')),
  inputs: {},
  outputs: {
    statements: {
      kind: 'value',
      title: 'Statements',
      help: 'The command of each, and how many rows it changed where the database tells.',
    },
  },
  examples: [
    { database: 'block:duckdb/warehouse', file: 'sql/report.sql', from: 'block:github-repository/flows' },
    {
      database: 'block:duckdb/warehouse',
      sql: 'CREATE OR REPLACE TABLE per_day AS SELECT CAST(pickup AS DATE) AS day, count(*) AS rides FROM rides GROUP BY ALL',
    },
    {
      database: 'block:duckdb/warehouse',
      sql: 'DELETE FROM rides WHERE fare < 0; UPDATE rides SET tip = 0 WHERE tip IS NULL',
    },
  ],
  traits: { effect: true },
  fingerprint: sqlFingerprint,
  run: async (context) => {
    const { config, tables, blocks, run, log, signal } = context
    const sql = await sqlOf(config.sql, { ...context, readText })
    const database = await blocks.database(config.database)
    const { statements, repeated } = await database.execute({ sql, tables, loadId: run.loadId, signal })
    if (repeated) log.info('The statements were run by an earlier attempt; nothing was run again.')
    else {
      for (const [index, { command, rows }] of statements.entries()) {
        const changed = rows === null ? 'done' : counted(rows, 'row')
        log.info(`Statement ${index + 1} of ${statements.length}, ${command}: ${changed}.`)
      }
    }
    return { statements: { kind: 'value', value: statements } }
  },
})
