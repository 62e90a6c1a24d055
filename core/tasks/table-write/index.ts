import { join } from 'node:path'
import { z } from 'zod'
import { counted } from '#core/model/counted.ts'
import { formatBytes } from '#core/kinds/bytes.ts'
import { field } from '#core/kinds/field.ts'
import type { CopyOptions } from '#core/kinds/task-context.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'

const formats = ['parquet', 'csv'] as const
const compressions = ['snappy', 'zstd', 'gzip', 'none'] as const

export const tableWrite = defineTask({
  type: 'table.write',
  version: 1,
  title: 'Write a file',
  summary: 'Writes the table as one Parquet or CSV file.',
  group: 'store',
  icon: 'file-output',
  aliases: ['to_parquet', 'to_csv', 'df.write', 'pyarrow'],
  config: z.object({
    format: field.choice(formats, { title: 'Format', key: true }).default('parquet'),
    compression: field
      .choice(compressions, {
        title: 'Compression',
        help: 'Default: snappy for Parquet, none for CSV (which knows gzip too).',
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
    header: field.boolean({ title: 'Header', help: 'CSV: the first line holds the names.' }).default(true),
    delimiter: field
      .text({ title: 'Delimiter', help: 'CSV: one character, or tab.' })
      .regex(/^(.|tab|\\t)$/, 'One character, or tab')
      .default(','),
  }),
  inputs: { table: { kind: 'table', title: 'Rows' } },
  outputs: { file: { kind: 'file', title: 'File' } },
  examples: [
    {},
    { format: 'parquet', compression: 'gzip' },
    { format: 'csv', compression: 'gzip', name: 'rides.csv.gz' },
  ],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, tables, files, run, log }) => {
    const options = copyOptions(config)
    const name = config.name ?? `${fileName(run.task, run.item)}.${ending(options)}`
    const path = join(files.results, name)
    const { rows, bytes } = await tables.copyTo(inputs.table, path, options)
    log.info(`Wrote ${counted(rows, 'row')} to ${name} (${formatBytes(bytes)}).`)
    return { file: await files.handle(path) }
  },
})

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
      message: `A CSV file cannot be compressed with ${compression}. Choose gzip or none, or write Parquet.`,
    })
  }
  const separator = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter
  return { format, compression: compression ?? 'none', header, delimiter: separator }
}

const fileName = (task: string, item: number | null): string => (item === null ? task : `${task}-${item}`)

const ending = ({ format, compression }: CopyOptions): string =>
  format === 'csv' && compression === 'gzip' ? 'csv.gz' : format
