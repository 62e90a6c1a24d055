import type { SecretName } from '#core/model/secrets.ts'
import type { BlocksWorld } from './blocks.ts'
import { referenceOf } from './find-block.ts'
import { parseBlockRow, secretNames } from './stored-block.ts'

/** `reference` is `block:type/name#field`. */
export type SecretInUse = { readonly name: SecretName; readonly reference: string }

/** Refuses when a block cannot be read, since nobody knows what it has then. */
export const secretsInUse = async (world: BlocksWorld): Promise<readonly SecretInUse[]> => {
  const blocks = (await world.store.list()).map(parseBlockRow)
  return blocks.flatMap((block) =>
    secretNames(world.home.id, block).map((name) => ({ name, reference: `${referenceOf(block)}#${name.field}` })),
  )
}
