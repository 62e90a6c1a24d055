import { Button, NativeSelect, TextInput } from '@mantine/core'
import { Blocks, Download, PackageOpen, Plus, Search } from 'lucide-react'
import { useEffect } from 'react'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import { SecretsNote } from '#renderer/forms/secrets-note.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useBrought } from '#renderer/stores/brought.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useVault } from '#renderer/stores/vault.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { Page } from '#renderer/ui/page.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { exportBlocks } from './block-actions.ts'
import { healthOf } from './block-health.ts'
import { importBlocks, importFile } from './block-import.ts'
import { everything, fitsText, setFilter, useBlockList, useShownBlocks, type BlockFilter } from './block-list.ts'
import { BlockTable } from './block-table.tsx'
import { ImportList } from './import-list.tsx'
import { Refusal } from './refusal.tsx'
import { TypeCatalogue } from './type-catalogue.tsx'
import { searchId } from './use-block-commands.ts'
import { useFreshBlocks } from './use-fresh-blocks.ts'
import classes from './blocks-page.module.css'

const Filters = () => {
  const { text, type, health } = useBlockList((state) => state.filter)
  const types = useSession((session) => session.blockTypes)
  const there = new Set(useShownBlocks()?.map((block) => block.type))
  const known = [...types.values()].filter((one) => there.has(one.type))
  return (
    <>
      <TextInput
        id={searchId}
        size="xs"
        placeholder="Search blocks"
        aria-label="Search blocks"
        leftSection={<Search size={14} />}
        value={text}
        onChange={(event) => setFilter({ text: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        w={140}
        aria-label="Type"
        value={type}
        data={[{ value: '', label: 'All types' }, ...known.map((one) => ({ value: one.type, label: one.title }))]}
        onChange={(event) => setFilter({ type: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        w={140}
        aria-label="Health"
        value={health}
        data={[
          { value: 'all', label: 'Any health' },
          { value: 'bad', label: 'With a problem' },
          { value: 'unknown', label: 'Not tested' },
        ]}
        onChange={(event) => setFilter({ health: event.currentTarget.value as BlockFilter['health'] })}
      />
    </>
  )
}

const Actions = () => {
  const world = useWorld()
  return (
    <>
      <Filters />
      <Button
        size="xs"
        variant="default"
        leftSection={<PackageOpen size={14} />}
        onClick={() => void importFile(world.engine, world.host)}
      >
        Import…
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<Download size={14} />}
        onClick={() => void exportBlocks(world, [])}
      >
        Export all…
      </Button>
      <Button
        size="xs"
        component="a"
        href={addressOf({ page: 'new-block', type: null })}
        leftSection={<Plus size={14} />}
      >
        Add block
      </Button>
    </>
  )
}

const useFitting = (blocks: readonly Block[]): readonly Block[] => {
  const { text, type, health } = useBlockList((state) => state.filter)
  const types = useSession((session) => session.blockTypes)
  const check = useVault((state) => state.check)
  const now = useNow(true, 60_000)
  const fitsHealth = (block: Block, of: BlockTypeSummary | undefined): boolean => {
    if (health === 'all') return true
    const { state } = healthOf(block, { type: of, check, now })
    return health === 'bad' ? state === 'bad' || state === 'warning' : state === 'unknown'
  }
  return blocks.filter(
    (block) =>
      (type === '' || block.type === type) && fitsText(block, types, text) && fitsHealth(block, types.get(block.type)),
  )
}

/** Few enough that the types there are deserve the room. */
const few = 3

const Listed = ({ blocks }: { blocks: readonly Block[] }) => {
  const fitting = useFitting(blocks)
  if (blocks.length === 0)
    return (
      <div className={classes['first']}>
        <EmptyState
          icon={Blocks}
          title="No blocks yet"
          text="A block is a saved connection: a bucket, a database, a key. Flows name it, so that moving to another place is choosing another block. Begin with one of these."
        />
      </div>
    )
  if (fitting.length === 0)
    return (
      <div className={classes['first']}>
        <EmptyState icon={Blocks} title="No block fits" text="No block has all that is asked for above.">
          <Button size="xs" variant="default" onClick={() => setFilter(everything)}>
            Show all blocks
          </Button>
        </EmptyState>
      </div>
    )
  return <BlockTable blocks={fitting} />
}

/** Whether secrets matter here and cannot be had. */
const useSecretsTrouble = (blocks: readonly Block[] | null): boolean => {
  const isReady = useVault(({ report }) => report === null || report.state === 'ready')
  return !isReady && (blocks ?? []).some(({ secrets }) => Object.values(secrets).some((secret) => secret !== null))
}

/** Saved connections: found, looked after, added, brought from elsewhere. */
export const BlocksPage = () => {
  const { engine } = useWorld()
  const connected = useSession((session) => session.engine.state === 'connected')
  const brought = useBrought((state) => state.blocks)
  const blocks = useShownBlocks()
  const isTrouble = useSecretsTrouble(blocks)
  useFreshBlocks()
  useEffect(() => {
    const file = useBrought.getState().blocks
    if (connected && file) void importBlocks(engine, file)
  }, [brought, connected, engine])
  if (blocks === null) return null
  return (
    <Page title="Blocks" actions={<Actions />}>
      <Refusal />
      {isTrouble && (
        <div className={classes['note']}>
          <SecretsNote />
        </div>
      )}
      <ImportList />
      <Listed blocks={blocks} />
      {blocks.length <= few && (
        <>
          <h2 className={classes['more']}>Add a block</h2>
          <TypeCatalogue />
        </>
      )}
    </Page>
  )
}
