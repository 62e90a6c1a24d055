import type { Column } from '#core/model/handle.ts'
import type { ColumnKind } from '#core/model/table-profile.ts'

/** How a column is looked at in SQL. */
export type Look = {
  readonly column: Column
  readonly kind: ColumnKind
  /** The quoted column. */
  readonly name: string
  /** What its values are compared and counted as. */
  readonly value: string
  /** Added to values as text. */
  readonly suffix: string
}

export const lookAt = (column: Column, name: string): Look => {
  const kind = kindOf(column.type)
  const plain = { column, kind, name, value: name, suffix: '' }
  // As text it would depend on the time zone of the machine.
  if (column.type === 'TIMESTAMP WITH TIME ZONE')
    return { ...plain, value: `(${name} AT TIME ZONE 'UTC')`, suffix: '+00' }
  return kind === 'other' ? { ...plain, value: `CAST(${name} AS VARCHAR)` } : plain
}

const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\))$/, 'number'],
  [/^(DATE|TIME|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?)$/, 'time'],
  [/^(VARCHAR|UUID|ENUM\([\s\S]*\))$/, 'text'],
  [/^BOOLEAN$/, 'boolean'],
]

/** Lists, structs, JSON, bytes and the like are `other`: looked at as text. */
const kindOf = (type: string): ColumnKind => kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'other'

/** An expression as text, no longer than a screen shows. */
export const shortText = (expression: string): string => {
  const text = `CAST(${expression} AS VARCHAR)`
  return `CASE WHEN length(${text}) > ${shownLength} THEN left(${text}, ${shownLength}) || '…' ELSE ${text} END`
}

const shownLength = 100
