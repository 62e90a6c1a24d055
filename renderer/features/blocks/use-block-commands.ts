import { useEffect, useRef } from 'react'
import type { Block } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands } from '#renderer/stores/commands.ts'
import { goTo, usePlace } from '#renderer/stores/navigation.ts'
import { copyText } from '#renderer/ui/copy-text.ts'
import { deleteBlock, duplicateBlock, exportBlocks } from './block-actions.ts'
import { importFile } from './block-import.ts'
import { testBlock } from './block-tests.ts'

/** The field that looks for a block in the list. */
export const searchId = 'search-blocks'

/** What can be done with blocks from anywhere. */
export const useBlockCommands = (): void => {
  const world = useWorld()
  useEffect(
    () =>
      offerCommands([
        { id: 'go.blocks', title: 'Blocks', group: 'Go', run: () => goTo({ page: 'blocks' }) },
        {
          id: 'block.new',
          title: 'Add a block…',
          group: 'Block',
          keys: ['Mod+Shift+B'],
          run: () => goTo({ page: 'new-block', type: null }),
        },
        {
          id: 'block.import',
          title: 'Import blocks…',
          group: 'Block',
          run: () => {
            goTo({ page: 'blocks' })
            return importFile(world.engine, world.host)
          },
        },
        { id: 'block.export-all', title: 'Export all blocks…', group: 'Block', run: () => exportBlocks(world, []) },
        {
          id: 'block.find',
          title: 'Search blocks',
          group: 'Block',
          keys: ['Mod+F'],
          disabled: () => (usePlace.getState().place.page === 'blocks' ? null : 'The list of blocks is not open.'),
          run: () => document.getElementById(searchId)?.focus(),
        },
      ]),
    [world],
  )
}

/** What can be done with the block that is open. */
export const useOpenBlockCommands = (block: Block, rename: () => void): void => {
  const world = useWorld()
  useEffect(() => {
    const { engine } = world
    return offerCommands([
      {
        id: 'block.test',
        title: 'Test the connection',
        group: 'Block',
        keys: ['Mod+Enter'],
        run: () => testBlock(engine, block),
      },
      { id: 'block.rename', title: 'Rename the block…', group: 'Block', keys: ['F2'], run: rename },
      {
        id: 'block.duplicate',
        title: 'Duplicate the block',
        group: 'Block',
        keys: ['Mod+D'],
        run: () => duplicateBlock(engine, block),
      },
      {
        id: 'block.copy',
        title: 'Copy the reference of the block',
        group: 'Block',
        run: () => void copyText(block.reference, `Copied ${block.reference}.`),
      },
      {
        id: 'block.export',
        title: 'Export the block…',
        group: 'Block',
        run: () => exportBlocks(world, [block.reference]),
      },
      {
        id: 'block.delete',
        title: 'Delete the block',
        group: 'Block',
        run: () => deleteBlock(engine, block),
      },
    ])
  }, [block, rename, world])
}

export const useSaveCommand = (save: () => void): void => {
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  useEffect(
    () =>
      offerCommands([
        { id: 'block.save', title: 'Save the block', group: 'Block', keys: ['Mod+S'], run: () => latest.current() },
      ]),
    [],
  )
}
