import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { SortKey } from './relations.ts'

/** Names of columns ignore case, as in SQL. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** The name as the table spells it; one that is spelt the very same comes first. */
const spelt = (names: readonly string[], name: string): string | undefined =>
  names.find((one) => one === name) ?? names.find((one) => sameName(one, name))

/** `what` begins the refusal: `“x” in order is no column of the table coming in.` */
export const columnNamed = (columns: readonly Column[], name: string, what: string): Column => {
  const names = columns.map((column) => column.name)
  const column = columns.find((candidate) => candidate.name === spelt(names, name))
  if (column) return column
  throw new Refused({ code: 'invalid', message: `${what} ${didYouMean(name, names)}` })
}

/** `trips desc`, or a name alone. */
export const sortKey = (names: readonly string[], text: string): SortKey => {
  const whole = spelt(names, text)
  if (whole !== undefined) return { column: whole, descending: false }
  const [, name = text, direction = 'asc'] = /^(.*\S)\s+(asc|desc)$/i.exec(text.trim()) ?? []
  const column = spelt(names, name)
  if (column !== undefined) return { column, descending: direction.toLowerCase() === 'desc' }
  throw new Refused({
    code: 'invalid',
    message: `“${name}” in order is no column that there is. ${didYouMean(name, names)}`,
  })
}
