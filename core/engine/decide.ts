import type { JsonValue } from '#core/model/handle.ts'
import { catchUp, endMapped, endRun } from './end-run.ts'
import { itemSkipReason, skipReason } from './readiness.ts'
import { newRun, type Place } from './state.ts'
import { isDue, mayStart, planned, runOf, setRun, setTask, stateNow, taskOf, type Turn } from './turn.ts'
import { each, vectorOf } from './vector.ts'

/** Looks at a task run whose turn may have come: skips it, asks the world to prepare it, or leaves it waiting. */
export const decide = (turn: Turn, place: Place): void => {
  const task = planned(turn, place.task)
  const { openUpstream, held, items, run: whole } = taskOf(turn, place.task)
  const run = runOf(turn, place)
  if (run.phase.at === 'ended') return catchUp(turn, place.task)
  if (run.phase.at !== 'waiting') return
  if (!mayStart(turn, task)) return endIfStopped(turn, place)
  const stays = held && turn.state.phase.at === 'running'
  if (place.item !== null) {
    if (whole.phase.at !== 'items') return
    const reason = itemSkipReason(turn.state, task, place.item)
    if (reason !== null) return endRun(turn, place, { state: stateNow(turn, 'Skipped', reason) })
    if (!stays) askToPrepare(turn, [place])
    return
  }
  if (openUpstream > 0) return
  const reason = skipReason(turn.state, task)
  if (reason !== null) return endRun(turn, place, { state: stateNow(turn, 'Skipped', reason) })
  if (stays) return
  if (items) return beginItems(turn, place.task)
  const root = task.itemsOf === null || task.itemsOf === task.index ? null : task.itemsOf
  if (root !== null && !task.document.disabled) return mapItems(turn, place.task, taskOf(turn, root).values)
  askToPrepare(turn, fusedFrom(turn, place))
}

/** What waits while all is being stopped ends when its turn comes. */
const endIfStopped = (turn: Turn, place: Place): void => {
  const { phase } = turn.state
  if (phase.at !== 'stopping' && phase.at !== 'hooks') return
  if (!isDue(turn, planned(turn, place.task)) || taskOf(turn, place.task).openUpstream > 0) return
  endRun(turn, place, { state: stateNow(turn, 'Cancelled', phase.verdict.message ?? 'The flow run was cancelled.') })
}

/** The task run and those that can run with it in one job. */
const fusedFrom = (turn: Turn, first: Place): Place[] => {
  const places = [first]
  if (turn.state.phase.at !== 'running') return places
  let next = planned(turn, first.task).fusedWith
  while (next !== null) {
    const { run, held } = taskOf(turn, next)
    if (run.phase.at !== 'waiting' || held) break
    places.push({ task: next, item: null })
    next = planned(turn, next).fusedWith
  }
  return places
}

const askToPrepare = (turn: Turn, places: readonly Place[]): void => {
  for (const place of places) setRun(turn, place, { phase: { at: 'preparing' } })
  turn.commands.push({ kind: 'prepare', taskRuns: places.map((place) => runOf(turn, place).key) })
}

export const mapItems = (turn: Turn, task: number, values: readonly JsonValue[]): void => {
  const id = planned(turn, task).document.id
  const items = vectorOf(values.map((_, item) => newRun(id, item, turn.now)))
  setTask(turn, task, { items, values, openItems: values.length })
  setRun(turn, { task, item: null }, { state: stateNow(turn, 'Pending'), items: values.length })
  beginItems(turn, task)
}

const beginItems = (turn: Turn, task: number): void => {
  const { items, openItems } = taskOf(turn, task)
  setRun(turn, { task, item: null }, { phase: { at: 'items' } })
  if (!items || openItems === 0) return endMapped(turn, task)
  for (const [item, run] of [...each(items)].entries()) if (run.phase.at === 'waiting') turn.work.push({ task, item })
}
