import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'

/** Keys by the names that the columns have. */
export const keyColumns = (columns: readonly Column[], keys: readonly string[]): readonly string[] => {
  const names = columns.map(({ name }) => name)
  const found = keys.map((key) => {
    const name = names.find((one) => one === key) ?? names.find((one) => one.toLowerCase() === key.toLowerCase())
    if (name !== undefined) return name
    const message = `The rows have no column “${key}” to merge by. ${didYouMean(key, names)}`
    throw new Refused({ code: 'invalid', message })
  })
  return [...new Set(found)]
}
