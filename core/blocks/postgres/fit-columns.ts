import type { VectorType } from '#core/kinds/vectors.ts'
import type { Column } from '#core/model/handle.ts'
import { encoderFor } from './choose-encoder.ts'
import type { TargetColumn } from './target-table.ts'

export type Fit = {
  /** For each column of the rows, the one it goes into; the shorter list when some find none. */
  readonly columns: readonly TargetColumn[]
  /** What does not fit, in words; none when all does. */
  readonly differences: readonly string[]
}

/** Names are compared as they are, else without regard to case where that is unambiguous. */
export const fitColumns = (
  rows: readonly Column[],
  types: readonly VectorType[],
  table: readonly TargetColumn[],
): Fit => {
  const differences: string[] = []
  const columns: TargetColumn[] = []
  for (const [index, column] of rows.entries()) {
    const target = columnNamed(column.name, table)
    const type = types[index]
    if (target === null || type === undefined) {
      differences.push(`${column.name} (${column.type}) is not in the table`)
      continue
    }
    if (target.generated) differences.push(`${target.name} is computed by the table`)
    else if (columns.includes(target)) differences.push(`${target.name} comes twice in the rows`)
    else if (encoderFor(type, target) === null)
      differences.push(`${target.name} is ${target.type} in the table and ${column.type} in the rows`)
    columns.push(target)
  }
  const missing = table.filter(
    (column) => !columns.includes(column) && column.required && !column.generated && !column.hasDefault,
  )
  differences.push(...missing.map(({ name }) => `${name} must have a value, and is missing in the rows`))
  return { columns, differences }
}

const columnNamed = (name: string, table: readonly TargetColumn[]): TargetColumn | null => {
  const exact = table.find((column) => column.name === name)
  if (exact) return exact
  const alike = table.filter((column) => column.name.toLowerCase() === name.toLowerCase())
  return (alike.length === 1 ? alike[0] : undefined) ?? null
}
