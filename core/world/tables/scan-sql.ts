import type { ReadOptions } from '#core/kinds/read-options.ts'
import { castSql, type Cast } from './cast.ts'
import { bufferBytes } from './csv-head.ts'
import { jsonObjectsSql, jsonSettings } from './json-head.ts'
import { withoutMarks } from './json-numbers.ts'
import { partitionValue } from './partitions.ts'
import type { CsvScan, JsonScan, Scan } from './scan.ts'
import { identifier, text } from './sql.ts'

export type Types = ReadonlyMap<string, string>

export type SelectRequest = {
  readonly columns: readonly string[]
  readonly types: Types
  readonly declared: Types
  /** See Inferred. */
  readonly blanks: ReadonlySet<string>
  readonly options: ReadOptions
}

/** Files that one scan can read together. */
export const grouped = <S extends Scan>(scans: readonly S[]): readonly (readonly S[])[] => [
  ...Map.groupBy(scans, (scan) =>
    JSON.stringify([scan.content, formOf(scan), scan.columns, [...(scan.partition ?? [])]]),
  ).values(),
]

const formOf = (scan: Scan): unknown => {
  if (scan.content === 'parquet') return null
  if (scan.content === 'csv') return [scan.head.dialect, scan.head.header, scan.head.names]
  const { compression, layout, longNumbers, keys } = scan.head
  return [compression, layout, longNumbers, [...keys]]
}

/** The columns of files of one kind, with the types that are settled for them. */
export const selectGroup = (group: readonly Scan[], request: SelectRequest): string => {
  const direct = directTypes(group, request)
  const fields = columnValues(group, request, direct).map(({ name, ...value }) => {
    const cast = castSql({ ...value, column: name, onBadValue: 'fail' })
    return cast === identifier(name) ? cast : `${cast} AS ${identifier(name)}`
  })
  return `SELECT ${fields.join(', ')} FROM ${rowsSql(group, request, direct)}`
}

export type ColumnValue = { readonly name: string } & Pick<Cast, 'value' | 'from' | 'to' | 'isLiteral'>

export const columnValues = (
  group: readonly Scan[],
  { columns, types }: SelectRequest,
  direct: Types,
): readonly ColumnValue[] =>
  columns.map((name) => {
    const folder = group[0] && partitionValue(group[0], name)
    if (folder !== undefined) {
      const value = folder === null ? 'CAST(NULL AS VARCHAR)' : text(folder)
      return { name, value, from: 'VARCHAR', to: types.get(name) ?? 'VARCHAR', isLiteral: true }
    }
    const own = group[0]?.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    const from = direct.get(name) ?? own?.type ?? 'VARCHAR'
    return { name, value: identifier(own?.name ?? name), from, to: types.get(name) ?? from }
  })

/** The rows that `columnValues` are of. */
export const rowsSql = (group: readonly Scan[], request: SelectRequest, direct: Types): string => {
  const { options } = request
  const rows = groupSql(group, options, direct)
  if (group[0]?.content !== 'csv' || !tellsQuoted(options)) return rows
  const read = columnValues(group, request, direct).filter(
    ({ from, to, isLiteral }) => from === 'VARCHAR' && to !== 'VARCHAR' && !isLiteral,
  )
  if (read.length === 0) return rows
  const fields = read.map(({ value }) => `${quotedNull(value, options.csv.nulls)} AS ${value}`)
  return `(SELECT * REPLACE (${fields.join(', ')}) FROM ${rows})`
}

/** A text in quotes may be told from no value; only for text columns that means something. */
const tellsQuoted = ({ csv }: ReadOptions): boolean => !csv.quotedNulls && csv.nulls.length > 0

/** Null where a text that came in quotes is one that stands for null. */
export const quotedNull = (value: string, nulls: readonly string[]): string =>
  nulls.length === 1
    ? `nullif(${value}, ${text(nulls[0] ?? '')})`
    : `CASE WHEN ${value} IN (${nulls.map(text).join(', ')}) THEN NULL ELSE ${value} END`

/**
 * Types that the reader may give at once. One that was checked against every row is read as such; a declared one could
 * round, or stumble over null text in quotes, so its text is checked.
 */
