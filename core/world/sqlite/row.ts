import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** A row as SQLite gives it. Strict tables hold the types; these check that the column and its type are what we read it as. */
export type Row = Readonly<Record<string, unknown>>

const unreadable = (column: string, cause?: unknown): never => {
  throw new Refused(
    {
      code: 'data',
      message: `The database holds a value in “${column}” that cannot be read. It may be damaged: restore a backup.`,
    },
    { cause },
  )
}

export const text = (row: Row, column: string): string => {
  const value = row[column]
  return typeof value === 'string' ? value : unreadable(column)
}

export const integer = (row: Row, column: string): number => {
  const value = row[column]
  return typeof value === 'number' ? value : unreadable(column)
}

export const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column))

export const integerOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : integer(row, column)

export const json = (row: Row, column: string): JsonValue => {
  const written = text(row, column)
  try {
    return JSON.parse(written) as JsonValue
  } catch (cause) {
    return unreadable(column, cause)
  }
}

/** The check need not be deep: the store wrote the value itself. */
export const holding = <T>(row: Row, column: string, holds: (value: unknown) => value is T): T => {
  const value = json(row, column)
  return holds(value) ? value : unreadable(column)
}

export const holdingOrNull = <T>(row: Row, column: string, holds: (value: unknown) => value is T): T | null =>
  row[column] === null ? null : holding(row, column, holds)

export const list = <T>(row: Row, column: string, holds: (item: unknown) => item is T): readonly T[] => {
  const value = json(row, column)
  if (!Array.isArray(value)) return unreadable(column)
  return value.every(holds) ? value : unreadable(column)
}

export const isText = (item: unknown): item is string => typeof item === 'string'

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const oneOf = <T extends string>(row: Row, column: string, values: Readonly<Record<T, unknown>>): T => {
  const value = text(row, column)
  return Object.hasOwn(values, value) ? (value as T) : unreadable(column)
}
