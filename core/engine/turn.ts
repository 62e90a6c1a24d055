import type { State } from '#core/model/state.ts'
import type { Command } from './command.ts'
import type { PlannedTask } from './plan.ts'
import type { Change } from './ports.ts'
import {
  plannedAt,
  runAt,
  type FlowPhase,
  type FlowRunState,
  type Place,
  type TaskRunState,
  type TaskState,
} from './state.ts'
import { at, setAt } from './vector.ts'

/** A decision in the making: lives within one call of `transition`, which alone sees it change. */
export type Turn = {
  state: FlowRunState
  readonly now: number
  readonly commands: Command[]
  readonly changes: Change[]
  /** Task runs to look at again before the turn ends. A list and not recursion, for flows ten thousand tasks deep. */
  readonly work: Place[]
}

export const planned = (turn: Turn, task: number): PlannedTask => plannedAt(turn.state.plan, task)

export const taskOf = (turn: Turn, task: number): TaskState => at(turn.state.tasks, task)

export const setTask = (turn: Turn, task: number, change: Partial<TaskState>): void => {
  const tasks = setAt(turn.state.tasks, task, { ...at(turn.state.tasks, task), ...change })
  turn.state = { ...turn.state, tasks }
}

export const runOf = (turn: Turn, place: Place): TaskRunState => runAt(turn.state, place)

/** Puts it in place; tells of it when its state is another. */
export const setRun = (turn: Turn, place: Place, change: Partial<TaskRunState>): void => {
  const before = runOf(turn, place)
  const told = change.state !== undefined
  const run = { ...before, ...change, known: before.known || told }
  const { items } = taskOf(turn, place.task)
  if (place.item === null || !items) setTask(turn, place.task, { run })
  else setTask(turn, place.task, { items: setAt(items, place.item, run) })
  if (told) turn.changes.push({ kind: 'task-run', before: before.known ? before.state : null, run })
}

export const setPhase = (turn: Turn, phase: FlowPhase): void => {
  turn.state = { ...turn.state, phase }
}

export const setFlowState = (turn: Turn, state: State): void => {
  const { flowRun } = turn.state
  const starts = state.name === 'Running' || state.name === 'Retrying'
  const ended = turn.state.phase.at === 'ended'
  const changed = {
    ...flowRun,
    state,
    startedAt: flowRun.startedAt ?? (starts ? turn.now : null),
    endedAt: ended ? turn.now : null,
  }
  tellFlow(turn, flowRun.state, changed)
}

/** Counts one more start of the flow run, under the state's name. */
export const startFlow = (turn: Turn, name: 'Running' | 'Retrying'): void => {
  const { flowRun, attempt } = turn.state
  turn.state = { ...turn.state, attempt: attempt + 1, flowRun: { ...flowRun, runCount: flowRun.runCount + 1 } }
  setFlowState(turn, stateNow(turn, name))
}

const tellFlow = (turn: Turn, before: State | null, flowRun: FlowRunState['flowRun']): void => {
  turn.state = { ...turn.state, flowRun }
  const { state, startedAt, endedAt, runCount } = flowRun
  turn.changes.push({ kind: 'flow-run', before, state, startedAt, endedAt, runCount })
}

/** The first state of a flow run. */
export const createFlow = (turn: Turn): void => {
  tellFlow(turn, null, { ...turn.state.flowRun, state: stateNow(turn, 'Pending') })
}

export const stateNow = (turn: Turn, name: State['name'], message: string | null = null): State => ({
  name,
  at: turn.now,
  message,
})

/** Whether it belongs to the present part: the flow's own tasks, or the hooks that follow from its outcome. */
export const isDue = ({ state: { phase } }: Turn, { hook }: PlannedTask): boolean =>
  phase.at === 'hooks' ? hook !== null && hook === hookOf(phase.verdict) : hook === null

/** Whether it may be started as things stand. */
export const mayStart = (turn: Turn, task: PlannedTask): boolean => {
  const { phase } = turn.state
  if (!isDue(turn, task)) return false
  if (phase.at === 'running') return true
  if (phase.at === 'stopping') return task.document.runIf === 'always' && !phase.forced
  return phase.at === 'hooks' && !phase.forced
}

/** The hook that follows an outcome of the flow run. */
export const hookOf = (verdict: State): PlannedTask['hook'] => {
  switch (verdict.name) {
    case 'Completed':
      return 'on_completion'
    case 'Failed':
    case 'TimedOut':
      return 'on_failure'
    case 'Cancelled':
      return 'on_cancellation'
    default:
      return null
  }
}
