import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { checkSqlSource, sqlFileSettings, sqlFingerprint, sqlOf } from '#core/kinds/sql-source.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { namedTables } from './named-tables.ts'

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

export const tableSql = defineTask({
  type: 'table.sql',
  version: 1,
  title: 'SQL',
  summary: 'Runs one SELECT over the tables coming in: joins, windows, groups, whatever SQL can say.',
  group: 'transform',
  icon: 'database-zap',
  aliases: [
    'select',
    'query',
    'dbt model',
    'sqldf',
    'pandasql',
    'spark.sql',
    'group by',
    'join',
    'window function',
    'pivot',
  ],
  config: z
    .object({
      query: field
        .sql({
          title: 'Query',
          help:
            'One SELECT (DuckDB’s SQL), which may begin with WITH. Each table goes by the id of its task, for example FROM trips; ' +
            'an id with a hyphen in double quotes. It can read nothing but the tables coming in.',
          key: true,
        })
        .optional(),
      ...sqlFileSettings,
      names: field
        .list(z.string().min(1), {
          title: 'Names of the tables',
          help: 'What the query calls the tables, in the order in which they are wired. Default: the ids of their tasks.',
        })
        .optional(),
    })
    .superRefine(checkSqlSource('query')),
  inputs: {
    tables: {
      kind: 'table',
      many: true,
      optional: true,
      title: 'Tables',
      help: 'Each is a table of the query, under the id of its task.',
    },
  },
  outputs: { table: { kind: 'table', title: 'Rows of the query' } },
  examples: [
    {
      query:
        'SELECT z.Borough AS borough, count(*) AS trips, round(sum(t.total_amount), 2) AS revenue\n' +
        'FROM trips AS t JOIN zones AS z ON t.PULocationID = z.LocationID\nGROUP BY ALL\nORDER BY trips DESC',
    },
    {
      query:
        'SELECT * FROM trips\nQUALIFY row_number() OVER (PARTITION BY PULocationID ORDER BY total_amount DESC) <= 3',
      names: ['trips'],
    },
    {
      query:
        "SELECT day::DATE AS day FROM generate_series(DATE '2020-11-01', DATE '2020-11-30', INTERVAL 1 DAY) AS days(day)",
    },
  ],
  traits: { tables: 'starts' },
  fingerprint: sqlFingerprint,
  run: async (context) => {
    const { config, inputs, run, tables } = context
    const named = namedTables({
      tables: inputs.tables,
      sources: run.sources['tables'] ?? [],
      names: config.names ?? null,
    })
    return { table: await tables.query(named, await sqlOf(config.query, { ...context, readText })) }
  },
})
