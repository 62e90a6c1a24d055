/** Digits of the largest value, of whole-number types from narrow to wide. */
const signed: readonly (readonly [string, number])[] = [
  ['TINYINT', 3], ['SMALLINT', 5], ['INTEGER', 10], ['BIGINT', 19], ['HUGEINT', 39],
] // prettier-ignore
const unsigned: readonly (readonly [string, number])[] = [
  ['UTINYINT', 3], ['USMALLINT', 5], ['UINTEGER', 10], ['UBIGINT', 20], ['UHUGEINT', 39],
] // prettier-ignore

/** From coarse to fine. A DATE is a moment at midnight; one with a time zone is none of them. */
const moments = ['DATE', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS']

const rank = (types: readonly (readonly [string, number])[], type: string): number =>
  types.findIndex(([name]) => name === type)

export const isWhole = (type: string): boolean => rank(signed, type) !== -1 || rank(unsigned, type) !== -1
export const isFractional = (type: string): boolean => /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)
export const isNumber = (type: string): boolean => isWhole(type) || isFractional(type)

const widerWhole = (one: string, other: string): string | null => {
  const [a, b] = [rank(unsigned, one), rank(unsigned, other)]
  if (a !== -1 && b !== -1) return unsigned[Math.max(a, b)]?.[0] ?? null
  // A signed type holds an unsigned one that is narrower.
  const [c, d] = [a === -1 ? rank(signed, one) : a + 1, b === -1 ? rank(signed, other) : b + 1]
  return signed[Math.max(c, d)]?.[0] ?? null
}

type Decimal = { readonly whole: number; readonly scale: number }

const decimalOf = (type: string): Decimal | null => {
  const [, width, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? []
  if (width !== undefined) return { whole: Number(width) - Number(scale), scale: Number(scale) }
  const digits = [...signed, ...unsigned].find(([name]) => name === type)?.[1]
  return digits === undefined ? null : { whole: digits, scale: 0 }
}

const widerDecimal = (one: Decimal, other: Decimal): string | null => {
  const scale = Math.max(one.scale, other.scale)
  const width = Math.max(one.whole, other.whole) + scale
  return width <= 38 ? `DECIMAL(${width},${scale})` : null
}

/** Decimal digits that a DOUBLE always gives back as they were. */
const doubleDigits = 15

const widerNumber = (one: string, other: string): string | null => {
  if (isWhole(one) && isWhole(other)) return widerWhole(one, other)
  const pair = [one, other]
  if (!pair.some((type) => type === 'FLOAT' || type === 'DOUBLE')) {
    const [a, b] = [decimalOf(one), decimalOf(other)]
    return a && b ? widerDecimal(a, b) : null
  }
  const decimal = pair
    .filter((type) => !isWhole(type))
    .map(decimalOf)
    .find((found) => found !== null)
  // Every whole number that has no exact DOUBLE is refused when it is met.
  return decimal && decimal.whole + decimal.scale > doubleDigits ? null : 'DOUBLE'
}

/**
 * The type that holds the values of both without loss, or null where there is none but text. For a whole number and a
 * DOUBLE it is DOUBLE: values beyond 2^53 that it does not hold must be refused where they are converted.
 */
export const widerType = (one: string, other: string): string | null => {
  if (one === other) return one
  if (isNumber(one) && isNumber(other)) return widerNumber(one, other)
  const [a, b] = [moments.indexOf(one), moments.indexOf(other)]
  return a === -1 || b === -1 ? null : (moments[Math.max(a, b)] ?? null)
}

const writtenAsText = /^(VARCHAR|BOOLEAN|DATE|TIME|TIMESTAMP.*|TIME WITH TIME ZONE|UUID|INTERVAL|ENUM\(.*)$/

/** As `widerType`, with text for what can be written as text and read back: never between two types that are no text. */
export const widerOrText = (one: string, other: string): string | null => {
  const wider = widerType(one, other)
  if (wider !== null || (one !== 'VARCHAR' && other !== 'VARCHAR')) return wider
  const type = one === 'VARCHAR' ? other : one
  return isNumber(type) || writtenAsText.test(type) ? 'VARCHAR' : null
}
