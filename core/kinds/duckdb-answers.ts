import type { Failure } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

const wholeNumbers = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'])

/** Whole numbers, which DuckDB gives as text, as numbers while they are exact; beyond 2^53 they stay text. */
export const exactNumber = (value: JsonValue, type: string): JsonValue => {
  if (typeof value !== 'string' || !wholeNumbers.has(type)) return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A column of a row that is text in our own SQL. */
export const textIn = (row: Readonly<Record<string, JsonValue>> | undefined, name: string): string => {
  const value = row?.[name]
  return typeof value === 'string' ? value : ''
}

/** The failure when a database file is open elsewhere, naming the process where DuckDB knows it. */
export const lockFailure = (message: string): Failure | null => {
  if (/Unique file handle conflict|already attached/i.test(message)) {
    const failure = { code: 'unavailable', retryable: true } as const
    return { ...failure, message: 'The database file is in use by another task of Millrace. A later try may succeed.' }
  }
  const file = /Could not set lock on file "([^"]+)"/.exec(message)?.[1]
  if (file === undefined) return null
  const holder = /Conflicting lock is held(?: in (.+?))? \(PID (\d+)\)/.exec(message)
  const by = holder ? `${holder[1] ?? 'a process'} (process ${holder[2]})` : 'another process'
  return {
    code: 'unavailable',
    message: `The database file “${file}” is locked by ${by}. Close it there; a later try may succeed.`,
    retryable: true,
  }
}
