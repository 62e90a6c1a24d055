import type { BlockType } from '#core/kinds/block-type.ts'
import type { Settings } from './stored-block.ts'

/** The secret fields without which a block with these settings, parsed by its type, cannot be used. */
export const neededSecrets = (type: BlockType, settings: Settings): readonly string[] => {
  const always = Object.entries(type.secrets).filter(([, { optional }]) => !optional)
  return [...new Set([...always.map(([field]) => field), ...type.needs(settings)])]
}
