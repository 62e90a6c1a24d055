import type { Column, JsonValue, TableStep } from '#core/model/handle.ts'

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

export const literal = (value: JsonValue): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `'${value}'::DOUBLE`
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => literal(item)).join(', ')}]`
  return `${text(JSON.stringify(value))}::JSON`
}

/** A plan as one SELECT. */
export const selectOf = (steps: readonly TableStep[]): string => withSteps(steps, (step) => step.sql)

export const withSteps = (steps: readonly TableStep[], body: (step: TableStep, index: number) => string): string => {
  const last = steps.at(-1)
  if (!last) throw new Error('A plan has at least one step.')
  const parts = steps.map((step, index) => `${identifier(step.name)} AS (${body(step, index)})`)
  return `WITH ${parts.join(',\n')}\nSELECT * FROM ${identifier(last.name)}`
}

/** `name` as a table with these columns and no rows, for trying a step before anything is read. */
export const emptyTable = (name: string, columns: readonly Column[]): string =>
  `${identifier(name)} AS (${emptySelect(columns)})`

export const emptySelect = (columns: readonly Column[]): string => {
  const fields = columns.map((column) => `CAST(NULL AS ${column.type}) AS ${identifier(column.name)}`)
  return `SELECT ${fields.join(', ')} WHERE FALSE`
}
