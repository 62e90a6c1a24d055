import { stateType, type State } from '#core/model/state.ts'
import type { Outputs } from '#core/model/handle.ts'
import { retryDelay, withJitter } from './retry.ts'
import type { Place, TaskRunState } from './state.ts'
import { mayStart, planned, runOf, setRun, setTask, stateNow, taskOf, type Turn } from './turn.ts'
import { each } from './vector.ts'

export type Ending = {
  readonly state: State
  readonly outputs?: Outputs
  /** A disabled task: tasks after it take it for success. */
  readonly passed?: boolean
}

/** The task run is over for good (until the flow run is resumed). */
export const endRun = (turn: Turn, place: Place, { state, outputs = {}, passed = false }: Ending): void => {
  const run = runOf(turn, place)
  setRun(turn, place, {
    state,
    outputs,
    endedAt: turn.now,
    runTime: run.runTime + runningFor(turn, run),
    phase: { at: 'ended' },
  })
  if (place.item === null) endTask(turn, place.task, passed)
  else endItem(turn, place.task)
}

const runningFor = (turn: Turn, run: TaskRunState): number =>
  run.phase.at === 'running' ? Math.max(0, turn.now - run.state.at) : 0

const endTask = (turn: Turn, index: number, passed: boolean): void => {
  const task = planned(turn, index)
  const type = stateType(taskOf(turn, index).run.state)
  const failed = type === 'FAILED' || type === 'CRASHED'
  setTask(turn, index, { ok: type === 'COMPLETED' || passed || (failed && task.document.allowFailure) })
  turn.state = { ...turn.state, open: turn.state.open - 1 }
  passOn(turn, index, failed)
}

/** Lets the tasks after it know that it has ended, and all before it. */
const passOn = (turn: Turn, index: number, failed: boolean): void => {
  const { upstream, downstream } = planned(turn, index)
  setTask(turn, index, { behind: false, failed: failed || upstream.some((one) => taskOf(turn, one).failed) })
  for (const below of downstream) {
    const openUpstream = taskOf(turn, below).openUpstream - 1
    setTask(turn, below, { openUpstream })
    if (openUpstream === 0) turn.work.push({ task: below, item: null })
  }
}

/** For a task that had completed before the flow run was taken up again. */
export const catchUp = (turn: Turn, index: number): void => {
  const { behind, openUpstream } = taskOf(turn, index)
  if (behind && openUpstream === 0) passOn(turn, index, false)
}

const endItem = (turn: Turn, index: number): void => {
  const openItems = taskOf(turn, index).openItems - 1
  setTask(turn, index, { openItems })
  if (openItems === 0) endMapped(turn, index)
}

/** A mapped task ends when all its items have. */
export const endMapped = (turn: Turn, index: number): void => {
  const { items } = taskOf(turn, index)
  const runs = items ? [...each(items)] : []
  const count = (...types: readonly string[]) => runs.filter(({ state }) => types.includes(stateType(state))).length
  const [failed, cancelled, skipped] = [count('FAILED', 'CRASHED'), count('CANCELLED'), count('SKIPPED')]
  const of = `of ${runs.length} items`
  const end = (name: State['name'], message: string) =>
    endRun(turn, { task: index, item: null }, { state: stateNow(turn, name, message) })
  if (failed > 0) end('Failed', `${failed} ${of} failed.`)
  else if (cancelled > 0) end('Cancelled', `${cancelled} ${of} were cancelled.`)
  else if (skipped > 0 && skipped === runs.length) end('Skipped', 'All items were skipped.')
  else end('Completed', runs.length === 0 ? 'There are no items.' : `${runs.length - skipped} ${of} completed.`)
}

/** A try failed: the task run tries again if it may, and ends otherwise. */
export const endAttempt = (turn: Turn, place: Place, state: State, random: number): void => {
  const { document } = planned(turn, place.task)
  const run = runOf(turn, place)
  const goesOn = mayStart(turn, planned(turn, place.task)) || turn.state.phase.at === 'paused'
  if (!goesOn || run.attempt > document.retries) return endRun(turn, place, { state })
  const delay = withJitter(retryDelay(document.retryDelay, run.attempt - 1), document.retryJitter, random)
  const due = turn.now + Math.round(delay)
  const runTime = run.runTime + runningFor(turn, run)
  setRun(turn, place, { state, runTime, phase: { at: 'retry' } })
  setRun(turn, place, { state: { name: 'AwaitingRetry', at: turn.now, message: state.message, until: due } })
  turn.commands.push({ kind: 'timer', timer: { kind: 'retry', taskRun: run.key }, due })
}
