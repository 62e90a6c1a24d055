import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { partitionOf } from '#core/kinds/partition.ts'
import { counted } from '#core/model/counted.ts'
import { expandPaths, withoutRepeats } from './expand-paths.ts'

const formats = ['auto', 'csv', 'json', 'parquet'] as const
const partitions = ['auto', 'ignore'] as const
const badRows = ['fail', 'reject'] as const

export const tableRead = defineTask({
  type: 'table.read',
  version: 1,
  title: 'Read a table',
  summary: 'Reads CSV, JSON or Parquet files as one table.',
  group: 'source',
  icon: 'table',
  aliases: [
    'pandas.read_csv',
    'pandas.read_parquet',
    'pandas.read_json',
    'read_csv',
    'read_parquet',
    'read_json',
    'ndjson',
    'spark.read',
    'polars.scan_csv',
  ],
  config: z.object({
    path: field
      .path({
        title: 'File',
        help: 'A path relative to the flow’s file, or a pattern: data/*.csv, data/**/*.parquet. Not needed when files are wired in.',
        key: true,
      })
      .optional(),
    paths: field
      .list(field.path({ title: 'File' }), { title: 'More files', help: 'Read together with the others.' })
      .default([]),
    format: field
      .choice(formats, {
        title: 'Format',
        help: 'Auto looks at the content, not at the name. Files may be compressed with gzip or zstd. JSON: one object a line, or an array of objects; what is nested comes as JSON text.',
      })
      .default('auto'),
    types: field
      .map(z.string().min(1), {
        title: 'Types',
        help: 'Column to type, for all columns or some: BIGINT, DOUBLE, DECIMAL(12, 2), DATE, TIMESTAMP, VARCHAR, BOOLEAN. The others are found by looking at every row.',
      })
      .default({}),
    strict: field
      .boolean({
        title: 'Only these columns',
        help: 'A file whose columns are not just those under Types fails, with the list of what differs.',
      })
      .default(false),
    bad_rows: field
      .choice(badRows, {
        title: 'Bad rows',
        help: 'Rows that cannot be read, or whose values do not fit a declared type: fail the task, or come out as rejects with file, line, problem and text.',
      })
      .default('fail'),
    partitions: field
      .choice(partitions, {
        title: 'Folders as columns',
        help: 'Folders such as color=green/, below the beginning of a pattern or in the names of files that are wired in, become columns; or are ignored.',
      })
      .default('auto'),
    columns: field
      .list(z.string().min(1), { title: 'Columns', help: 'Only these, in this order. Default: all.' })
      .optional(),
    header: field.boolean({ title: 'Header', help: 'The first line of a CSV file holds the names.' }).default(true),
    delimiter: field
      .text({ title: 'Delimiter', help: 'One character, or tab. Default: found from the first rows.' })
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
    quoted_nulls: field
      .boolean({
        title: 'Null text in quotes',
        help: 'Stands for no value in columns of text too, for files that quote every value. Default: there it is a text, so that "" is the empty one.',
      })
      .default(false),
  }),
  inputs: { files: { kind: 'file', title: 'Files', many: true, optional: true } },
  needsOne: { inputs: ['files'], settings: ['path', 'paths'] },
  outputs: {
    table: { kind: 'table', title: 'Rows' },
    rejects: {
      kind: 'table',
      title: 'Rejected rows',
      help: 'With bad rows rejected: the file, line and text of each, and what is wrong with it.',
      optional: true,
    },
  },
  examples: [
    {},
    { path: '../samples/taxi_zone_lookup.csv' },
    {
      types: { passenger_count: 'BIGINT', total_amount: 'DECIMAL(12, 2)' },
      columns: ['passenger_count', 'total_amount'],
    },
    { path: 'data/**/*.csv.gz', bad_rows: 'reject', partitions: 'ignore' },
    { path: 'export.txt', delimiter: 'tab', header: false, null_text: ['', 'NULL'] },
  ],
  traits: { tables: 'lazy' },
  fingerprint: async ({ path, paths, partitions: rule }, { flowFolder, contentHash }) => {
    const named = [...(path === undefined ? [] : [path]), ...paths]
    // A pattern without a match is said by the task itself.
    const found = await expandPaths(named, flowFolder).catch(() => [])
    return Promise.all(
      found.map(async ({ path: file, name }) => {
        const folders = rule === 'auto' ? [...partitionOf(name)].map((one) => [...one]) : []
        return folders.length === 0 ? contentHash(file) : [await contentHash(file), folders]
      }),
    )
  },
  run: async ({ config, inputs, files, tables, log }) => {
    const named = await expandPaths(
      [...(config.path === undefined ? [] : [config.path]), ...config.paths],
      files.resolve('.'),
    )
    const { files: found, repeated } = await withoutRepeats([...(inputs.files ?? []), ...named])
    if (repeated.length > 0)
      log.warning(`${counted(repeated.length, 'file is', 'files are')} named twice and read once: ${listed(repeated)}.`)
    if (found.length > 1) log.debug(`Reads ${counted(found.length, 'file')}.`)
    const isOpen = config.partitions === 'auto'
    const sources = found.map(({ path, name }) => ({ path, ...(isOpen && { partition: partitionOf(name) }) }))
    const { table, rejects } = await tables.read(sources, {
      format: config.format,
      types: config.types,
      strict: config.strict,
      badRows: config.bad_rows,
      columns: config.columns ?? null,
      csv: {
        header: config.header,
        delimiter: config.delimiter === 'tab' || config.delimiter === '\\t' ? '\t' : (config.delimiter ?? null),
        quote: config.quote,
        nulls: config.null_text,
        quotedNulls: config.quoted_nulls,
      },
    })
    log.debug(`Columns: ${table.columns.map(({ name, type }) => `${name} ${type}`).join(', ')}`)
    return { table, ...(rejects && { rejects }) }
  },
})

const mostListed = 5

const listed = (paths: readonly string[]): string =>
  paths.length > mostListed ? `${paths.slice(0, mostListed).join(', ')} …` : paths.join(', ')
