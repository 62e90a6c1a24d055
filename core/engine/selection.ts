import type { ReusedTask } from '#core/model/run-event.ts'
import { endRun } from './end-run.ts'
import { newRun } from './state.ts'
import { createFlow, planned, setRun, setTask, stateNow, taskOf, type Turn } from './turn.ts'
import { vectorOf } from './vector.ts'

/** Tasks outside the selection are over before the flow run begins: with the outputs of a former run, or without any. */
export const onCreated = (turn: Turn, reused: readonly ReusedTask[]): void => {
  createFlow(turn)
  if (turn.state.flowRun.selection === null) return
  const byTask = new Map(reused.map((one) => [one.task, one]))
  for (let task = 0; task < turn.state.plan.mainCount; task++) {
    if (taskOf(turn, task).selected) continue
    const found = byTask.get(planned(turn, task).document.id)
    if (found) reuse(turn, task, found)
    else endRun(turn, { task, item: null }, { state: stateNow(turn, 'Skipped', 'Not selected.'), passed: true })
  }
}

const reuse = (turn: Turn, task: number, reused: ReusedTask): void => {
  const state = stateNow(turn, 'Cached', `Reused from flow run ${reused.from}`)
  const whole = { task, item: null }
  if ('outputs' in reused) return endRun(turn, whole, { state, outputs: reused.outputs })
  const { items } = reused
  setTask(turn, task, {
    items: vectorOf(items.map((_, item) => newRun(reused.task, item, turn.now))),
    values: items.map(({ value }) => value),
    openItems: 0,
  })
  for (const [item, { outputs }] of items.entries()) {
    setRun(turn, { task, item }, { state, outputs, endedAt: turn.now, phase: { at: 'ended' } })
  }
  setRun(turn, whole, { items: items.length })
  endRun(turn, whole, { state })
}
