import { Refused } from '#core/model/failure.ts'
import type { LoadMode } from './capabilities.ts'

type Absent = { readonly into: string; readonly mode: LoadMode; readonly columns: readonly { readonly name: string }[] }

/** Of columns of a table that rows go into without having them; null when there are none. */
export const leftEmpty = ({ into, mode, columns }: Absent): string | null => {
  if (columns.length === 0) return null
  const names = columns.map(({ name }) => `“${name}”`).join(', ')
  const gone = mode === 'replace' ? ' What was there went with the rows before.' : ''
  return `The rows have no ${names}, which “${into}” has: null is written there.${gone}`
}

/** Why a table cannot take the rows. */
export const doNotFit = (into: string, differences: readonly string[]): Refused =>
  new Refused({
    code: 'data',
    message: `The rows do not fit the table “${into}”: ${differences.join('; ')}. Choose and convert columns (table.select), or load into another table.`,
  })

/** That a table is made anew since it cannot take the rows; `lost` says what goes with it. */
export const madeAnew = (into: string, differences: readonly string[], lost: string): string =>
  `The table “${into}” is made anew, since the rows do not fit it: ${differences.join('; ')}.${lost}`
