import { text } from './sql.ts'

export const isMoment = (type: string): boolean =>
  /^(DATE|TIME( WITH TIME ZONE|_NS)?|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?)$/.test(type)

/** Digits of a second that a type keeps. */
const digits: Readonly<Record<string, number>> = { TIMESTAMP_S: 0, TIMESTAMP_MS: 3, TIMESTAMP_NS: 9, TIME_NS: 9 }

/** What DuckDB cuts off where a text is read as a date or a time: a time zone, other letters, digits of a second. */
export const textMomentLoss = (value: string, type: string, isList = false): string => {
  const kept = digits[type] ?? 6
  const fraction = `[.][0-9]{${kept}}[0-9]*[1-9]`
  const matches = (pattern: string) => `regexp_matches(${value}, ${text(pattern)})`
  if (type === 'DATE') {
    if (isList) return matches('[0-9][ T][0-9]')
    const moment = `CAST(TRY_CAST(${value} AS TIMESTAMP) AS TIMESTAMP)`
    const day = `CAST(TRY_CAST(${value} AS DATE) AS TIMESTAMP)`
    return `strlen(${value}) > 10 AND (${moment} IS DISTINCT FROM ${day} OR ${matches(`${afterTime}|[.]0*[1-9]`)})`
  }
  if (type.endsWith('WITH TIME ZONE')) return `contains(${value}, '.') AND ${matches(fraction)}`
  if (type.startsWith('TIMESTAMP')) {
    const any = matches(`${afterTime}|${fraction}`)
    // Nearly all values look like this, and LIKE is much faster than a pattern.
    return kept < 6 || isList
      ? any
      : `CASE WHEN ${value} LIKE '____-__-__ __:__:__' THEN contains(${value}, 'Z') ELSE ${any} END`
  }
  return matches(isList ? `${afterTime}|${fraction}` : `[-+A-Za-z]|${fraction}`)
}

const afterTime = String.raw`:[0-9.]+\s*[-+A-Za-z]`
