import { formatBlockReference, parseBlockReference } from '#core/model/block-reference.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockContext } from './block-type.ts'

/** The secret that a setting of a block names: `block:secret/x`, or `block:type/name#field`. */
export const secretOf =
  ({ block }: Pick<BlockContext<unknown>, 'block'>) =>
  async (text: string): Promise<string> => {
    const reference = parseBlockReference(text)
    const field = reference?.field ?? (reference?.type === 'secret' ? 'value' : null)
    if (!reference || field === null) {
      const message = `“${text}” does not say which secret is meant. Write block:secret/name, or block:type/name#field.`
      throw new Refused({ code: 'invalid', message })
    }
    return (await block(formatBlockReference(reference))).secret(field)
  }
