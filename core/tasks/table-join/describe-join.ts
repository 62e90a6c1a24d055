import { counted } from '#core/model/counted.ts'
import type { JoinCounts, JoinKind } from '#core/kinds/relations.ts'

type Side = JoinCounts['left']

const number = (value: number): string => value.toLocaleString('en-US')

const sideWords = (side: Side, name: string): string => {
  const unmatched = side.rows - side.matched
  const keyless =
    side.keyless === 0 ? '' : ` (${number(side.keyless)} of them without a value in a key, which never matches)`
  return `${name}: ${counted(side.rows, 'row')}, ${number(side.matched)} matched, ${number(unmatched)} not${keyless}.`
}

const fates: Readonly<Record<JoinKind, string>> = {
  inner: 'Rows that match nothing are left out.',
  left: 'Left rows that match nothing are kept, with nulls.',
  right: 'Right rows that match nothing are kept, with nulls.',
  full: 'Rows that match nothing are kept, with nulls.',
  semi: 'Left rows that match are kept.',
  anti: 'Left rows that match nothing are kept.',
}

export const describeJoin = (counts: JoinCounts, how: JoinKind): { line: string; warning: string | null } => {
  const { left, right, pairs } = counts
  const line = `${sideWords(left, 'Left')} ${sideWords(right, 'Right')} ${fates[how]}`
  const combines = how !== 'semi' && how !== 'anti'
  return { line, warning: combines && pairs > left.matched ? multiplied(left, right, pairs) : null }
}

const multiplied = (left: Side, right: Side, pairs: number): string => {
  const both = pairs > right.matched
  return (
    `The join multiplies rows: ${counted(left.matched, 'left row')} became ${number(pairs)}, since a key stands more than once in the right table` +
    `${both ? ' and in the left one' : ''}. Sums over left columns count such rows several times. ` +
    'If that is not meant, keep one row for each key first (table.aggregate) or join on more columns.'
  )
}
