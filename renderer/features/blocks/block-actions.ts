import { failureOfCall } from '#core/api/client.ts'
import type { Block, BlockUses } from '#core/model/block.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { saveText } from '#renderer/rpc/save-text.ts'
import type { World } from '#renderer/rpc/world.tsx'
import { goTo, usePlace } from '#renderer/stores/navigation.ts'
import { useBlocks } from '#renderer/stores/blocks.ts'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { attempt, useBlockList } from './block-list.ts'

/** `zoom-copy`, or with a number where that is taken. */
const freeName = (wanted: string, type: string): string => {
  const names = new Set((useBlocks.getState().blocks ?? []).filter((one) => one.type === type).map(({ name }) => name))
  if (!names.has(wanted)) return wanted
  for (let number = 2; ; number += 1) if (!names.has(`${wanted}-${number}`)) return `${wanted}-${number}`
}

export const duplicateBlock = async (engine: Engine, { reference, name, type }: Block): Promise<void> => {
  await attempt(engine, async () => {
    const copy = await engine.client.blocks.duplicate({ block: reference, name: freeName(`${name}-copy`, type) })
    goTo({ page: 'block', reference: copy.reference })
  })
}

/** Into a file, without secrets; all blocks when none is named. */
export const exportBlocks = async ({ engine, host }: World, references: readonly string[]): Promise<void> => {
  await attempt(engine, async () => {
    const { text } = await engine.client.blocks.export({ blocks: [...references] })
    const [only] = references
    const name = references.length === 1 && only !== undefined ? (only.split('/').at(-1) ?? 'block') : 'blocks'
    await saveText(host, `${name}.yaml`, text)
  })
}

export const isUsed = (uses: BlockUses | undefined): boolean =>
  uses !== undefined && uses.flows.length + uses.blocks.length + uses.runs.length > 0

const leave = (id: string, leaves: boolean): void =>
  useBlockList.setState(({ leaving }) => {
    const next = new Set(leaving)
    if (leaves) next.add(id)
    else next.delete(id)
    return { leaving: next }
  })

/** How long a deletion can be taken back, milliseconds: as long as the button is there. */
const graceTime = 10_000

const deletions = new Set<() => Promise<void>>()

/** Ends what could still be taken back: a name is free again. */
export const finishDeletions = async (): Promise<void> => {
  await Promise.all([...deletions].map((finish) => finish()))
}

window.addEventListener('pagehide', () => void finishDeletions())

/** Gone for the eye at once; with its secrets it goes when nobody has taken that back. */
const deleteLater = (engine: Engine, { id, name, reference }: Block, force: boolean): void => {
  leave(id, true)
  const { place } = usePlace.getState()
  if (place.page === 'block' && place.reference === reference) goTo({ page: 'blocks' })
  const settle = (): void => {
    deletions.delete(finish)
    clearTimeout(timer)
  }
  const finish = async (): Promise<void> => {
    settle()
    await attempt(engine, () => engine.client.blocks.delete({ block: reference, force }))
    leave(id, false)
  }
  const timer = window.setTimeout(() => void finish(), graceTime)
  deletions.add(finish)
  offerUndo(`Deleted ${name}.`, () => {
    settle()
    leave(id, false)
    return Promise.resolve()
  })
}

/** Deletes a block that nothing uses; else its page says what does, and offers to delete it all the same. */
export const deleteBlock = async (engine: Engine, block: Block, force = false): Promise<void> => {
  const { id, reference } = block
  try {
    const uses = await engine.client.blocks.uses({ block: reference })
    const stays = isUsed(uses) && !force
    useBlockList.setState({ stillUsed: stays ? { id, uses } : null })
    if (stays) goTo({ page: 'block', reference })
    else deleteLater(engine, block, force)
  } catch (error) {
    useBlockList.setState({ failure: failureOfCall(error) })
  }
}

export const keepBlock = (): void => useBlockList.setState({ stillUsed: null })
