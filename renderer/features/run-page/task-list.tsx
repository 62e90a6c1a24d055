import { useMemo } from 'react'
import { durationOf, type TaskRun } from '#core/model/flow-run.ts'
import { handlesIn, type Handle } from '#core/model/handle.ts'
import { useRunDocument } from '#renderer/stores/run-document.ts'
import { lookAtTaskRun, useLookedAt } from '#renderer/stores/looking.ts'
import { showTab } from '#renderer/stores/panels.ts'
import { stateInWords } from '#renderer/stores/run-words.ts'
import { isHeld, useRun, useRunsToCome } from '#renderer/stores/run.ts'
import { formatBytes, formatCount, formatDuration } from '#renderer/ui/format.ts'
import { useGridScroll } from '#renderer/ui/grid-scroll.ts'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { TaskAction } from './task-actions.tsx'
import classes from './task-list.module.css'

const handleInWords = (handle: Handle): string => {
  switch (handle.kind) {
    case 'table':
      return handle.rows === null ? 'a table' : `${formatCount(handle.rows)} rows`
    case 'file':
      return `${handle.name} (${formatBytes(handle.bytes)})`
    case 'value':
      return ''
    default:
      return handle satisfies never
  }
}

const outputsInWords = ({ outputs }: TaskRun): string =>
  Object.values(outputs)
    .flatMap((output) => handlesIn(output).slice(0, 3).map(handleInWords))
    .filter((words) => words !== '')
    .slice(0, 3)
    .join(', ')

const open = ({ task, item }: TaskRun): void => {
  lookAtTaskRun(task, item)
  showTab('data')
}

const Row = ({ run, top, selected }: { run: TaskRun; top: number; selected: boolean }) => {
  const held = useRun((state) => isHeld(state, run))
  const time = durationOf(run)
  const why = run.state.message === null && run.cache === null ? '' : stateInWords(run, null)
  return (
    <li className={classes['place']} style={{ transform: `translateY(${top}px)` }}>
      <button type="button" className={classes['row']} aria-pressed={selected} onClick={() => open(run)}>
        <span className={classes['name']} data-item={run.item !== null || undefined}>
          {run.item === null ? run.task : `${run.task} ${run.item}`}
        </span>
        <span className={classes['state']}>
          <StateBadge state={run.state.name} held={held} />
        </span>
        <span className={classes['number']}>{time > 0 ? formatDuration(time) : ''}</span>
        <span className={classes['number']}>{run.runCount > 1 ? `${run.runCount} tries` : ''}</span>
        <span className={classes['words']} title={why || undefined}>
          {outputsInWords(run) || why}
        </span>
      </button>
      <span className={classes['action']}>
        <TaskAction run={run} held={held} />
      </span>
    </li>
  )
}

const noRange = () => undefined

/** Every task run with its state, time, and what it gave; one press opens that. While the run goes on, also what is to come. */
export const TaskList = () => {
  const taskRuns = useRun((state) => state.taskRuns)
  const document = useRunDocument()?.document
  const tasks = useMemo(() => document?.tasks.map(({ id }) => id) ?? null, [document])
  const toCome = useRunsToCome(tasks)
  const { task, item } = useLookedAt()
  const runs = useMemo(() => {
    const places = new Map(tasks?.map((id, place) => [id, place]))
    const placeOf = (run: TaskRun) => places.get(run.task) ?? places.size
    return [...taskRuns.values(), ...toCome].toSorted(
      (a, b) => placeOf(a) - placeOf(b) || (a.item ?? -1) - (b.item ?? -1),
    )
  }, [taskRuns, toCome, tasks])
  const { box, from, to, drawn, place, onScroll } = useGridScroll(runs.length, noRange)
  return (
    <div ref={box} className={classes['box']} onScroll={onScroll}>
      <ul className={classes['list']} style={{ height: drawn }} aria-label="Task runs">
        {runs.slice(from, to).map((run, index) => (
          <Row key={run.key} run={run} top={place(from + index)} selected={run.task === task && run.item === item} />
        ))}
      </ul>
    </div>
  )
}
