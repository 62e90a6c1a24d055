import type { BlockType } from '#core/kinds/block-type.ts'
import type { SecretFacts } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'

const noFacts: SecretFacts = { shown: {}, expiresAt: null }

export const sayNothing = ({ shown, expiresAt }: SecretFacts): boolean =>
  expiresAt === null && Object.keys(shown).length === 0

/** What may be shown of a value. Refuses, without a word of the value, what is no such secret. */
export const factsOf = (type: BlockType, field: string, value: string): SecretFacts => {
  const read = type.facts?.[field]
  if (!read) return noFacts
  try {
    return read(value)
  } catch (error) {
    if (error instanceof Refused) throw error
    // What a parser says of a text may quote it, so nothing of that goes on, not even as the cause.
    throw new Refused({ code: 'bug', message: `“${field}” of a ${type.type} block could not be read.` })
  }
}
