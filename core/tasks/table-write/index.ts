import { join } from 'node:path'
import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { formatBytes } from '#core/kinds/bytes.ts'
import { field } from '#core/kinds/field.ts'
import type { CopyOptions, SplitOptions, TaskContext } from '#core/kinds/task-context.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'

const formats = ['parquet', 'csv', 'json', 'ndjson'] as const
const compressions = ['snappy', 'zstd', 'gzip', 'none'] as const

export const tableWrite = defineTask({
  type: 'table.write',
  version: 1,
  title: 'Write a file',
  summary: 'Writes the table as a Parquet, CSV or JSON file, or as files in folders by the values of columns.',
  group: 'store',
  icon: 'file-output',
  aliases: ['to_parquet', 'to_csv', 'to_json', 'df.write', 'pyarrow', 'partitionBy', 'partition_cols', 'hive'],
  config: z.object({
    format: field
      .choice(formats, { title: 'Format', help: 'json is one array, ndjson one object a line.', key: true })
      .default('parquet'),
    compression: field
      .choice(compressions, {
        title: 'Compression',
        help: 'Default: snappy for Parquet, none for CSV and JSON (which know gzip too).',
      })
      .optional(),
    name: field
      .text({
        title: 'File name',
        help: 'Default: the task’s name with the format’s ending.',
        placeholder: 'rides.parquet',
      })
      .regex(/^[^/\\]+$/, 'A plain file name, without folders')
      .refine((name) => name !== '.' && name !== '..', 'A plain file name, without folders')
      .optional(),
    partition_by: field
      .list(z.string().min(1), {
        title: 'Folders by',
        help: 'Columns whose values become folders, such as color=green/; the files have the other columns. They are in the output “files”.',
      })
      .default([]),
    rows_per_file: field
      .integer({ title: 'Rows per file', help: 'At most; more make several files, in the output “files”.' })
      .min(1)
      .optional(),
    header: field.boolean({ title: 'Header', help: 'CSV: the first line holds the names.' }).default(true),
    delimiter: field
      .text({ title: 'Delimiter', help: 'CSV: one character, or tab.' })
      .regex(/^(.|tab|\\t)$/, 'One character, or tab')
      .default(','),
  }),
  inputs: { table: { kind: 'table', title: 'Rows' } },
  outputs: {
    file: { kind: 'file', title: 'File', help: 'When it is one.', optional: true },
    files: {
      kind: 'file',
      title: 'Files',
      help: 'All of them; by folders their names begin with the folders, and an upload keeps those.',
      many: true,
    },
  },
  examples: [
    {},
    { format: 'parquet', compression: 'gzip' },
    { format: 'csv', compression: 'gzip', name: 'rides.csv.gz' },
    { format: 'ndjson', compression: 'gzip' },
    { partition_by: ['color', 'month'], name: 'rides.parquet' },
  ],
  traits: { tables: 'reads' },
  run: async (context) => {
    const { config, run } = context
    const options = copyOptions(config)
    const name = config.name ?? `${fileName(run.task, run.item)}.${ending(options)}`
    const split = { by: config.partition_by, rows: config.rows_per_file ?? null }
    if (split.by.length === 0 && split.rows === null) return writeOne(context, name, options)
    if (run.taken.includes('file')) {
      throw new Refused({
        code: 'invalid',
        message: `Another task takes “${run.task}.file”, and this one writes several files. Wire “${run.task}.files” there.`,
      })
    }
    return writeMany(context, { name, options, split })
  },
})

type Context = Pick<TaskContext<unknown, { readonly table: TableHandle }>, 'inputs' | 'tables' | 'files' | 'log'>

const writeOne = async ({ inputs, tables, files, log }: Context, name: string, options: CopyOptions) => {
  const path = join(files.results, name)
  const { rows, bytes } = await tables.copyTo(inputs.table, path, options)
  log.info(`Wrote ${counted(rows, 'row')} to ${name} (${formatBytes(bytes)}).`)
  const file = await files.handle(path)
  return { file, files: { kind: 'list' as const, handles: [file] } }
}

type Several = { readonly name: string; readonly options: CopyOptions; readonly split: SplitOptions }

const writeMany = async ({ inputs, tables, files, log }: Context, { name, options, split }: Several) => {
  const folder = join(files.results, name)
  const { rows, bytes, names } = await tables.copyToMany(inputs.table, folder, options, split)
  log.info(`Wrote ${counted(rows, 'row')} to ${counted(names.length, 'file')} (${formatBytes(bytes)}).`)
  const handles = await Promise.all(names.map((one) => files.handle(join(folder, one), { name: one })))
  return { files: { kind: 'list' as const, handles } }
}

type Config = {
  readonly format: (typeof formats)[number]
  readonly compression?: (typeof compressions)[number] | undefined
  readonly header: boolean
  readonly delimiter: string
}

const copyOptions = ({ format, compression, header, delimiter }: Config): CopyOptions => {
  if (format === 'parquet') {
    return { format, compression: compression === 'none' ? 'uncompressed' : (compression ?? 'snappy') }
  }
  if (compression !== undefined && compression !== 'gzip' && compression !== 'none') {
    throw new Refused({
      code: 'invalid',
      message: `A ${format === 'csv' ? 'CSV' : 'JSON'} file cannot be compressed with ${compression}. Choose gzip or none, or write Parquet.`,
    })
  }
  if (format !== 'csv') return { format, compression: compression ?? 'none' }
  const separator = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter
  return { format, compression: compression ?? 'none', header, delimiter: separator }
}

const fileName = (task: string, item: number | null): string => (item === null ? task : `${task}-${item}`)

const ending = ({ format, compression }: CopyOptions): string =>
  format !== 'parquet' && compression === 'gzip' ? `${format}.gz` : format
