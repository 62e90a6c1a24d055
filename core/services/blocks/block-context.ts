import type { BlockContext } from '#core/kinds/block-type.ts'
import type { BlocksWorld } from './blocks.ts'
import { findBlock, findType, parsedSettings } from './find-block.ts'
import { readSecretOf } from './read-secret.ts'
import type { StoredBlock } from './stored-block.ts'

/** What a block is opened with in the engine's own process, for tests of it. Throws Refused where its settings do not fit. */
export const blockContext = (world: BlocksWorld, block: StoredBlock, signal: AbortSignal): BlockContext<unknown> => ({
  settings: parsedSettings(findType(world, block.type), block),
  secret: (field) => readSecretOf(world, block, field),
  block: async (reference) => {
    const nested = await findBlock(world, reference)
    const settings = parsedSettings(findType(world, nested.type), nested)
    return { type: nested.type, settings, secret: (field) => readSecretOf(world, nested, field) }
  },
  home: world.home.dir,
  http: world.http,
  signal,
  mask: (value) => void world.masker.add(value),
})
