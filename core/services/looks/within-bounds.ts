import type { JsonValue } from '#core/model/handle.ts'

type Row = Readonly<Record<string, JsonValue>>

/** What an answer for a screen holds at most: characters of one value, and of all rows as JSON. */
const longestValue = 10_000
const longestAnswer = 4 * 2 ** 20

const shortened = (value: JsonValue): JsonValue => {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  if (typeof text !== 'string' || text.length <= longestValue) return value
  return `${text.slice(0, longestValue)} … (${text.length} characters)`
}

/** As many of the rows as a screen takes. `more`: there are others. */
export const withinBounds = (rows: readonly Row[], limit: number): { rows: Row[]; more: boolean } => {
  const shown: Row[] = []
  let length = 0
  for (const row of rows.slice(0, limit)) {
    const short = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shortened(value)]))
    length += JSON.stringify(short).length
    if (length > longestAnswer && shown.length > 0) return { rows: shown, more: true }
    shown.push(short)
  }
  return { rows: shown, more: rows.length > limit }
}
