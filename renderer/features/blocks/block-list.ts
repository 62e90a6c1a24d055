import { useMemo } from 'react'
import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Block, BlockTypeSummary, BlockUses } from '#core/model/block.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { loadBlocks, useBlocks } from '#renderer/stores/blocks.ts'

export type BlockFilter = {
  readonly text: string
  /** Of this type; empty: of all. */
  readonly type: string
  readonly health: 'all' | 'bad' | 'unknown'
}

export type BlockListState = {
  readonly filter: BlockFilter
  /** By reference; null until they are read. */
  readonly uses: Readonly<Record<string, BlockUses>> | null
  /** References that are chosen, for export. */
  readonly chosen: ReadonlySet<string>
  /** Deleted for the eye; they go when nobody takes it back. */
  readonly leaving: ReadonlySet<string>
  /** A block that was to be deleted and is used. */
  readonly stillUsed: { readonly id: string; readonly uses: BlockUses } | null
  readonly failure: Failure | null
}

export const everything: BlockFilter = { text: '', type: '', health: 'all' }

export const useBlockList = create<BlockListState>(() => ({
  filter: everything,
  uses: null,
  chosen: new Set(),
  leaving: new Set(),
  stillUsed: null,
  failure: null,
}))

export const setFilter = (change: Partial<BlockFilter>): void =>
  useBlockList.setState(({ filter }) => ({ filter: { ...filter, ...change } }))

export const dismissFailure = (): void => useBlockList.setState({ failure: null })

/** Reads the list, and what uses each block. */
export const readBlockList = async (engine: Engine): Promise<void> => {
  await loadBlocks(engine)
  try {
    useBlockList.setState({ uses: await engine.client.blocks.allUses() })
  } catch {
    // The list stands without it; it is asked for again with the next reading.
  }
}

/** Does something with blocks, then reads the list again. False when it was refused; the page says why. */
export const attempt = async (engine: Engine, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work()
    useBlockList.setState({ failure: null })
    return true
  } catch (error) {
    useBlockList.setState({ failure: failureOfCall(error) })
    return false
  } finally {
    await readBlockList(engine)
  }
}

export const choose = (references: readonly string[], chosen: boolean): void =>
  useBlockList.setState((state) => {
    const next = new Set(state.chosen)
    for (const reference of references) {
      if (chosen) next.add(reference)
      else next.delete(reference)
    }
    return { chosen: next }
  })

export const clearChosen = (): void => useBlockList.setState({ chosen: new Set() })

type Types = ReadonlyMap<string, BlockTypeSummary>

/** Whether each word stands in what is seen of a block. */
export const fitsText = ({ name, type, settings }: Block, types: Types, text: string): boolean => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const seen = `${name} ${type} ${types.get(type)?.title ?? ''} ${JSON.stringify(settings)}`.toLowerCase()
  return words.every((word) => seen.includes(word))
}

/** Those that are there for a person, by name: what is about to go is gone. */
export const useShownBlocks = (): readonly Block[] | null => {
  const blocks = useBlocks((state) => state.blocks)
  const leaving = useBlockList((state) => state.leaving)
  return useMemo(
    () => blocks?.filter(({ id }) => !leaving.has(id)).toSorted((a, b) => a.name.localeCompare(b.name)) ?? null,
    [blocks, leaving],
  )
}
