import { ActionIcon, Button, Menu } from '@mantine/core'
import { Blocks, Download, EllipsisVertical, Files, Pencil, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { Block, BlockTypeSummary, BlockUses } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addressOf } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useVault } from '#renderer/stores/vault.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { JsonTree } from '#renderer/ui/json-tree.tsx'
import { Page } from '#renderer/ui/page.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { AboutType } from './about-type.tsx'
import { deleteBlock, duplicateBlock, exportBlocks, keepBlock } from './block-actions.ts'
import { healthOf } from './block-health.ts'
import { HowToReach, History, UsedBy } from './block-facts.tsx'
import { useBlockList, useShownBlocks } from './block-list.ts'
import { BlockSettings } from './block-settings.tsx'
import { BlockTabs, type LooksOf } from './block-tabs.tsx'
import { BlockTest } from './block-test-section.tsx'
import { UsesList } from './block-uses.tsx'
import { HealthBadge } from './health-badge.tsx'
import { Refusal } from './refusal.tsx'
import { RenameBlock } from './rename-block.tsx'
import { useOpenBlockCommands } from './use-block-commands.ts'
import { useFreshBlocks } from './use-fresh-blocks.ts'
import classes from './block-page.module.css'

const toBlocks = { title: 'Blocks', address: addressOf({ page: 'blocks' }) }

type HeadProps = {
  readonly block: Block
  readonly type: BlockTypeSummary | undefined
  readonly isRenaming: boolean
  rename(): void
}

const Actions = ({ block, type, isRenaming, rename }: HeadProps) => {
  const world = useWorld()
  const { engine } = world
  const check = useVault((state) => state.check)
  const now = useNow(true, 10_000)
  const items = [
    { title: 'Rename…', icon: Pencil, run: rename },
    { title: 'Duplicate', icon: Files, run: () => void duplicateBlock(engine, block) },
    { title: 'Export YAML…', icon: Download, run: () => void exportBlocks(world, [block.reference]) },
    { title: 'Delete', icon: Trash2, run: () => void deleteBlock(engine, block) },
  ]
  return (
    <>
      <span className={classes['type']}>{type?.title ?? block.type}</span>
      <HealthBadge health={healthOf(block, { type, check, now })} />
      <span className={classes['space']} />
      {/* The focus goes to the field for the new name, and comes back here after it. */}
      <Menu position="bottom-end" returnFocus={!isRenaming}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More for ${block.name}`}>
            <EllipsisVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {items.map(({ title, icon: Icon, run }) => (
            <Menu.Item key={title} leftSection={<Icon size={14} />} onClick={run}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

/** What keeps it from being used; how its test failed stands beside the test. */
const Trouble = ({ block, type }: { block: Block; type: BlockTypeSummary | undefined }) => {
  const check = useVault((state) => state.check)
  const now = useNow(true, 10_000)
  const { state, words, detail } = healthOf({ ...block, lastTest: null }, { type, check, now })
  if (state !== 'bad') return null
  return (
    <p className={classes['trouble']} role="status">
      <strong>{words}.</strong> {detail}
    </p>
  )
}

/** It is not deleted while something names it, unless somebody wants that all the same. */
const StillUsed = ({ block }: { block: Block }) => {
  const { engine } = useWorld()
  const stillUsed = useBlockList((state) => state.stillUsed)
  useEffect(() => keepBlock, [])
  if (stillUsed?.id !== block.id) return null
  return (
    <section className={classes['strip']} aria-label="Not deleted" role="alert">
      <p>
        <strong>{block.name} was not deleted, since it is used.</strong> What names it would fail. Choose another block
        there first, or delete it all the same.
      </p>
      <UsesList uses={stillUsed.uses} />
      <div className={classes['buttons']}>
        <Button size="xs" onClick={keepBlock}>
          Keep it
        </Button>
        <Button size="xs" variant="default" onClick={() => void deleteBlock(engine, block, true)}>
          Delete it all the same
        </Button>
      </div>
    </section>
  )
}

/** Of a type that this version does not know: what is stored, to be read. */
const UnknownType = ({ block }: { block: Block }) => (
  <section className={classes['section']} aria-label="Settings">
    <h2>Settings</h2>
    <p>{block.problem ?? `There is no block type “${block.type}” here.`}</p>
    <JsonTree value={block.settings} />
  </section>
)

const Columns = ({ block, type, uses }: { block: Block; type: BlockTypeSummary; uses: BlockUses | undefined }) => (
  <div className={classes['columns']}>
    <div className={classes['column']}>
      <BlockSettings block={block} type={type} />
      <AboutType type={type} />
    </div>
    <div className={classes['column']}>
      <BlockTest block={block} type={type} />
      <UsedBy uses={uses} />
      <HowToReach block={block} type={type} />
      <History block={block} />
    </div>
  </div>
)

const OpenBlock = ({ block, looksOf }: { block: Block; looksOf: LooksOf }) => {
  const type = useSession((session) => session.blockTypes.get(block.type))
  const uses = useBlockList((state) => state.uses?.[block.reference])
  const [isRenaming, setRenaming] = useState(false)
  const rename = useCallback(() => setRenaming(true), [])
  useOpenBlockCommands(block, rename)
  return (
    <Page
      title={block.name}
      back={toBlocks}
      actions={<Actions block={block} type={type} isRenaming={isRenaming} rename={rename} />}
    >
      <Refusal />
      <Trouble block={block} type={type} />
      {isRenaming && <RenameBlock block={block} uses={uses} close={() => setRenaming(false)} />}
      <StillUsed block={block} />
      {type ? (
        <BlockTabs looks={looksOf(block, type)}>
          <Columns block={block} type={type} uses={uses} />
        </BlockTabs>
      ) : (
        <UnknownType block={block} />
      )}
    </Page>
  )
}

/** One block: its settings, whether it works, what uses it, how it is reached. */
export const BlockPage = ({ reference, looksOf }: { reference: string; looksOf: LooksOf }) => {
  const blocks = useShownBlocks()
  useFreshBlocks()
  if (blocks === null) return null
  const block = blocks.find((one) => one.reference === reference)
  if (block) return <OpenBlock key={block.id} block={block} looksOf={looksOf} />
  return (
    <Page title={reference.replace('block:', '')} back={toBlocks}>
      <EmptyState
        icon={Blocks}
        title="No such block"
        text={`${reference} is not here. It may have been renamed or deleted.`}
      >
        <Button size="xs" component="a" href={toBlocks.address}>
          Show all blocks
        </Button>
      </EmptyState>
    </Page>
  )
}
