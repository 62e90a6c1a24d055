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
  const differences: string[] = []
  const fitted = columns.map((column): Fitted => {
    const there = existing.schema.fields.find(({ name }) => sameName(name, column.name))
    const passage = passageOf(column.type)
    if (!there) differences.push(`${column.name} (${column.type}) is not in the table`)
    const wide = there && widened(passage, there)
    if (there && !wide)
      differences.push(`${there.name} is ${shownType(there)} in the table and ${column.type} in the rows`)
    if (!there || !wide) return asNew(column)
    const { name, mode: nullable } = there
    return { column, passage: wide, field: { ...wide.field, name, ...(nullable !== undefined && { mode: nullable }) } }
  })
  const missing = existing.schema.fields.filter(({ name }) => !columns.some((column) => sameName(column.name, name)))
  differences.push(...missing.map(({ name }) => `${name} is missing in the rows`))
  if (differences.length === 0) return fitted
  throw new Refused({
    code: 'data',
    message: `The rows do not fit the table “${into}”: ${differences.join('; ')}. Make them fit (table.select), load into another table, or use the mode replace.`,
  })
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
