import type { Partition } from '#core/kinds/partition.ts'
import type { Column } from '#core/model/handle.ts'
import { readCsvHead, type CsvHead } from './csv-head.ts'
import type { CsvSource } from './csv-mistakes.ts'
import { formatOf, type FileFormat } from './file-format.ts'
import { readJsonHead, type JsonHead } from './json-head.ts'
import { copyWithMarks } from './json-numbers.ts'
import type { ReadRequest } from './read.ts'
import { parquetSql } from './scan-sql.ts'

/** One file to read. Columns of CSV and JSON files are text until their types are known. */
export type Scan = {
  readonly path: string
  readonly columns: readonly Column[]
  /** Columns that are not in the file but in the names of its folders. */
  readonly partition?: Partition
} & (
  | { readonly content: 'parquet' }
  | { readonly content: 'csv'; readonly head: CsvHead }
  | { readonly content: 'json'; readonly head: JsonHead }
)
export type CsvScan = Extract<Scan, { content: 'csv' }>
export type JsonScan = Extract<Scan, { content: 'json' }>

export const scanOf = async (path: string, request: ReadRequest): Promise<Scan> => {
  const { connection, options } = request
  const format = await formatOf(path, options.format)
  switch (format.content) {
    case 'parquet':
      return { path, content: 'parquet', columns: await connection.describe(`SELECT * FROM ${parquetSql([path])}`) }
    case 'csv': {
      const head = await readCsvHead(path, format.compression, options.csv)
      return { path, content: 'csv', head, columns: texts(head.names) }
    }
    case 'json':
      return jsonScan(path, format, request)
    default:
      return format satisfies never
  }
}

const jsonScan = async (path: string, format: JsonFormat, request: ReadRequest): Promise<JsonScan> => {
  const { connection, options, csv, copyName } = request
  const isLenient = options.badRows === 'reject'
  const head = await readJsonHead(path, format, { connection, csv, isLenient })
  const columns = texts([...head.keys.keys()])
  if (head.longNumbers === 'no') return { path, content: 'json', head, columns }
  const copy = await copyName('marked')
  await copyWithMarks(path, { compression: head.compression, copy, signal: csv.signal })
  return { path: copy, content: 'json', head: { ...head, compression: 'none', longNumbers: 'marked' }, columns }
}

type JsonFormat = Extract<FileFormat, { content: 'json' }>

const texts = (names: readonly string[]): readonly Column[] => names.map((name) => ({ name, type: 'VARCHAR' }))

export const isCsv = (scan: Scan): scan is CsvScan => scan.content === 'csv'
export const isJson = (scan: Scan): scan is JsonScan => scan.content === 'json'

export const csvSource = ({ path, head }: CsvScan): CsvSource => ({ path, dialect: head.dialect, names: head.names })
