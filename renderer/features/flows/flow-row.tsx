import { ActionIcon, Menu, TextInput } from '@mantine/core'
import { ClipboardCopy, Download, EllipsisVertical, Files, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { counted } from '#core/model/counted.ts'
import type { FlowSummary } from '#core/model/flow-library.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addressOf } from '#renderer/stores/navigation.ts'
import { formatAgo, formatMoment } from '#renderer/ui/format.ts'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { Sparkline } from '#renderer/ui/sparkline.tsx'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { exportFlow, type ExportAs } from './export-flow.ts'
import { beginRename, deleteFlow, duplicateFlow, renameFlow, useFlowList } from './flow-list.ts'
import classes from './flows-page.module.css'

const deleteWithUndo = async (engine: Engine, name: string): Promise<void> => {
  const bringBack = await deleteFlow(engine, name)
  if (bringBack) offerUndo(`Deleted ${name}.`, bringBack)
}

const FlowMenu = ({ name }: { name: string }) => {
  const world = useWorld()
  const { engine } = world
  // Not after Rename: the focus is in the field for the new name then.
  const [returnsFocus, setReturnsFocus] = useState(true)
  const rename = () => {
    setReturnsFocus(false)
    beginRename(name)
  }
  const exportAs = (as: ExportAs) => void exportFlow(world, { name, place: { from: 'library', name } }, as)
  const items = [
    { title: 'Rename', icon: Pencil, run: rename },
    { title: 'Duplicate', icon: Files, run: () => void duplicateFlow(engine, name) },
    {
      title: 'Export YAML…',
      icon: Download,
      run: () => exportAs({ withSubflows: false, to: 'file' }),
    },
    {
      title: 'Export with subflows…',
      icon: Download,
      run: () => exportAs({ withSubflows: true, to: 'file' }),
    },
    {
      title: 'Copy YAML',
      icon: ClipboardCopy,
      run: () => exportAs({ withSubflows: false, to: 'clipboard' }),
    },
    { title: 'Delete', icon: Trash2, run: () => void deleteWithUndo(engine, name) },
  ]
  return (
    <Menu position="bottom-end" returnFocus={returnsFocus} onOpen={() => setReturnsFocus(true)}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for ${name}`}>
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

const NewName = ({ name }: { name: string }) => {
  const { engine } = useWorld()
  const [text, setText] = useState(name)
  return (
    <TextInput
      size="xs"
      className={classes['rename'] ?? ''}
      aria-label={`New name of ${name}`}
      autoFocus
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => void renameFlow(engine, name, text.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') beginRename(null)
      }}
    />
  )
}

const LastRun = ({ lastRun, now }: Pick<FlowSummary, 'lastRun'> & { now: number }) => {
  if (!lastRun) return <span className={classes['run']}>Never run</span>
  return (
    <a
      className={classes['run']}
      href={addressOf({ page: 'run', flowRun: lastRun.id })}
      title={formatMoment(lastRun.createdAt)}
    >
      <StateBadge state={lastRun.state.name} /> {formatAgo(lastRun.createdAt, now)}
    </a>
  )
}

export const FlowRow = ({ flow, now }: { flow: FlowSummary; now: number }) => {
  const { name, description, tasks, problems, lastRun, durations } = flow
  // With mistakes in it its tasks may not be known.
  const isUnread = tasks === 0 && problems > 0
  const isRenaming = useFlowList((state) => state.renaming === name)
  return (
    <li className={classes['flow']}>
      {isRenaming ? (
        <NewName name={name} />
      ) : (
        <a className={classes['name']} href={addressOf({ page: 'flow', name })}>
          {name}
        </a>
      )}
      <span className={classes['description']} title={description ?? undefined}>
        {description}
      </span>
      <span className={classes['figure']} data-bad={problems > 0 || undefined}>
        {problems > 0 && (problems === 1 ? '1 problem' : `${problems} problems`)}
      </span>
      <span className={classes['figure']}>{isUnread ? '' : counted(tasks, 'task')}</span>
      <Sparkline values={durations} />
      <LastRun lastRun={lastRun} now={now} />
      <FlowMenu name={name} />
    </li>
  )
}
