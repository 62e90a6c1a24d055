import type { Outputs } from '#core/model/handle.ts'
import type { RunEvent, Timer } from '#core/model/run-event.ts'
import { stateType } from '#core/model/state.ts'
import { begin, onEngineLost, onFlowRetry, onResume } from './again.ts'
import type { Command } from './command.ts'
import { conclude } from './conclude.ts'
import { decide } from './decide.ts'
import { onOutcome } from './outcome.ts'
import type { Change } from './ports.ts'
import { onCreated } from './selection.ts'
import { onPrepared, onRefused, onStarted } from './start-run.ts'
import { newFlowRun, placeOf, type FlowRunState } from './state.ts'
import { onCancel, onCancelTask, onFlowTimeout, onHold, onPause, onRelease, onTaskTimeout, onUnpause } from './stop.ts'
import { runOf, setRun, type Turn } from './turn.ts'

export type Transition = {
  /** The same object when the event said nothing to this state; then it need not be stored. */
  readonly state: FlowRunState
  readonly commands: readonly Command[]
  readonly changes: readonly Change[]
}

/** Decides what follows from an event. Touches nothing; the same state and event always give the same answer. */
export const transition = (state: FlowRunState, event: RunEvent): Transition => {
  const turn: Turn = { state, now: event.at, commands: [], changes: [], work: [] }
  apply(turn, event)
  settle(turn)
  return { state: turn.state, commands: turn.commands, changes: turn.changes }
}

/** The state after a flow run's stored events. */
export const replay = (
  plan: FlowRunState['plan'],
  flowRun: FlowRunState['flowRun'],
  events: Iterable<RunEvent>,
): FlowRunState => {
  let state = newFlowRun(plan, flowRun)
  for (const event of events) state = transition(state, event).state
  return state
}

const apply = (turn: Turn, event: RunEvent): void => {
  switch (event.kind) {
    case 'created':
      return onCreated(turn, event.reused)
    case 'begun':
      return turn.state.phase.at === 'created' ? begin(turn, 'Running') : undefined
    case 'prepared':
      return onPrepared(turn, event)
    case 'started':
      return onStarted(turn, event)
    case 'refused':
      return onRefused(turn, event)
    case 'outcome':
      return onOutcome(turn, event)
    case 'outputs-measured':
      return onMeasured(turn, event.taskRun, event.outputs)
    case 'timer':
      return onTimer(turn, event.timer)
    case 'cancel':
      return onCancel(turn, event.reason)
    case 'cancel-task':
      return onCancelTask(turn, event.taskRun, event.reason)
    case 'pause':
      return onPause(turn, event.reason)
    case 'unpause':
      return onUnpause(turn)
    case 'hold':
      return onHold(turn, event.task)
    case 'release':
      return onRelease(turn, event.task)
    case 'resume':
      return onResume(turn, event.missing)
    case 'engine-lost':
      return onEngineLost(turn, event.message)
    default:
      return event satisfies never
  }
}

const onTimer = (turn: Turn, timer: Timer): void => {
  switch (timer.kind) {
    case 'retry':
      return onRetryDue(turn, timer.taskRun)
    case 'task-timeout':
      return onTaskTimeout(turn, timer.taskRun, timer.job)
    case 'flow-timeout':
      return onFlowTimeout(turn)
    case 'flow-retry':
      return onFlowRetry(turn)
    default:
      return timer satisfies never
  }
}

const onRetryDue = (turn: Turn, taskRun: string): void => {
  const place = placeOf(turn.state, taskRun)
  if (!place || runOf(turn, place).phase.at !== 'retry') return
  setRun(turn, place, { phase: { at: 'waiting' } })
  turn.work.push(place)
}

const onMeasured = (turn: Turn, taskRun: string, outputs: Outputs): void => {
  const place = placeOf(turn.state, taskRun)
  const run = place && runOf(turn, place)
  if (!place || !run || stateType(run.state) !== 'COMPLETED') return
  setRun(turn, place, { state: run.state, outputs: { ...run.outputs, ...outputs } })
}

/** Until nothing more follows at once. */
const settle = (turn: Turn): void => {
  let next = 0
  const drain = () => {
    for (; next < turn.work.length; next++) {
      const place = turn.work[next]
      if (place) decide(turn, place)
    }
  }
  drain()
  while (turn.state.open === 0 && concludes(turn)) drain()
}

const concludes = (turn: Turn): boolean => {
  const before = turn.work.length
  conclude(turn)
  return turn.work.length > before
}
