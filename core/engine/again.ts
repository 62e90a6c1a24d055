import { stateType } from '#core/model/state.ts'
import { finish, retriesFlow, retryFlow } from './conclude.ts'
import type { Plan } from './plan.ts'
import { plannedAt, type FlowRunState, type Place, type TaskRunState, type TaskState } from './state.ts'
import { startTimeout } from './stop.ts'
import { planned, runOf, setPhase, setRun, setTask, startFlow, stateNow, taskOf, type Turn } from './turn.ts'
import { each, vectorOf } from './vector.ts'

export const begin = (turn: Turn, name: 'Running' | 'Retrying'): void => {
  setPhase(turn, { at: 'running' })
  startFlow(turn, name)
  const { timeout } = turn.state.plan.document
  if (timeout !== null) startTimeout(turn, timeout)
  for (let task = 0; task < turn.state.plan.mainCount; task++) {
    if (taskOf(turn, task).openUpstream === 0) turn.work.push({ task, item: null })
  }
}

export const onResume = (turn: Turn, missing: readonly string[]): void => {
  const { phase, flowRun } = turn.state
  if (phase.at !== 'ended' || stateType(flowRun.state) === 'COMPLETED') return
  turn.state = { ...turn.state, attempt: 0 }
  reset(turn, new Set(missing))
  begin(turn, 'Retrying')
}

export const onFlowRetry = (turn: Turn): void => {
  if (turn.state.phase.at !== 'retry') return
  reset(turn, new Set())
  begin(turn, 'Retrying')
}

const completed = (run: TaskRunState): boolean => run.phase.at === 'ended' && stateType(run.state) === 'COMPLETED'

const kept = (task: TaskState): boolean => completed(task.run) || !task.selected

/** Whether it takes results of the task above it, and does not only wait for it. */
const looksAt = (plan: Plan, task: number, above: number): boolean => {
  const { inputs, document } = plannedAt(plan, task)
  const id = plannedAt(plan, above).document.id
  return inputs.some(({ sources }) => sources.some((source) => source.task === above)) || document.mentions.includes(id)
}

/** Which tasks go again: those that did not complete, and completed ones whose gone results these need. */
const goAgain = (state: FlowRunState, tasks: readonly TaskState[], missing: ReadonlySet<string>): boolean[] => {
  const gone = new Set([...missing].map((key) => key.replace(/\[\d+\]$/, '')))
  const again = tasks.map((task, index) => index < state.plan.mainCount && !kept(task))
  for (let index = state.plan.mainCount - 1; index >= 0; index--) {
    const task = tasks[index]
    if (!task?.selected || again[index] || !gone.has(task.run.task)) continue
    again[index] = plannedAt(state.plan, index).downstream.some(
      (below) => again[below] && looksAt(state.plan, below, index),
    )
  }
  return again
}

const freshRun = (run: TaskRunState): TaskRunState => ({
  ...run,
  phase: { at: 'waiting' },
  attempt: 0,
  outputs: {},
  cache: null,
})

/** Completed ones stay as they are; all others, and the hooks, are as before their first try. */
const reset = (turn: Turn, missing: ReadonlySet<string>): void => {
  const tasks = [...each(turn.state.tasks)]
  const again = goAgain(turn.state, tasks, missing)
  /** Tasks that go again, and those that have one of them before them. */
  const unsettled: boolean[] = []
  const fresh = tasks.map((task, index): TaskState => {
    const { upstream, hook } = plannedAt(turn.state.plan, index)
    const openUpstream = upstream.filter((one) => unsettled[one]).length
    const behind = hook === null && !again[index] && openUpstream > 0
    unsettled.push(behind || hook !== null || (again[index] ?? false))
    if (hook === null && !again[index]) return { ...task, held: false, openUpstream, failed: false, behind }
    const items = task.items
      ? [...each(task.items)].map((run) => (completed(run) && !missing.has(run.key) ? run : freshRun(run)))
      : null
    const openItems = items?.filter((run) => run.phase.at === 'waiting').length ?? 0
    return {
      ...task,
      run: freshRun(task.run),
      items: items && vectorOf(items),
      openItems,
      openUpstream,
      behind: false,
      held: false,
      ok: false,
      failed: false,
    }
  })
  turn.state = { ...turn.state, tasks: vectorOf(fresh), open: again.filter(Boolean).length }
  for (const index of tasks.keys()) tellReset(turn, index)
}

