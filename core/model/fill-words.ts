import { counted } from './counted.ts'

/** How each of these lines begins, by which they are found in a log. */
export const filledWord = 'Filled '

/** What is said of a column that was filled: of its missing values so many are `left`, with nothing to fill them. */
export const filledInWords = (column: string, { missing, left }: { missing: number; left: number }): string => {
  const filled = `${filledWord}${counted(missing - left, 'missing value')} of ${column}`
  return left === 0
    ? `${filled}.`
    : `${filled}; ${left.toLocaleString('en-US')} had nothing to be filled with and still miss.`
}
