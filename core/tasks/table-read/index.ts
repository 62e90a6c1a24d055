import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { contentHashes } from './content-hashes.ts'

const formats = ['auto', 'csv', 'parquet'] as const

export const tableRead = defineTask({
  type: 'table.read',
  version: 1,
  title: 'Read a table',
  summary: 'Reads CSV files (plain or gzip) or Parquet files as one table.',
  group: 'source',
  icon: 'table',
  aliases: ['pandas.read_csv', 'pandas.read_parquet', 'read_csv', 'read_parquet', 'spark.read', 'polars.scan_csv'],
  config: z.object({
    path: field
      .path({
        title: 'File',
        help: 'A path relative to the flow’s file. Not needed when files are wired in.',
        key: true,
      })
      .optional(),
    paths: field.list(z.string().min(1), { title: 'More files', help: 'Read together with the others.' }).default([]),
    format: field
      .choice(formats, { title: 'Format', help: 'Auto looks at the content, not at the name.' })
      .default('auto'),
    types: field
      .map(z.string().min(1), {
        title: 'Types',
        help: 'Column to type, for all columns or some: BIGINT, DOUBLE, DECIMAL(12, 2), DATE, TIMESTAMP, VARCHAR, BOOLEAN. The others are found by looking at every row.',
      })
      .default({}),
    columns: field
      .list(z.string().min(1), { title: 'Columns', help: 'Only these, in this order. Default: all.' })
      .optional(),
    header: field.boolean({ title: 'Header', help: 'The first line of a CSV file holds the names.' }).default(true),
    delimiter: field
      .text({ title: 'Delimiter', help: 'One character, or tab. Default: found from the first line.' })
      .regex(/^(.|tab|\\t)$/, 'One character, or tab')
      .optional(),
    quote: field
      .text({ title: 'Quote', help: 'The character around values that hold a delimiter; empty for none.' })
      .regex(/^.?$/, 'One character, or empty')
      .default('"'),
    null_text: field
      .list(z.string(), {
        title: 'Null text',
        help: 'What stands for no value. Default: the empty field; NA stays text.',
      })
      .default(['']),
  }),
  inputs: { files: { kind: 'file', title: 'Files', many: true, optional: true } },
  outputs: { table: { kind: 'table', title: 'Rows' } },
  examples: [
    {},
    { path: '../samples/taxi_zone_lookup.csv' },
    {
      types: { passenger_count: 'BIGINT', total_amount: 'DECIMAL(12, 2)' },
      columns: ['passenger_count', 'total_amount'],
    },
    { path: 'export.txt', delimiter: 'tab', header: false, null_text: ['', 'NULL'] },
  ],
  traits: { tables: 'lazy' },
  fingerprint: ({ path, paths }, { flowFolder }) =>
    contentHashes([...(path === undefined ? [] : [path]), ...paths], flowFolder),
  run: async ({ config, inputs, files, tables, log }) => {
    const named = [...(config.path === undefined ? [] : [config.path]), ...config.paths].map((path) =>
      files.resolve(path),
    )
    const paths = [...(inputs.files ?? []).map(({ path }) => path), ...named]
    const table = await tables.read(paths, {
      format: config.format,
      types: config.types,
      columns: config.columns ?? null,
      csv: {
        header: config.header,
        delimiter: config.delimiter === 'tab' || config.delimiter === '\\t' ? '\t' : (config.delimiter ?? null),
        quote: config.quote,
        nulls: config.null_text,
      },
    })
    log.debug(`Columns: ${table.columns.map(({ name, type }) => `${name} ${type}`).join(', ')}`)
    return { table }
  },
})
