import { badValueSql } from './refusals.ts'

export type Cast = {
  /** SQL of the value, cheap to repeat: a column. */
  readonly value: string
  readonly column: string
  readonly from: string
  readonly to: string
  readonly onBadValue: 'fail' | 'null'
}

/**
 * A cast that never alters a value in silence: DuckDB's own rounds 1.5 to 2 as a BIGINT and cuts the time off a text read
 * as a DATE. A value that does not fit is refused with the column's name, or becomes null when asked.
 */
export const castSql = (cast: Cast): string => {
  const { value, from, to, onBadValue } = cast
  if (from === to) return value
  const attempt = `TRY_CAST(${value} AS ${to})`
  const bad = onBadValue === 'null' ? 'NULL' : badValueSql(value, { column: cast.column, type: to })
  if (from === 'VARCHAR' && whole.test(to)) return wholeFromText(value, to, onBadValue === 'null' ? null : bad)
  const lossy = lossySql(value, from, to)
  const fitting =
    onBadValue === 'null' ? attempt : `coalesce(${attempt}, CASE WHEN ${value} IS NOT NULL THEN ${bad} END)`
  return lossy === null ? fitting : `CASE WHEN ${lossy} THEN CAST(${bad} AS ${to}) ELSE ${fitting} END`
}

const whole = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/
const fractional = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/

/**
 * Where the time of reading goes: the check is as cheap as it can be for the digits that nearly all values are. The
 * shortest text with an exponent that makes a fraction is 5e-1. A text that is no number at all is refused by DuckDB.
 */
const wholeFromText = (value: string, to: string, bad: string | null): string => {
  const cast = bad === null ? `TRY_CAST(${value} AS ${to})` : `CAST(${value} AS ${to})`
  const exact = `TRY_CAST(${value} AS DECIMAL(38, 12))`
  const exponent = `strlen(${value}) > 3 AND (contains(${value}, 'e') OR contains(${value}, 'E'))`
  const perhapsFraction = `strlen(${value}) > 1 AND (contains(${value}, '.') OR (${exponent}))`
  const refused = `CAST(${bad ?? 'NULL'} AS ${to})`
  return `CASE WHEN ${perhapsFraction} THEN CASE WHEN ${exact} <> trunc(${exact}) THEN ${refused} ELSE ${cast} END ELSE ${cast} END`
}

/** A condition under which the cast would lose a part of the value, or null where it cannot. */
const lossySql = (value: string, from: string, to: string): string | null => {
  if (whole.test(to) && fractional.test(from)) return `${value} <> trunc(${value})`
  if (from !== 'VARCHAR') return null
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(to)?.[1]
  if (scale !== undefined) {
    return `contains(${value}, '.') AND strlen(rtrim(${value}, '0')) - instr(${value}, '.') > ${scale}`
  }
  if (to === 'DATE') {
    return `strlen(${value}) > 10 AND TRY_CAST(${value} AS TIMESTAMP) <> CAST(TRY_CAST(${value} AS DATE) AS TIMESTAMP)`
  }
  return null
}
