import { ActionIcon, Checkbox, Menu } from '@mantine/core'
import { Download, EllipsisVertical, Files, FlaskConical, Trash2 } from 'lucide-react'
import type { Block, BlockUses } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addressOf, goTo } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useVault } from '#renderer/stores/vault.ts'
import { formatAgo, formatMoment } from '#renderer/ui/format.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import { deleteBlock, duplicateBlock, exportBlocks } from './block-actions.ts'
import { healthOf } from './block-health.ts'
import { choose, useBlockList } from './block-list.ts'
import { testBlock } from './block-tests.ts'
import { HealthBadge } from './health-badge.tsx'
import classes from './blocks-page.module.css'

const counted = (count: number, word: string): readonly string[] =>
  count === 0 ? [] : [count === 1 ? `1 ${word}` : `${count} ${word}s`]

const wordsOfUses = ({ flows, blocks, runs }: BlockUses): string =>
  [...counted(flows.length, 'flow'), ...counted(blocks.length, 'block'), ...counted(runs.length, 'run')].join(', ')

const namesOfUses = ({ flows, blocks, runs }: BlockUses): string =>
  [
    ...flows.map(({ name }) => name),
    ...blocks.map(({ reference }) => reference),
    ...runs.map(({ name }) => `run ${name}`),
  ].join('\n')

const BlockMenu = ({ block }: { block: Block }) => {
  const world = useWorld()
  const { engine } = world
  const items = [
    {
      title: 'Test connection',
      icon: FlaskConical,
      run: () => {
        goTo({ page: 'block', reference: block.reference })
        void testBlock(engine, block)
      },
    },
    { title: 'Duplicate', icon: Files, run: () => void duplicateBlock(engine, block) },
    { title: 'Export YAML…', icon: Download, run: () => void exportBlocks(world, [block.reference]) },
    { title: 'Delete', icon: Trash2, run: () => void deleteBlock(engine, block) },
  ]
  return (
    <Menu position="bottom-end">
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
  )
}

export const BlockRow = ({ block, now }: { block: Block; now: number }) => {
  const { reference, name, lastUsedAt, lastTest } = block
  const type = useSession((session) => session.blockTypes.get(block.type))
  const check = useVault((state) => state.check)
  const uses = useBlockList((state) => state.uses?.[reference])
  const isChosen = useBlockList((state) => state.chosen.has(reference))
  return (
    <tr data-chosen={isChosen || undefined}>
      <td>
        <Checkbox
          size="xs"
          aria-label={`Choose ${name}`}
          checked={isChosen}
          onChange={(event) => choose([reference], event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a className={classes['name']} href={addressOf({ page: 'block', reference })}>
          <TaskIcon name={type?.icon ?? ''} size={16} />
          {name}
        </a>
      </th>
      <td className={classes['quiet']}>{type?.title ?? block.type}</td>
      <td>
        <HealthBadge health={healthOf(block, { type, check, now })} />
      </td>
      <td className={classes['quiet']} title={lastTest ? formatMoment(lastTest.at) : undefined}>
        {lastTest ? formatAgo(lastTest.at, now) : '–'}
      </td>
      <td className={classes['quiet']} title={uses ? namesOfUses(uses) : undefined}>
        {uses ? wordsOfUses(uses) || '–' : ''}
      </td>
      <td className={classes['quiet']} title={lastUsedAt === null ? undefined : formatMoment(lastUsedAt)}>
        {lastUsedAt === null ? 'never' : formatAgo(lastUsedAt, now)}
      </td>
      <td>
        <BlockMenu block={block} />
      </td>
    </tr>
  )
}
