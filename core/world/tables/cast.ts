import { isFractional, isNumber, isWhole } from '#core/kinds/wider-type.ts'
import { badValueSql, type Loss } from './refusals.ts'
import { isMoment, textMomentLoss } from './moment-text.ts'

export type Cast = {
  /** SQL of the value, cheap to repeat: a column. */
  readonly value: string
  readonly column: string
  readonly from: string
  readonly to: string
  readonly onBadValue: 'fail' | 'null'
  /** The value is a literal: where DuckDB refuses it, it names no column. */
  readonly isLiteral?: boolean
}

/**
 * A cast that never alters a value in silence: DuckDB's own rounds 1.5 to 2 as a BIGINT, cuts the time off a moment read as
 * a DATE and the time zone off a text read as a TIMESTAMP. A value that does not fit is refused with the column's name, or
 * becomes null when asked. Only text read as a DOUBLE is the nearest one there is, since few fractions have an exact one.
 */
export const castSql = (cast: Cast): string => {
  const { value, from, to, column, onBadValue, isLiteral = false } = cast
  if (from === to) return value
  if (from === 'JSON' && isScalar(to)) return castSql({ ...cast, value: `(${value} ->> '$')`, from: 'VARCHAR' })
  const bad = (loss?: Loss) =>
    onBadValue === 'null' ? 'NULL' : badValueSql(value, { column, type: to, ...(loss && { loss }) })
  if (from === 'VARCHAR' && isWhole(to)) {
    const strict = isLiteral ? `coalesce(TRY_CAST(${value} AS ${to}), ${bad()})` : `CAST(${value} AS ${to})`
    return wholeFromText(value, to, onBadValue === 'null' ? null : { strict, bad: bad() })
  }
  const { attempt, lossy, loss } = wayOf(value, from, to)
  const fitting =
    onBadValue === 'null' ? attempt : `coalesce(${attempt}, CASE WHEN ${value} IS NOT NULL THEN ${bad()} END)`
  return lossy === null ? fitting : `CASE WHEN ${lossy} THEN CAST(${bad(loss)} AS ${to}) ELSE ${fitting} END`
}

const isScalar = (type: string): boolean => isNumber(type) || isMoment(type) || type === 'BOOLEAN'

/**
 * Where the time of reading goes: the check is as cheap as it can be for the digits that nearly all values are. The
 * shortest text with an exponent that makes a fraction is 5e-1. A text that is no number at all is refused by DuckDB.
 */
const wholeFromText = (value: string, to: string, failing: { strict: string; bad: string } | null): string => {
  const cast = failing?.strict ?? `TRY_CAST(${value} AS ${to})`
  const exact = `TRY_CAST(${value} AS DECIMAL(38, 12))`
  const perhapsFraction = `strlen(${value}) > 1 AND (contains(${value}, '.') OR (${hasExponent(value)}))`
  const refused = `CAST(${failing?.bad ?? 'NULL'} AS ${to})`
  return `CASE WHEN ${perhapsFraction} THEN CASE WHEN ${exact} <> trunc(${exact}) THEN ${refused} ELSE ${cast} END ELSE ${cast} END`
}

const hasExponent = (value: string): string =>
  `strlen(${value}) > 3 AND (contains(${value}, 'e') OR contains(${value}, 'E'))`

/** How a value is converted, and a condition under which that would lose a part of it. */
type Way = { readonly attempt: string; readonly lossy: string | null; readonly loss?: Loss }

const wayOf = (value: string, from: string, to: string): Way => {
  const attempt = `TRY_CAST(${value} AS ${to})`
  if (from === 'VARCHAR' || from === 'JSON') return { attempt, ...textLoss(value, to) }
  const [one, other] = [elementOf(from), elementOf(to)]
  if (isNumber(one) && (isNumber(other) || other === 'BOOLEAN')) return numberWay(value, from, to)
  if (isMoment(one) && isMoment(other)) return { attempt, lossy: momentLoss(value, from, to), loss: 'moment' }
  return { attempt, lossy: null }
}

const elementOf = (type: string): string => type.replace(/(\[\d*\])+$/, '')

const differs = (one: string, other: string): string => `${one} IS DISTINCT FROM ${other}`