export const directTypes = (group: readonly Scan[], request: SelectRequest): Types => {
  const { types, declared, blanks, options } = request
  const [first] = group
  const known = [...types]
  if (first?.content === 'csv') {
    const exactly = tellsQuoted(options) ? /^VARCHAR$/ : readsExactly
    return new Map(known.filter(([name, type]) => (declared.has(name) ? exactly.test(type) : !blanks.has(name))))
  }
  if (first?.content !== 'json') return new Map()
  const reads = first.head.longNumbers === 'marked' ? readsFromMarked : readsFromJson
  return new Map(
    known
      .filter(([name, type]) => type.endsWith(']') || (!declared.has(name) && reads.test(type)))
      .map(([name, type]) => [name, type.endsWith(']') ? 'JSON' : type]),
  )
}

/** Types into which DuckDB reads text without rounding or cutting. */
const readsExactly = /^(VARCHAR|DOUBLE|BOOLEAN|UUID)$/
const readsFromJson = /^(JSON|BIGINT|DOUBLE|BOOLEAN)$/
const readsFromMarked = /^(JSON|BIGINT|BOOLEAN)$/

/** All files of a group as one table; columns without a type in `types` are text. */
export const groupSql = (group: readonly Scan[], options: ReadOptions, types: Types): string => {
  const [first] = group
  const paths = group.map(({ path }) => path)
  if (!first || first.content === 'parquet') return parquetSql(paths)
  if (first.content === 'json') return markedSql(first, jsonSql(first, paths, types), types)
  return csvSql(first, paths, { csv: options.csv, types })
}

type CsvRequest = { readonly csv: ReadOptions['csv']; readonly types: Types }

const csvSql = ({ head }: CsvScan, paths: readonly string[], { csv, types }: CsvRequest): string => {
  const byName = lowerCase(types)
  const columns = head.names.map((name) => `${text(name)}: ${text(byName.get(name.toLowerCase()) ?? 'VARCHAR')}`)
  const settings = [
    `[${paths.map(text).join(', ')}]`,
    'auto_detect = false',
    'hive_partitioning = false',
    `header = ${head.header}`,
    `delim = ${text(head.dialect.delimiter)}`,
    `quote = ${text(csv.quote)}`,
    `escape = ${text(csv.quote)}`,
    `allow_quoted_nulls = ${csv.quotedNulls}`,
    ...(csv.nulls.length > 0 ? [`nullstr = [${csv.nulls.map(text).join(', ')}]`] : []),
    `compression = '${head.dialect.compression}'`,
    `columns = {${columns.join(', ')}}`,
    // DuckDB's own 32 MB for each thread buy no time.
    `buffer_size = ${bufferBytes}`,
  ]
  return `read_csv(${settings.join(', ')})`
}

const lowerCase = (types: Types): Types => new Map([...types].map(([name, type]) => [name.toLowerCase(), type]))

/** DuckDB reads keys as columns only where their names are unique, ignoring case; else each is taken out of its object. */
const jsonSql = ({ head }: JsonScan, paths: readonly string[], types: Types): string => {
  const byName = lowerCase(types)
  const keys = [...head.keys].map(([name, key]) => ({ name, key, type: byName.get(name.toLowerCase()) ?? 'VARCHAR' }))
  if (keys.every(({ name, key }) => name === key)) {
    const columns = keys.map(({ key, type }) => `${text(key)}: ${text(type)}`)
    return `read_json(${jsonSettings(paths, head)}, columns = {${columns.join(', ')}})`
  }
  const fields = keys.map(({ name, key, type }) => {
    const pointer = text(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    const value = type === 'JSON' ? `json -> ${pointer}` : `CAST(json ->> ${pointer} AS ${type})`
    return `${value} AS ${identifier(name)}`
  })
  return `(SELECT ${fields.join(', ')} FROM ${jsonObjectsSql(paths, head)})`
}

/** Long numbers come as marked texts, in columns that are read as text or JSON. */
const markedSql = ({ head }: JsonScan, rows: string, types: Types): string => {
  if (head.longNumbers !== 'marked') return rows
  const byName = lowerCase(types)
  const fields = [...head.keys.keys()].map((name) => {
    const type = byName.get(name.toLowerCase()) ?? 'VARCHAR'
    const isText = type === 'VARCHAR' || type === 'JSON'
    return isText ? `${withoutMarks(identifier(name), type)} AS ${identifier(name)}` : identifier(name)
  })
  return `(SELECT ${fields.join(', ')} FROM ${rows})`
}

export const parquetSql = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(text).join(', ')}], hive_partitioning = false)`
