import { isWhole } from '#core/kinds/wider-type.ts'
import { badValueSql } from './refusals.ts'

/** Up to here every whole number has an exact DOUBLE. */
const exactInDouble = 2 ** 53

/** A cast to a wider type. The few whole numbers that a DOUBLE does not hold are refused with their column. */
export const widenSql = (value: string, { column, from, to }: { column: string; from: string; to: string }): string => {
  if (from === to) return value
  const cast = `CAST(${value} AS ${to})`
  if (to !== 'DOUBLE' || !isWhole(from)) return cast
  const bad = badValueSql(value, { column, type: to })
  const exact = `${value} BETWEEN -${exactInDouble} AND ${exactInDouble} OR TRY_CAST(${cast} AS HUGEINT) = ${value}`
  return `CASE WHEN ${value} IS NULL OR ${exact} THEN ${cast} ELSE CAST(${bad} AS ${to}) END`
}
