import { planFlow } from '#core/engine/plan.ts'
import type { Change, EngineStore } from '#core/engine/ports.ts'
import { newFlowRun } from '#core/engine/state.ts'
import { transition } from '#core/engine/transition.ts'
import { Refused } from '#core/model/failure.ts'
import type { RunTimeline, TaskRunHistory } from '#core/model/run-timeline.ts'
import type { State } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { inDocumentOrder } from './task-run-order.ts'

export type TimelineWorld = {
  readonly store: Pick<StateStore, 'findFlowRun'>
  readonly engine: Pick<EngineStore, 'load'>
}

type Growing = Omit<TaskRunHistory, 'states' | 'taskRun'> & { readonly key: string; readonly states: State[] }

/** Folds the events of a flow run once more and keeps every state that came of them. */
export const timelineOf =
  ({ store, engine }: TimelineWorld) =>
  (flowRun: string): RunTimeline => {
    const found = store.findFlowRun(flowRun)
    const stored = engine.load(found.id)
    if (!stored) throw new Refused({ code: 'not-found', message: `The events of flow run “${found.name}” are gone.` })
    const states: State[] = []
    const taskRuns = new Map<string, Growing>()
    let run = newFlowRun(planFlow(stored.document), stored.flowRun)
    for (const event of stored.events) {
      const { state, changes } = transition(run, event)
      run = state
      for (const change of changes) keep(change, states, taskRuns)
    }
    return {
      flowRun: found.id,
      states,
      taskRuns: inDocumentOrder([...taskRuns.values()], stored.document).map(({ key, ...rest }) => ({
        taskRun: key,
        ...rest,
      })),
    }
  }

const keep = (change: Change, states: State[], taskRuns: Map<string, Growing>): void => {
  if (change.kind === 'flow-run') return add(states, change.state)
  const { key, task, item, state } = change.run
  const known = taskRuns.get(key) ?? { key, task, item, states: [] }
  taskRuns.set(key, known)
  add(known.states, state)
}

/** What became known of its outputs later is told with the same state once more. */
const add = (states: State[], state: State): void => {
  const last = states.at(-1)
  if (last?.name !== state.name || last.at !== state.at) states.push(state)
}
