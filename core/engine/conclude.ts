import { stateType, type State } from '#core/model/state.ts'
import type { PlannedTask } from './plan.ts'
import type { TaskRunState, TaskState } from './state.ts'
import { hookOf, planned, setFlowState, setPhase, stateNow, taskOf, type Turn } from './turn.ts'
import { each } from './vector.ts'

/** Nothing of the present part is open any more: on to the next try, the hooks or the end. */
export const conclude = (turn: Turn): void => {
  const { phase } = turn.state
  switch (phase.at) {
    case 'running':
      return sumUp(turn)
    case 'stopping':
      if (phase.forced) return finish(turn, phase.verdict)
      return retriesFlow(turn, phase.verdict) ? retryFlow(turn, phase.verdict) : runHooks(turn, phase.verdict)
    case 'hooks':
      return finish(turn, phase.verdict)
    case 'created':
    case 'paused':
    case 'retry':
    case 'ended':
      return
    default:
      return phase satisfies never
  }
}

const runsOf = (task: TaskState): readonly TaskRunState[] => (task.items ? [...each(task.items)] : [task.run])

/** What failed is told before what somebody stopped; but what was stopped is not begun again by a retry. */
const sumUp = (turn: Turn): void => {
  let [total, failed, cancelled] = [0, 0, 0]
  for (let index = 0; index < turn.state.plan.mainCount; index++) {
    const task = taskOf(turn, index)
    if (!task.selected) continue
    const excused = planned(turn, index).document.allowFailure
    const types = runsOf(task).map((run) => stateType(run.state))
    total += types.length
    if (excused) continue
    failed += types.filter((type) => type === 'FAILED' || type === 'CRASHED').length
    cancelled += types.filter((type) => type === 'CANCELLED').length
  }
  const verdict =
    failed > 0
      ? stateNow(turn, 'Failed', `${failed}/${total} task runs failed.`)
      : cancelled > 0
        ? stateNow(turn, 'Cancelled', `${cancelled}/${total} task runs cancelled.`)
        : stateNow(turn, 'Completed', 'All states completed.')
  if (cancelled === 0 && retriesFlow(turn, verdict)) retryFlow(turn, verdict)
  else runHooks(turn, verdict)
}

/** For a retry of the flow: failed ones try again, and so do crashed ones; never cancelled ones. */
export const retriesFlow = (turn: Turn, verdict: State): boolean => {
  const type = stateType(verdict)
  return (type === 'FAILED' || type === 'CRASHED') && turn.state.attempt <= turn.state.plan.document.retries
}

export const retryFlow = (turn: Turn, verdict: State): void => {
  const due = turn.now + turn.state.plan.document.retryDelay
  clearTimeout(turn)
  setFlowState(turn, { ...verdict, at: turn.now })
  setPhase(turn, { at: 'retry' })
  setFlowState(turn, { name: 'AwaitingRetry', at: turn.now, message: verdict.message, until: due })
  turn.commands.push({ kind: 'timer', timer: { kind: 'flow-retry' }, due })
}

const runHooks = (turn: Turn, verdict: State): void => {
  const hooks = hooksFor(turn, verdict)
  if (hooks.length === 0) return finish(turn, verdict)
  setPhase(turn, { at: 'hooks', verdict, forced: false })
  turn.state = { ...turn.state, open: hooks.length }
  for (const { index } of hooks) turn.work.push({ task: index, item: null })
}

const hooksFor = (turn: Turn, verdict: State): PlannedTask[] => {
  const { tasks, mainCount } = turn.state.plan
  const hook = hookOf(verdict)
  return tasks.slice(mainCount).filter((task) => task.hook === hook)
}

export const finish = (turn: Turn, verdict: State): void => {
  const state = { ...verdict, at: turn.now }
  clearTimeout(turn)
  setPhase(turn, { at: 'ended' })
  setFlowState(turn, state)
  turn.commands.push({ kind: 'ended', state })
}

const clearTimeout = (turn: Turn): void => {
  if (turn.state.timeoutAt !== null) turn.commands.push({ kind: 'clear', timer: { kind: 'flow-timeout' } })
  turn.state = { ...turn.state, timeoutAt: null, timeoutLeft: null }
}
