import type { LoadMode } from '#core/kinds/capabilities.ts'
import type { Tables } from '#core/kinds/task-context.ts'
import { sameName } from '#core/kinds/named-columns.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { SchemaField, TableAnswer } from './answers.ts'
import { passageOf, widened, type Passage } from './column-types.ts'

export type Fitted = { readonly column: Column; readonly field: SchemaField; readonly passage: Passage }

/** The column under the name that it has in the table. */
export const columnSql = ({ column, field, passage }: Fitted, { identifier }: Tables['sql']): string => {
  const quoted = identifier(column.name)
  return `${passage.convert?.(quoted) ?? quoted} AS ${identifier(field.name)}`
}

type Wanted = { readonly into: string; readonly mode: LoadMode; readonly columns: readonly Column[] }

/** What each column becomes. In a table that stays, the columns there decide; what does not fit is refused. */
export const fitColumns = ({ into, mode, columns }: Wanted, existing: TableAnswer | null): readonly Fitted[] => {
  refuseNames(columns)
  if (existing === null || mode === 'replace') return columns.map(asNew)
  const differences = differencesOf(columns, existing)
  if (differences.length > 0)
    throw new Refused({
      code: 'data',
      message: `The rows do not fit the table “${into}”: ${differences.join('; ')}. Make them fit (table.select), load into another table, or use the mode replace.`,
    })
  return columns.flatMap((column) => fittedInto(column, existing) ?? [])
}

/** What of the rows is not in the table as it is, and the other way round; in words. */
export const differencesOf = (columns: readonly Column[], existing: TableAnswer): readonly string[] => {
  const { fields } = existing.schema
  return [
    ...columns.flatMap((column) => {
      const there = fields.find(({ name }) => sameName(name, column.name))
      if (!there) return [`${column.name} (${column.type}) is not in the table`]
      return fittedInto(column, existing) === null
        ? [`${there.name} is ${shownType(there)} in the table and ${column.type} in the rows`]
        : []
    }),
    ...fields
      .filter(({ name }) => !columns.some((column) => sameName(column.name, name)))
      .map(({ name }) => `${name} is missing in the rows`),
  ]
}

/** Under the name and with the type that it has in the table; null where it has none, or one that cannot take the values. */
const fittedInto = (column: Column, { schema }: TableAnswer): Fitted | null => {
  const there = schema.fields.find(({ name }) => sameName(name, column.name))
  const wide = there && widened(passageOf(column.type), there)
  if (!there || !wide) return null
  const { name, mode } = there
  return { column, passage: wide, field: { ...wide.field, name, ...(mode !== undefined && { mode }) } }
}

const asNew = (column: Column): Fitted => {
  const passage = passageOf(column.type)
  return { column, passage, field: { name: column.name, mode: 'NULLABLE', ...passage.field } }
}

const shownType = ({ type, mode, precision, scale }: SchemaField): string => {
  const sizes = precision === undefined ? '' : `(${precision}${scale === undefined ? '' : `, ${scale}`})`
  return mode === 'REPEATED' ? `a list of ${type}${sizes}` : `${type}${sizes}`
}

/** What BigQuery’s loads of Parquet take as a name of a column. */
const goodName = /^[A-Za-z_]\w{0,299}$/
const reserved = /^(_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER)/i

const refuseNames = (columns: readonly Column[]): void => {
  const wrong = columns.filter(({ name }) => !goodName.test(name) || reserved.test(name))
  const seen = new Set<string>()
  const twice = columns.filter(({ name }) => seen.size === seen.add(name.toLowerCase()).size)
  if (wrong.length > 0) {
    throw new Refused({
      code: 'data',
      message: `BigQuery takes letters, digits and underscores in names of columns, and no digit first. These are otherwise: ${wrong.map(({ name }) => `“${name}”`).join(', ')}. Rename them (table.select).`,
    })
  }
  if (twice.length > 0) {
    throw new Refused({
      code: 'data',
      message: `BigQuery takes no two columns whose names differ only in capitals: ${twice.map(({ name }) => `“${name}”`).join(', ')}. Rename them (table.select).`,
    })
  }
}
