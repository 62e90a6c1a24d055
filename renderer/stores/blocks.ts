import { create } from 'zustand'
import { obfuscated, type Block } from '#core/model/block.ts'
import type { Engine } from '#renderer/rpc/engine.ts'

/** The blocks of the home, as they were when they were last asked for; null before that. */
export type BlocksState = { readonly blocks: readonly Block[] | null }

export const useBlocks = create<BlocksState>(() => ({ blocks: null }))

export const loadBlocks = async (engine: Engine): Promise<void> => {
  try {
    useBlocks.setState({ blocks: await engine.client.blocks.list() })
  } catch {
    // The engine is away; they are asked for again by whoever needs them next.
  }
}

/** Whether a secret field of a saved block has a value. */
export const isSecretSet = (block: Pick<Block, 'secrets'> | null, field: string): boolean =>
  block?.secrets[field] === obfuscated

const known = new WeakMap<BlocksState, readonly string[]>()

/** What a script may take as a secret: `block:secret/token`, and `#field` where a block has several. */
export const secretReferences = (state: BlocksState): readonly string[] => {
  const found = known.get(state)
  if (found) return found
  const references = (state.blocks ?? []).flatMap(({ reference, secrets }) => {
    const fields = Object.keys(secrets)
    return fields.length === 1 ? [reference] : fields.map((field) => `${reference}#${field}`)
  })
  known.set(state, references)
  return references
}
