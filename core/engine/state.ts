import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { State } from '#core/model/state.ts'
import { parseTaskRunKey, taskRunKey } from '#core/model/task-run-key.ts'
import type { Plan, PlannedTask } from './plan.ts'
import type { TaskRunRecord } from './ports.ts'
import { at, vectorOf, type Vector } from './vector.ts'

/** A task run by the index of its task in the plan and the number of its item. */
export type Place = { readonly task: number; readonly item: number | null }

export type RunPhase =
  /** For tasks before it, for being held, or for the flow run to go on. */
  | { readonly at: 'waiting' }
  | { readonly at: 'preparing' }
  /** Asked for slots, alone or with the other members of its job. */
  | { readonly at: 'queued'; readonly job: string; readonly members: readonly string[] }
  | {
      readonly at: 'running'
      readonly job: string
      readonly members: readonly string[]
      readonly stopping: null | 'cancel' | 'timeout'
    }
  /** Failed, and waits to try again. */
  | { readonly at: 'retry' }
  /** Only a mapped task as a whole: its items go on. */
  | { readonly at: 'items' }
  | { readonly at: 'ended' }

export type TaskRunState = TaskRunRecord & {
  readonly phase: RunPhase
  /** Tries since it was last reset, the current one included. */
  readonly attempt: number
  /** Starts ever, so that no two jobs have one id. */
  readonly starts: number
  /** Whether a change told of it before. */
  readonly known: boolean
}

export type TaskState = {
  /** The task run, or the sum of a mapped task. */
  readonly run: TaskRunState
  readonly items: Vector<TaskRunState> | null
  readonly values: readonly JsonValue[]
  readonly openItems: number
  /** How many of its direct upstream tasks have not ended. */
  readonly openUpstream: number
  readonly held: boolean
  readonly selected: boolean
  /** Once ended: whether tasks after it take it for success. */
  readonly ok: boolean
  /** Once ended: whether it or a task before it failed. */
  readonly failed: boolean
  /** It completed before the flow run was taken up again, but a task before it goes again: those after it wait for that. */
  readonly behind: boolean
}

export type FlowPhase =
  | { readonly at: 'created' }
  | { readonly at: 'running' }
  | { readonly at: 'paused' }
  /** Everything but `run_if: always` is being stopped; when `forced`, these too. */
  | { readonly at: 'stopping'; readonly verdict: State; readonly forced: boolean }
  | { readonly at: 'hooks'; readonly verdict: State; readonly forced: boolean }
  | { readonly at: 'retry' }
  | { readonly at: 'ended' }

/** Everything about one flow run; immutable. */
export type FlowRunState = {
  readonly plan: Plan
  readonly flowRun: FlowRun
  readonly phase: FlowPhase
  readonly tasks: Vector<TaskState>
  /** Tasks of the present part (the flow, or its hooks) that have not ended. */
  readonly open: number
  /** Tries of the flow since it was last resumed. */
  readonly attempt: number
  /** While it is paused: what is left of its timeout. */
  readonly timeoutLeft: number | null
  /** When its timeout is due, or null. */
  readonly timeoutAt: number | null
}

export const newRun = (task: string, item: number | null, now: number): TaskRunState => ({
  key: taskRunKey(task, item),
  task,
  item,
  items: null,
  state: { name: 'Pending', at: now, message: null },
  runCount: 0,
  startedAt: null,
  endedAt: null,
  runTime: 0,
  outputs: {},
  cache: null,
  settings: null,
  phase: { at: 'waiting' },
  attempt: 0,
  starts: 0,
  known: false,
})

const newTask = (planned: PlannedTask, flowRun: FlowRun, selection: ReadonlySet<string> | null): TaskState => ({
  run: newRun(planned.document.id, null, flowRun.createdAt),
  items: null,
  values: [],
  openItems: 0,
  openUpstream: planned.upstream.length,
  held: false,
  selected: planned.hook !== null || selection === null || selection.has(planned.document.id),
  ok: false,
  failed: false,
  behind: false,
})

/** Before its first event. */
export const newFlowRun = (plan: Plan, flowRun: FlowRun): FlowRunState => {
  const selection = flowRun.selection && new Set(flowRun.selection.tasks)
  return {
    plan,
    flowRun: { ...flowRun, startedAt: null, endedAt: null, runCount: 0 },
    phase: { at: 'created' },
    tasks: vectorOf(plan.tasks.map((planned) => newTask(planned, flowRun, selection))),
    open: plan.mainCount,
    attempt: 0,
    timeoutLeft: null,
    timeoutAt: null,
  }
}

/** A task run of the state by its key; null when there is none. */
export const placeOf = (state: FlowRunState, key: string): Place | null => {
  const { task, item } = parseTaskRunKey(key)
  const index = state.plan.indexOf.get(task)
  if (index === undefined) return null
  if (item === null) return { task: index, item }
  const length = at(state.tasks, index).items?.length ?? 0
  return item < length ? { task: index, item } : null
}

export const runAt = (state: FlowRunState, place: Place): TaskRunState => {
  const task = at(state.tasks, place.task)
  return place.item === null || !task.items ? task.run : at(task.items, place.item)
}

export const plannedAt = (plan: Plan, task: number): PlannedTask => {
  const planned = plan.tasks[task]
  if (!planned) throw new RangeError(`The plan has no task ${task}`)
  return planned
}
