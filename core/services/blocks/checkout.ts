import { Refused } from '#core/model/failure.ts'
import { blockContext } from './block-context.ts'
import type { BlocksWorld } from './blocks.ts'
import { findBlock, findType, referenceOf } from './find-block.ts'

const patience = 5 * 60_000

/** Fetched when it is not there as it is now. */
export const checkoutOf = async (world: BlocksWorld, text: string): Promise<string> => {
  const block = await findBlock(world, text)
  const type = findType(world, block.type)
  const storage = await type.openStorage?.(blockContext(world, block, AbortSignal.timeout(patience)))
  try {
    if (storage?.checkout !== undefined) return storage.checkout
  } finally {
    await storage?.close()
  }
  throw new Refused({
    code: 'invalid',
    message: `Flows cannot be read out of ${referenceOf(block)}, which is a ${type.title} block. They can out of a GitHub repository.`,
  })
}
