import type { LoadMode } from './capabilities.ts'

type Absent = { readonly into: string; readonly mode: LoadMode; readonly columns: readonly { readonly name: string }[] }

/** Of columns of a table that rows go into without having them; null when there are none. */
export const leftEmpty = ({ into, mode, columns }: Absent): string | null => {
  if (columns.length === 0) return null
  const names = columns.map(({ name }) => `“${name}”`).join(', ')
  const gone = mode === 'replace' ? ' What was there went with the rows before.' : ''
  return `The rows have no ${names}, which “${into}” has: null is written there.${gone}`
}
