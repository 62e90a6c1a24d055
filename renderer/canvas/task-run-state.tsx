import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { durationOf, type Progress, type TaskRun } from '#core/model/flow-run.ts'
import { stateType } from '#core/model/state.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { stateInWords } from '#renderer/stores/run-words.ts'
import { isHeld, useRun, useTaskRun } from '#renderer/stores/run.ts'
import { useIsStale } from '#renderer/stores/running.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { formatBytes, formatCount, formatDuration, formatSeconds } from '#renderer/ui/format.ts'
import { StateIcon } from '#renderer/ui/state-badge.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import classes from './task-run-state.module.css'

const isRunning = ({ state }: TaskRun): boolean => stateType(state) === 'RUNNING'

/** How long it has run so far, the tries before included. */
const elapsed = (run: TaskRun, now: number): number => {
  if (!isRunning(run)) return durationOf(run)
  const since = run.items === null ? run.state.at : (run.startedAt ?? run.state.at)
  return run.runTime + Math.max(0, now - since)
}

const Elapsed = ({ run }: { run: TaskRun }) => {
  // Nobody knows how an engine that is away gets on.
  const now = useNow(useIsConnected() && isRunning(run))
  const time = elapsed(run, now)
  // Tenths of a running clock are only noise.
  return time > 0 ? <span>{isRunning(run) ? formatSeconds(time) : formatDuration(time)}</span> : null
}

const Countdown = ({ until }: { until: number }) => {
  const now = useNow(useIsConnected())
  return <span>in {formatSeconds(Math.max(0, until - now) + 999)}</span>
}

const Items = ({ task, items }: { task: string; items: number }) => {
  const done = useRun((state) => state.itemsDone.get(task) ?? 0)
  return (
    <span>
      {formatCount(done)}/{formatCount(items)}
    </span>
  )
}

const Second = ({ run, held }: { run: TaskRun; held: boolean }) => {
  const { state, items, task } = run
  if (held) return <span>held</span>
  if (state.name === 'AwaitingRetry' && state.until !== undefined) return <Countdown until={state.until} />
  return (
    <>
      {items !== null && <Items task={task} items={items} />}
      <Elapsed run={run} />
    </>
  )
}

const heldWords = 'Held: it does not start until it is released.'

const amount = ({ done, total, unit }: Progress): string => {
  const show = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCount(value))
  return `${show(done)}${total === null ? '' : ` of ${show(total)}`}${unit === 'bytes' ? '' : ` ${unit}`}`
}

/** Asks why it waits, as soon as somebody wants to know. */
const useWaiting = (run: TaskRun, wanted: boolean): string | null => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [reason, setReason] = useState<string | null>(null)
  const { flowRun, key, state } = run
  const waits = wanted && (stateType(state) === 'PENDING' || stateType(state) === 'SCHEDULED')
  useEffect(() => {
    if (!waits || !connected) return undefined
    const left = new AbortController()
    engine.client.runs.waiting({ flowRun, taskRun: key }, { signal: left.signal }).then(
      (answer) => setReason(answer.reason),
      () => undefined,
    )
    return () => left.abort()
  }, [connected, engine, flowRun, key, state, waits])
  return waits ? reason : null
}

const Words = ({ run, progress, held }: { run: TaskRun; progress: Progress | undefined; held: boolean }) => {
  const waiting = useWaiting(run, !held)
  if (held) return <span className={classes['words']}>{heldWords}</span>
  const told = stateInWords(run, waiting)
  return <span className={classes['words']}>{isRunning(run) && progress ? `${told} ${amount(progress)}.` : told}</span>
}

/** What turns is a layer of its own: a task that runs for less than this does not get one. Milliseconds. */
const soon = 250

const useIsLasting = (running: boolean): boolean => {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!running) return undefined
    const timer = setTimeout(() => setLasting(true), soon)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [running])
  return lasting
}

/** Icon, time, and on hover the reason: why it waits, was skipped, failed, was not computed. */
export const TaskRunState = ({ task }: { task: string }) => {
  const run = useTaskRun(task)
  const progress = useRun((state) => state.progress.get(task))
  const held = useRun((state) => run !== undefined && isHeld(state, run))
  const stale = useIsStale()
  const [hovered, setHovered] = useState(false)
  const lasting = useIsLasting(run !== undefined && isRunning(run))
  if (!run) return null
  const face = (
    <span
      className={classes['state']}
      data-stale={stale || undefined}
      data-lasting={lasting || undefined}
      data-state={held ? 'Held' : run.state.name}
      role="img"
      aria-label={held ? heldWords : `${run.state.name}. ${stateInWords(run, null)}`}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <StateIcon state={run.state.name} held={held} />
      <Second run={run} held={held} />
    </span>
  )
  // A tooltip of its own for every task of a large flow would cost more than the task itself.
  if (!hovered) return face
  return (
    <Tooltip opened label={<Words run={run} progress={progress} held={held} />} multiline maw={340} position="top-end">
      {face}
    </Tooltip>
  )
}

const partDone = (run: TaskRun, progress: Progress | undefined, itemsDone: number): number | null => {
  if (run.items !== null) return run.items === 0 ? null : itemsDone / run.items
  return progress === undefined || progress.total === null || progress.total === 0
    ? null
    : progress.done / progress.total
}

/** A thin line at the bottom edge while it is known how far the task is. */
export const TaskProgress = ({ task }: { task: string }) => {
  const run = useRun((state) => state.taskRuns.get(task))
  const progress = useRun((state) => state.progress.get(task))
  const itemsDone = useRun((state) => state.itemsDone.get(task) ?? 0)
  const part = run && isRunning(run) ? partDone(run, progress, itemsDone) : null
  if (part === null) return null
  return (
    <span
      className={classes['track']}
      role="progressbar"
      aria-label={`Progress of ${task}`}
      aria-valuenow={Math.round(part * 100)}
    >
      <span className={classes['bar']} style={{ display: 'block', transform: `scaleX(${Math.min(1, part)})` }} />
    </span>
  )
}
