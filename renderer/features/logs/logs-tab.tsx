import { ScrollText } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { LogQueryOfScreen } from '#core/model/log-page.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands } from '#renderer/stores/commands.ts'
import { showLinesOf, useLogFilter } from '#renderer/stores/log-filter.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { findText } from './log-find.ts'
import { LogBar } from './log-bar.tsx'
import { beginAtEnd } from './log-place.ts'
import { openLog, useLog } from './log-store.ts'
import { LogView } from './log-view.tsx'
import { WholeLine } from './whole-line.tsx'
import classes from './logs-tab.module.css'

/** What is typed, a moment after the last key. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 120)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The task run whose lines are shown alone. */
const useTaskRun = (): string | undefined => {
  const task = useLogFilter((filter) => filter.task)
  const selected = useSelection((state) => (state.tasks.length === 1 ? state.tasks[0] : undefined))
  if (task.of === 'run') return task.key
  return task.of === 'selected' ? selected : undefined
}

const useQuery = (only: string): LogQueryOfScreen | null => {
  const flowRun = useRun((state) => state.flowRun?.id ?? null)
  const level = useLogFilter((filter) => filter.level)
  const taskRun = useTaskRun()
  return useMemo(
    () =>
      flowRun === null
        ? null
        : {
            flowRun,
            ...(level !== null && { minimumLevel: level }),
            ...(taskRun !== undefined && { taskRun }),
            ...(only !== '' && { search: only }),
          },
    [flowRun, level, taskRun, only],
  )
}

/** What can be done with a task's lines from the canvas. */
export const useLogCommands = (): void =>
  useEffect(
    () =>
      offerCommands([
        {
          id: 'logs.of-task',
          title: 'Show what the task wrote',
          group: 'Run',
          keys: ['L'],
          scope: 'canvas',
          disabled: () => (useSelection.getState().tasks.length === 1 ? null : 'Select one task.'),
          run: () => showLinesOf(useSelection.getState().tasks[0] ?? ''),
        },
      ]),
    [],
  )

/** The key that finds in what has the focus, within the tab. */
const useFindKey = (field: RefObject<HTMLInputElement | null>, isShown: boolean): RefObject<HTMLDivElement | null> => {
  const tab = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = tab
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      field.current?.select()
    }
    current?.addEventListener('keydown', onKeyDown)
    return () => current?.removeEventListener('keydown', onKeyDown)
  }, [field, isShown])
  return tab
}

/** All else of the tab stays as it is while lines come. */
const Lines = () => {
  const total = useLog((state) => state.total)
  return <div className={classes['lines']}>{total !== null && <LogView total={total} />}</div>
}

/** What the run's tasks say, live: followed, filtered, searched. */
export const LogsTab = () => {
  const { engine } = useWorld()
  const [typed, setTyped] = useState('')
  const [only, setOnly] = useState(false)
  const settled = useSettled(typed)
  const query = useQuery(only ? settled : '')
  const name = useRun((state) => state.flowRun?.name ?? 'run')
  const field = useRef<HTMLInputElement>(null)
  const tab = useFindKey(field, query !== null)
  useEffect(() => {
    if (!query) return undefined
    beginAtEnd()
    return openLog(engine, query)
  }, [engine, query])
  useEffect(() => (query ? findText(engine, query, settled) : undefined), [engine, query, settled])
  if (!query)
    return (
      <EmptyState icon={ScrollText} title="No run yet" text="Press Run: what the tasks say is followed here, live." />
    )
  return (
    <div ref={tab} className={classes['tab']}>
      <LogBar field={field} typed={typed} type={setTyped} only={only} setOnly={setOnly} name={name} />
      <Lines />
      <WholeLine />
    </div>
  )
}
