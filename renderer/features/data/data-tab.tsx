import { NativeSelect } from '@mantine/core'
import { Braces, FileText, Info, MousePointerClick, NotebookText, Play, Table2, type LucideIcon } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { Output } from '#core/model/handle.ts'
import { taskRunKey } from '#core/model/task-run-key.ts'
import { lookAtOutput, lookAtTaskRun, useLookedAt } from '#renderer/stores/looking.ts'
import { useRun, useTaskRun } from '#renderer/stores/run.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { formatBytes, formatCount } from '#renderer/ui/format.ts'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { ArtifactList, useArtifacts } from './artifacts.tsx'
import { OutputView } from './output-view.tsx'
import { TaskDetails } from './task-details.tsx'
import classes from './data-tab.module.css'

const icons: Readonly<Record<Output['kind'], LucideIcon>> = {
  table: Table2,
  file: FileText,
  value: Braces,
  list: FileText,
}

const sizeOf = (output: Output): string => {
  switch (output.kind) {
    case 'table':
      return output.rows === null ? '' : formatCount(output.rows)
    case 'file':
      return formatBytes(output.bytes)
    case 'list':
      return formatCount(output.handles.length)
    case 'value':
      return ''
    default:
      return output satisfies never
  }
}

/** Views of a task run that are none of its outputs. */
const details = '$details'
const artifacts = '$artifacts'

type EntryProps = {
  readonly icon: LucideIcon
  readonly title: string
  readonly aside: string
  readonly current: boolean
  choose(): void
}

const Entry = ({ icon: Icon, title, aside, current, choose }: EntryProps) => (
  <button type="button" className={classes['entry']} aria-pressed={current} onClick={choose}>
    <Icon size={14} aria-hidden />
    <span className={classes['title']}>{title}</span>
    <span className={classes['aside']}>{aside}</span>
  </button>
)

const mostListed = 500

const ItemChoice = ({ task, items, item }: { task: string; items: number; item: number | null }) => (
  <NativeSelect
    size="xs"
    aria-label="Item"
    data={[
      { value: '', label: `All ${formatCount(items)} items` },
      ...Array.from({ length: Math.min(items, mostListed) }, (_, index) => ({
        value: String(index),
        label: `Item ${index}`,
      })),
    ]}
    value={item === null ? '' : String(item)}
    onChange={({ currentTarget: { value } }) => lookAtTaskRun(task, value === '' ? null : Number(value))}
  />
)

/** Few enough tasks to choose one from a list. */
const mostTasks = 300

const TaskChoice = ({ task }: { task: string | null }) => {
  const taskRuns = useRun((state) => state.taskRuns)
  const tasks = useMemo(() => [...new Set([...taskRuns.values()].map((run) => run.task))], [taskRuns])
  if (tasks.length > mostTasks) return task === null ? null : <span className={classes['title']}>{task}</span>
  return (
    <NativeSelect
      size="xs"
      aria-label="Task"
      className={classes['choice'] ?? ''}
      data={[...(task === null ? [{ value: '', label: 'Choose a task' }] : []), ...tasks]}
      value={task ?? ''}
      onChange={({ currentTarget: { value } }) => value !== '' && lookAtTaskRun(value, null)}
    />
  )
}

const TaskData = ({ run, items }: { run: TaskRun; items: number | null }) => {
  const { output } = useLookedAt()
  const found = useArtifacts(run)
  const [view, setView] = useState<string | null>(null)
  const outputs = Object.entries(run.outputs)
  const asked = view ?? output
  const known = asked === details || asked === artifacts || (asked !== null && run.outputs[asked] !== undefined)
  const shown = known ? asked : (outputs[0]?.[0] ?? details)
  const choose = (next: string) => {
    if (next !== details && next !== artifacts) lookAtOutput(next)
    setView(next === details || next === artifacts ? next : null)
  }
  const current = shown === null ? undefined : run.outputs[shown]
  return (
    <div className={classes['tab']}>
      <nav className={classes['rail']} aria-label={`What ${run.task} gave`}>
        <header className={classes['task']}>
          <TaskChoice task={run.task} />
          <StateBadge state={run.state.name} />
        </header>
        {items !== null && <ItemChoice task={run.task} items={items} item={run.item} />}
        {outputs.map(([name, one]) => (
          <Entry
            key={name}
            icon={icons[one.kind]}
            title={name}
            aside={sizeOf(one)}
            current={shown === name}
            choose={() => choose(name)}
          />
        ))}
        {found.length > 0 && (
          <Entry
            icon={NotebookText}
            title="Artifacts"
            aside={String(found.length)}
            current={shown === artifacts}
            choose={() => choose(artifacts)}
          />
        )}
        <Entry icon={Info} title="Details" aside="" current={shown === details} choose={() => choose(details)} />
      </nav>
      <div className={classes['main']}>
        {shown === details && <TaskDetails run={run} />}
        {shown === artifacts && <ArtifactList artifacts={found} />}
        {current && shown !== null && <OutputView run={run} name={shown} output={current} />}
      </div>
    </div>
  )
}

/** What the selected task gave in the run that is shown, and how it came about. */
export const DataTab = () => {
  const { task, item } = useLookedAt()
  const ran = useRun((state) => state.flowRun !== null)
  const whole = useRun((state) => (task === null ? undefined : state.taskRuns.get(task)))
  const known = useRun((state) => (task === null ? undefined : state.taskRuns.get(taskRunKey(task, item))))
  const awaited = useTaskRun(task ?? '')
  const run = known ?? (item === null ? awaited : undefined)
  if (!ran)
    return (
      <EmptyState
        icon={Play}
        title="Nothing has run yet"
        text="Rows, files and values of each task are shown here once the flow has run."
      />
    )
  if (task === null)
    return (
      <EmptyState
        icon={MousePointerClick}
        title="Select a task"
        text="Choose a task, or the number on a wire, to see what it gave."
      >
        <TaskChoice task={null} />
      </EmptyState>
    )
  if (!run)
    return (
      <EmptyState icon={Play} title={`${task} has not run`} text="It was not part of the run that is shown. Run it." />
    )
  return <TaskData key={run.key} run={run} items={whole?.items ?? null} />
}