const numberWay = (value: string, from: string, to: string): Way => {
  const attempt = `TRY_CAST(${value} AS ${to})`
  const loss = 'number'
  const [one, other] = [elementOf(from), elementOf(to)]
  if (isExact(one, other)) return { attempt, lossy: null }
  if (isWhole(to) && isFractional(from)) return { attempt, lossy: `${value} <> trunc(${value})`, loss }
  if (isThroughText(one, other)) {
    const read = `TRY_CAST(CAST(${value} AS VARCHAR) AS ${to})`
    return { attempt: read, lossy: differs(`TRY_CAST(CAST(${read} AS VARCHAR) AS ${from})`, value), loss }
  }
  return { attempt, lossy: differs(`TRY_CAST(${attempt} AS ${from})`, value), loss }
}

/** Decimal digits that a DOUBLE always gives back as they were. */
const doubleDigits = 15

/** Where DuckDB’s own way between two fractional types alters the last digits; its way through text does not. */
const isThroughText = (from: string, to: string): boolean => {
  if (!isFractional(from) || !isFractional(to)) return false
  if (from === 'FLOAT' || to === 'FLOAT') return true
  return isFloating(from) !== isFloating(to) && widthOf(isFloating(from) ? to : from) > doubleDigits
}

const widthOf = (type: string): number => Number(/^DECIMAL\((\d+)/.exec(type)?.[1] ?? Infinity)

const isFloating = (type: string): boolean => type === 'FLOAT' || type === 'DOUBLE'

/** Whether all values that fit the range are kept. */
const isExact = (from: string, to: string): boolean => {
  if (isWhole(from) && !isFloating(to)) return to !== 'BOOLEAN'
  if (to === 'DOUBLE') {
    return from === 'FLOAT' || /^U?(TINYINT|SMALLINT|INTEGER)$/.test(from) || widthOf(from) <= doubleDigits
  }
  if (to === 'FLOAT') return /^U?(TINYINT|SMALLINT)$/.test(from)
  const [before, after] = [scaleOf(from), scaleOf(to)]
  return before !== null && after !== null && after >= before
}

const scaleOf = (type: string): number | null => {
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1]
  return scale === undefined ? null : Number(scale)
}

const momentLoss = (value: string, from: string, to: string): string | null => {
  if (from.startsWith('TIMESTAMP') && to.startsWith('TIME') && !to.startsWith('TIMESTAMP'))
    return `${value} IS NOT NULL`
  if (from.startsWith('TIME WITH') && to.startsWith('TIME'))
    return differs(`CAST(TRY_CAST(${value} AS ${to}) AS ${from})`, value)
  if (!from.startsWith('TIMESTAMP')) return null
  if (from !== 'TIMESTAMP_NS' && !/^(DATE|TIMESTAMP_S|TIMESTAMP_MS)$/.test(to)) return null
  const finest = from === 'TIMESTAMP_NS' ? from : 'TIMESTAMP'
  return differs(`CAST(TRY_CAST(${value} AS ${to}) AS ${finest})`, `CAST(${value} AS ${finest})`)
}

const textLoss = (value: string, to: string): Pick<Way, 'lossy' | 'loss'> => {
  const element = elementOf(to)
  if (isMoment(element)) return { lossy: textMomentLoss(value, element, element !== to), loss: 'zone' }
  const read = `TRY_CAST(${value} AS ${to})`
  if (element !== to && isNumber(element) && !isFloating(element)) {
    return { lossy: differs(`CAST(${read} AS DOUBLE[])`, `TRY_CAST(${value} AS DOUBLE[])`), loss: 'number' }
  }
  if (to === 'FLOAT') {
    const kept = `CAST(CAST(${read} AS VARCHAR) AS DOUBLE)`
    return { lossy: `strlen(${value}) > 6 AND ${differs(kept, `TRY_CAST(${value} AS DOUBLE)`)}`, loss: 'number' }
  }
  const scale = scaleOf(to)
  if (scale === null) return { lossy: null }
  const places = `contains(${value}, '.') AND strlen(rtrim(${value}, '0')) - instr(${value}, '.') > ${scale}`
  const number = differs(`CAST(${read} AS DOUBLE)`, `TRY_CAST(${value} AS DOUBLE)`)
  return { lossy: `CASE WHEN ${hasExponent(value)} THEN ${number} ELSE ${places} END`, loss: 'number' }
}
