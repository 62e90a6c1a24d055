import { ActionIcon, Menu, Select, TextInput, Tooltip } from '@mantine/core'
import {
  ArrowDownToLine, ChevronDown, ChevronUp, ClipboardCopy, Copy, Download, EllipsisVertical, Filter, Search, WrapText,
  type LucideIcon,
} from 'lucide-react' // prettier-ignore
import { useMemo, type KeyboardEvent, type RefObject } from 'react'
import { logLevels, type LogLevel } from '#core/model/log-line.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { setLogFilter, useLogFilter } from '#renderer/stores/log-filter.ts'
import { useRun } from '#renderer/stores/run.ts'
import { formatCount } from '#renderer/ui/format.ts'
import { copyAll, copyChosen, download } from './copy-log.ts'
import { stepMatch, useFind } from './log-find.ts'
import { followEnd, showWhole, useLogPlace } from './log-place.ts'
import { useLog } from './log-store.ts'
import classes from './logs-tab.module.css'

const levels = [
  { value: 'all', label: 'All levels' },
  ...Object.keys(logLevels)
    .filter((level) => level !== 'debug')
    .map((level) => ({ value: level, label: level === 'critical' ? level : `${level} and up` })),
]

const mostTasks = 500

const TaskFilter = () => {
  const task = useLogFilter((filter) => filter.task)
  const taskRuns = useRun((state) => state.taskRuns)
  const data = useMemo(
    () => [
      { value: '', label: 'All tasks' },
      { value: '$selected', label: 'Selected task' },
      ...[...taskRuns.keys()].slice(0, mostTasks).map((key) => ({ value: key, label: key })),
    ],
    [taskRuns],
  )
  const value = task.of === 'all' ? '' : task.of === 'selected' ? '$selected' : task.key
  return (
    <Select
      size="xs"
      className={classes['tasks'] ?? ''}
      aria-label="Task"
      data={data.some((one) => one.value === value) ? data : [...data, { value, label: value }]}
      value={value}
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      onChange={(next) =>
        setLogFilter({
          task: next === '$selected' ? { of: 'selected' } : next ? { of: 'run', key: next } : { of: 'all' },
        })
      }
    />
  )
}

const LevelFilter = () => {
  const level = useLogFilter((filter) => filter.level)
  return (
    <Select
      size="xs"
      className={classes['levels'] ?? ''}
      aria-label="Level"
      data={levels}
      value={level ?? 'all'}
      allowDeselect={false}
      onChange={(next) => setLogFilter({ level: next === 'all' || next === null ? null : (next as LogLevel) })}
    />
  )
}

const Matches = () => {
  const { engine } = useWorld()
  const { text, count, done, at } = useFind()
  if (text === '') return null
  const said =
    count === 0
      ? done === 1
        ? 'No match'
        : 'Searching …'
      : `${at === null ? '…' : formatCount(at + 1)} of ${formatCount(count)}`
  return (
    <>
      <span className={classes['matches']} role="status">
        {said}
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Match before"
        disabled={count === 0}
        onClick={() => stepMatch(engine, -1)}
      >
        <ChevronUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Next match"
        disabled={count === 0}
        onClick={() => stepMatch(engine, 1)}
      >
        <ChevronDown size={16} />
      </ActionIcon>
    </>
  )
}

const More = ({ name }: { name: string }) => {
  const { engine, host } = useWorld()
  const hasLine = useLogPlace((place) => place.current !== null)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Copy or download">
          <EllipsisVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Copy size={14} />} disabled={!hasLine} onClick={() => void copyChosen(engine)}>
          Copy chosen lines
        </Menu.Item>
        <Menu.Item leftSection={<ClipboardCopy size={14} />} onClick={() => void copyAll(engine)}>
          Copy all
        </Menu.Item>
        <Menu.Item leftSection={<Download size={14} />} onClick={() => void download(engine, host, name)}>
          Download…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

type Props = {
  readonly field: RefObject<HTMLInputElement | null>
  readonly typed: string
  readonly type: (text: string) => void
  readonly only: boolean
  readonly setOnly: (only: boolean) => void
  readonly name: string
}

const Toggle = (props: { title: string; icon: LucideIcon; pressed: boolean; press: () => void }) => {
  const { title, icon: Icon, pressed, press } = props
  return (
    <Tooltip label={title}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'accent' : 'gray'}
        aria-label={title}
        aria-pressed={pressed}
        onClick={press}
      >
        <Icon size={14} />
      </ActionIcon>
    </Tooltip>
  )
}

const SearchField = ({ field, typed, type }: Pick<Props, 'field' | 'typed' | 'type'>) => {
  const { engine } = useWorld()
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') stepMatch(engine, event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape') type('')
    else return
    event.preventDefault()
  }
  return (
    <TextInput
      ref={field}
      size="xs"
      className={classes['search'] ?? ''}
      placeholder="Search the whole log"
      aria-label="Search the log"
      leftSection={<Search size={14} />}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  )
}

const Count = () => {
  const total = useLog((state) => state.total)
  const failure = useLog((state) => state.failure)
  const count = total === null ? '' : `${formatCount(total)} ${total === 1 ? 'line' : 'lines'}`
  return <span className={classes['count']}>{failure?.message ?? count}</span>
}

const FollowEnd = () => {
  const following = useLogPlace((place) => place.following)
  return (
    <Tooltip label="Follow the end (End)">
      <ActionIcon
        variant="light"
        aria-label="Follow the end"
        style={{ visibility: following ? 'hidden' : 'visible' }}
        onClick={followEnd}
      >
        <ArrowDownToLine size={14} />
      </ActionIcon>
    </Tooltip>
  )
}

/** What of the log is shown, and what is looked for in it. */
export const LogBar = ({ only, setOnly, name, ...search }: Props) => {
  const whole = useLogPlace((place) => place.whole)
  return (
    <div className={classes['bar']}>
      <SearchField {...search} />
      <Matches />
      <Toggle title="Only lines that match" icon={Filter} pressed={only} press={() => setOnly(!only)} />
      <LevelFilter />
      <TaskFilter />
      <Count />
      <FollowEnd />
      <Toggle title="The chosen line in full (Enter)" icon={WrapText} pressed={whole} press={() => showWhole(!whole)} />
      <More name={name} />
    </div>
  )
}