/** Those that were told of before are Pending again. */
const tellReset = (turn: Turn, task: number): void => {
  const { items } = taskOf(turn, task)
  const places: Place[] = [
    { task, item: null },
    ...(items ? [...each(items)].map((run) => ({ task, item: run.item })) : []),
  ]
  for (const place of places) {
    const run = runOf(turn, place)
    if (run.phase.at === 'waiting' && run.known)
      setRun(turn, place, { state: stateNow(turn, 'Pending'), endedAt: null })
  }
}

/** The engine died. What ran has crashed; a run that was only paused, or between two tries, is as it was. */
export const onEngineLost = (turn: Turn, message: string): void => {
  const { phase, flowRun } = turn.state
  if (phase.at === 'ended') return
  if (phase.at === 'retry') {
    const due = flowRun.state.until ?? turn.now
    turn.commands.push({ kind: 'timer', timer: { kind: 'flow-retry' }, due })
    return
  }
  if (phase.at === 'paused' && !anyRunning(turn)) return rearm(turn)
  loseTasks(turn, message)
  const verdict = phase.at === 'stopping' || phase.at === 'hooks' ? phase.verdict : stateNow(turn, 'Crashed', message)
  if (phase.at !== 'hooks' && retriesFlow(turn, verdict)) retryFlow(turn, verdict)
  else finish(turn, verdict)
}

const allRuns = (turn: Turn): { place: Place; run: TaskRunState }[] => {
  const found: { place: Place; run: TaskRunState }[] = []
  for (const [task, { run, items }] of [...each(turn.state.tasks)].entries()) {
    if (items) for (const item of each(items)) found.push({ place: { task, item: item.item }, run: item })
    found.push({ place: { task, item: null }, run })
  }
  return found
}

const anyRunning = (turn: Turn): boolean => allRuns(turn).some(({ run }) => run.phase.at === 'running')

/** The timers of a paused run, which the former engine had; and nobody prepares any more. */
const rearm = (turn: Turn): void => {
  for (const { place, run } of allRuns(turn)) {
    if (run.phase.at === 'preparing') setRun(turn, place, { phase: { at: 'waiting' } })
    if (run.phase.at !== 'retry') continue
    turn.commands.push({ kind: 'timer', timer: { kind: 'retry', taskRun: run.key }, due: run.state.until ?? turn.now })
  }
}

const loseTasks = (turn: Turn, message: string): void => {
  const hooks = turn.state.phase.at === 'hooks'
  for (const { place, run } of allRuns(turn)) {
    const isHook = planned(turn, place.task).hook !== null
    if (run.phase.at === 'ended' || (isHook && !hooks) || (isHook && !run.known)) continue
    loseRun(turn, place, run, message)
    if (place.item === null) setTask(turn, place.task, { openItems: 0 })
  }
  turn.state = { ...turn.state, open: 0 }
}

const loseRun = (turn: Turn, place: Place, run: TaskRunState, message: string): void => {
  const { phase } = run
  const ended = { endedAt: turn.now, phase: { at: 'ended' } as const }
  if (phase.at === 'running' && phase.stopping === 'cancel') {
    return setRun(turn, place, { ...ended, state: stateNow(turn, 'Cancelled', message) })
  }
  if (phase.at === 'running') {
    const runTime = run.runTime + Math.max(0, turn.now - run.state.at)
    return setRun(turn, place, { ...ended, runTime, state: stateNow(turn, 'Crashed', message) })
  }
  if (phase.at === 'retry' || phase.at === 'items')
    return setRun(turn, place, { ...ended, state: stateNow(turn, 'Crashed', message) })
  setRun(turn, place, { ...ended, state: stateNow(turn, 'Skipped', `Not started: ${message}`) })
}
