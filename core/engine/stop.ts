import type { State } from '#core/model/state.ts'
import { endRun } from './end-run.ts'
import { dissolve } from './start-run.ts'
import { placeOf, type Place } from './state.ts'
import {
  isDue,
  mayStart,
  planned,
  runOf,
  setFlowState,
  setPhase,
  setRun,
  setTask,
  stateNow,
  taskOf,
  type Turn,
} from './turn.ts'
import { each } from './vector.ts'
import { formatSeconds } from './words.ts'

/** Ends it now, or once its process is gone. */
const stopRun = (turn: Turn, place: Place, message: string | null): void => {
  const { phase, key } = runOf(turn, place)
  const end = () => endRun(turn, place, { state: stateNow(turn, 'Cancelled', message) })
  switch (phase.at) {
    case 'waiting':
    case 'preparing':
      return end()
    case 'queued':
      dissolve(turn, place)
      return end()
    case 'retry':
      turn.commands.push({ kind: 'clear', timer: { kind: 'retry', taskRun: key } })
      return end()
    case 'running':
      if (phase.stopping === null) turn.commands.push({ kind: 'stop', job: phase.job, reason: 'cancel' })
      return setRun(turn, place, { phase: { ...phase, stopping: 'cancel' } })
    case 'items':
      return stopItems(turn, place.task, message)
    case 'ended':
      return
    default:
      return phase satisfies never
  }
}

const stopItems = (turn: Turn, task: number, message: string | null): void => {
  const count = taskOf(turn, task).items?.length ?? 0
  for (let item = 0; item < count; item++) stopRun(turn, { task, item }, message)
}

/** Looks again at the task and at its items. */
const wake = (turn: Turn, task: number): void => {
  turn.work.push({ task, item: null })
  const { items } = taskOf(turn, task)
  if (items) for (const run of each(items)) if (run.phase.at === 'waiting') turn.work.push({ task, item: run.item })
}

/** Takes its requests for slots back. */
const withdraw = (turn: Turn, task: number): void => {
  const { items } = taskOf(turn, task)
  dissolve(turn, { task, item: null })
  if (items) for (const run of each(items)) dissolve(turn, { task, item: run.item })
}

/** Stops every task that may not go on. One that waits for others ends after them, so that what always runs finds them ended. */
const stopTasks = (turn: Turn, message: string | null): void => {
  for (const task of turn.state.plan.tasks) {
    if (!isDue(turn, task)) continue
    const waits = taskOf(turn, task.index).run.phase.at === 'waiting'
    if (waits || mayStart(turn, task)) wake(turn, task.index)
    else stopRun(turn, { task: task.index, item: null }, message)
  }
}

const stopFlow = (turn: Turn, verdict: State): void => {
  setPhase(turn, { at: 'stopping', verdict, forced: false })
  stopTasks(turn, verdict.message ?? 'The flow run was cancelled.')
}

/** The first request lets `run_if: always` tasks and hooks run; the second stops them too. */
export const onCancel = (turn: Turn, reason: string | null): void => {
  const { phase } = turn.state
  switch (phase.at) {
    case 'created':
    case 'running':
    case 'paused':
    case 'retry':
      clearFlowTimers(turn)
      setFlowState(turn, stateNow(turn, 'Cancelling', reason))
      return stopFlow(turn, stateNow(turn, 'Cancelled', reason))
    case 'stopping':
    case 'hooks':
      if (phase.forced) return
      setPhase(turn, { ...phase, forced: true })
      return stopTasks(turn, reason)
    case 'ended':
      return
    default:
      return phase satisfies never
  }
}

const clearFlowTimers = (turn: Turn): void => {
  const { timeoutAt, phase } = turn.state
  if (timeoutAt !== null) turn.commands.push({ kind: 'clear', timer: { kind: 'flow-timeout' } })
  if (phase.at === 'retry') turn.commands.push({ kind: 'clear', timer: { kind: 'flow-retry' } })
  turn.state = { ...turn.state, timeoutAt: null, timeoutLeft: null }
}

export const onCancelTask = (turn: Turn, taskRun: string, reason: string | null): void => {
  const place = placeOf(turn.state, taskRun)
  if (!place || turn.state.phase.at === 'ended' || turn.state.phase.at === 'retry') return
  const isHook = planned(turn, place.task).hook !== null
  if (isHook === (turn.state.phase.at === 'hooks')) stopRun(turn, place, reason)
}

export const onPause = (turn: Turn, reason: string | null): void => {
  if (turn.state.phase.at !== 'running') return
  const { timeoutAt } = turn.state
  if (timeoutAt !== null) turn.commands.push({ kind: 'clear', timer: { kind: 'flow-timeout' } })
  turn.state = {
    ...turn.state,
    timeoutAt: null,
    timeoutLeft: timeoutAt === null ? null : Math.max(0, timeoutAt - turn.now),
  }
  setPhase(turn, { at: 'paused' })
  setFlowState(turn, stateNow(turn, 'Paused', reason))
  for (let task = 0; task < turn.state.plan.mainCount; task++) withdraw(turn, task)
}

export const onUnpause = (turn: Turn): void => {
  if (turn.state.phase.at !== 'paused') return
  setPhase(turn, { at: 'running' })
  setFlowState(turn, stateNow(turn, 'Running'))
  if (turn.state.timeoutLeft !== null) startTimeout(turn, turn.state.timeoutLeft)
  for (let task = 0; task < turn.state.plan.mainCount; task++) wake(turn, task)
}

export const startTimeout = (turn: Turn, left: number): void => {
  const timeoutAt = turn.now + left
  turn.state = { ...turn.state, timeoutAt, timeoutLeft: null }
  turn.commands.push({ kind: 'timer', timer: { kind: 'flow-timeout' }, due: timeoutAt })
}

export const onFlowTimeout = (turn: Turn): void => {
  const { timeout } = turn.state.plan.document
  if (turn.state.phase.at !== 'running' || turn.state.timeoutAt === null || timeout === null) return
  turn.state = { ...turn.state, timeoutAt: null }
  stopFlow(turn, stateNow(turn, 'TimedOut', `Flow run exceeded timeout of ${formatSeconds(timeout)} seconds`))
}

export const onTaskTimeout = (turn: Turn, taskRun: string, job: string): void => {
  const place = placeOf(turn.state, taskRun)
  const phase = place && runOf(turn, place).phase
  if (!place || phase?.at !== 'running' || phase.job !== job || phase.stopping !== null) return
  setRun(turn, place, { phase: { ...phase, stopping: 'timeout' } })
  turn.commands.push({ kind: 'stop', job, reason: 'timeout' })
}

/** What runs goes on; nothing more of the task starts. */
export const onHold = (turn: Turn, id: string): void => {
  const task = turn.state.plan.indexOf.get(id)
  if (task === undefined || turn.state.phase.at === 'ended') return
  const { held, run } = taskOf(turn, task)
  if (held || run.phase.at === 'ended' || planned(turn, task).hook !== null) return
  setTask(turn, task, { held: true })
  if (turn.state.phase.at === 'running') withdraw(turn, task)
}

export const onRelease = (turn: Turn, id: string): void => {
  const task = turn.state.plan.indexOf.get(id)
  if (task === undefined || !taskOf(turn, task).held) return
  setTask(turn, task, { held: false })
  wake(turn, task)
}
