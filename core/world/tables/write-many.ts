import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { nullFolder } from '#core/kinds/partition.ts'
import type { CopyOptions, SplitOptions } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { Connection } from './duckdb.ts'
import { badValueSql } from './refusals.ts'
import { identifier, text } from './sql.ts'
import { copy, isZippedAfter, settingsOf, writable, zip, type CopyRequest, type Written } from './write.ts'

export type ManyWritten = Written & { readonly names: readonly string[] }

type ManyRequest = Omit<CopyRequest, 'path' | 'folders'> & {
  /** The files are below it, and nothing else. */
  readonly folder: string
  /** `rides.csv.gz`: files are called rides-0.csv.gz, rides-1.csv.gz … in each folder. */
  readonly name: string
  readonly split: SplitOptions
}

/** Files by the values of columns, or by their number of rows: all of them under their names, or none. */
export const copyPlanToMany = async (connection: Connection, request: ManyRequest): Promise<ManyWritten> => {
  const { select, columns, folder, options, split, signal } = request
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  try {
    const by = partitionColumns(columns, split.by)
    const rows = divided(writable(select, columns, options), columns, { by, rows: split.rows, asJson: isJson(options) })
    const settings = [splitSettings(options), `PARTITION_BY (${partitionsOf(by, split).map(identifier).join(', ')})`]
    const count = await copy(connection, rows, part, `${settings.join(', ')}, FILENAME_PATTERN '{uuid}'`)
    const names = await named(part, request)
    if (isZippedAfter(options)) for (const name of names) await zipInPlace(join(part, name), signal)
    await rm(folder, { recursive: true, force: true })
    await rename(part, folder)
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
    return { rows: count, bytes: sizes.reduce((sum, size) => sum + size, 0), names }
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

const partitionColumns = (columns: readonly Column[], by: readonly string[]): readonly string[] => {
  const found = by.map((name) => {
    const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (column) return column.name
    throw new Refused({
      code: 'invalid',
      message: `There is no column “${name}” to write folders by. There are: ${columns.map((one) => one.name).join(', ')}.`,
    })
  })
  if (new Set(found).size < found.length || found.length === columns.length) {
    throw new Refused({
      code: 'invalid',
      message:
        'The columns for folders are not in the files, so some other column must be left, and each may stand once.',
    })
  }
  return found
}

const fileColumn = '__millrace_file'

const partitionsOf = (by: readonly string[], { rows }: SplitOptions): readonly string[] =>
  rows === null ? by : [...by, fileColumn]

const isJson = ({ format }: CopyOptions): boolean => format === 'json' || format === 'ndjson'

/** DuckDB writes JSON as CSV of one column, and into several files only if told to do just that. */
const splitSettings = (options: CopyOptions): string => {
  if (!isJson(options)) return settingsOf(options)
  const lines = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\n'"
  return options.format === 'json' ? `${lines}, PREFIX '[\n\t', SUFFIX '\n]\n', NEW_LINE ',\n\t'` : lines
}

type Division = SplitOptions & { readonly asJson: boolean }

const divided = (select: string, columns: readonly Column[], { by, rows, asJson }: Division): string => {
  const folders = columns
    .filter(({ name }) => by.includes(name))
    .map(({ name, type }) => `${folderValue(identifier(name), name, type)} AS ${identifier(name)}`)
  const rest = columns.filter(({ name }) => !by.includes(name)).map(({ name }) => name)
  const object = rest.map((name) => `${text(name)}: ${identifier(name)}`).join(', ')
  const fields = asJson ? [`to_json({${object}}) AS __millrace_row`] : rest.map(identifier)
  const file = rows === null ? [] : [`(row_number() OVER () - 1) // ${rows} AS ${fileColumn}`]
  return `SELECT ${[...fields, ...folders, ...file].join(', ')} FROM (${select})`
}

/** No text may have the name of the folder of rows without a value. */
const folderValue = (value: string, column: string, type: string): string =>
  type === 'VARCHAR'
    ? `CASE WHEN ${value} = '${nullFolder}' THEN ${badValueSql(value, { column, type: 'value for a folder' })} ELSE ${value} END`
    : value

/** Gives the files their names; in each folder they are numbered from 0. */
const named = async (part: string, { name, split }: ManyRequest): Promise<string[]> => {
  const [, base = name, ending = ''] = /^(.+?)((?:\.[a-z]+){1,2})?$/i.exec(name) ?? []
  const made = await filesBelow(part)
  const names: string[] = []
  const taken = new Map<string, number>()
  for (const path of made) {
    const folder = split.rows === null ? dirname(path) : dirname(dirname(path))
    const number = taken.get(folder) ?? 0
    taken.set(folder, number + 1)
    const to = join(folder, `${base}-${number}${ending}`)
    await rename(path, to)
    names.push(relative(part, to).split(sep).join('/'))
  }
  if (split.rows !== null) await removeEmpty(part, made)
  return names
}

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}

const removeEmpty = async (part: string, made: readonly string[]): Promise<void> => {
  const folders = new Set(made.map((path) => dirname(path)))
  for (const folder of folders) if (folder !== part) await rm(folder, { recursive: true, force: true })
}

const zipInPlace = async (path: string, signal: AbortSignal): Promise<void> => {
  const zipped = `${path}.zipped`
  await zip(path, zipped, signal)
  await rename(zipped, path)
}
