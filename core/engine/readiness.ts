import { stateType, type State } from '#core/model/state.ts'
import { missingInput } from './inputs.ts'
import type { PlannedTask } from './plan.ts'
import { plannedAt, type FlowRunState } from './state.ts'
import { at } from './vector.ts'

const verbs = {
  SCHEDULED: 'has not ended',
  PENDING: 'has not ended',
  RUNNING: 'has not ended',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CRASHED: 'crashed',
  CANCELLING: 'was cancelled',
  CANCELLED: 'was cancelled',
  PAUSED: 'is paused',
  SKIPPED: 'was skipped',
} as const

const outcomeOf = (state: State): string => verbs[stateType(state)]

/** Names at most three. */
export const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 3).map((name) => `“${name}”`)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

const ruleReason = (state: FlowRunState, task: PlannedTask): string | null => {
  switch (task.document.runIf) {
    case 'all_succeeded': {
      const index = task.upstream.find((one) => !at(state.tasks, one).ok)
      if (index === undefined) return null
      const { run } = at(state.tasks, index)
      return `Task “${run.task}” ${outcomeOf(run.state)}, and this one runs only if all before it succeed.`
    }
    case 'any_failed':
      return task.upstream.some((one) => at(state.tasks, one).failed) ? null : 'No task before it failed.'
    case 'all_done':
    case 'always':
      return null
    default:
      return task.document.runIf satisfies never
  }
}

const inputReason = (state: FlowRunState, task: PlannedTask, item: number | null): string | null => {
  const input = missingInput(state, task, item)
  if (!input) return null
  const names = [...new Set(input.sources.map((source) => plannedAt(state.plan, source.task).document.id))]
  const selected = input.sources.every((source) => at(state.tasks, source.task).selected)
  const why = selected ? 'left no output' : 'was not selected and has no kept output'
  return `Its input “${input.port}” is missing: task ${listed(names)} ${why}.`
}

/** Why a task whose upstream tasks have all ended does not run; null when it runs. */
export const skipReason = (state: FlowRunState, task: PlannedTask): string | null => {
  const reason =
    ruleReason(state, task) ?? (task.itemsOf === null ? inputReason(state, task, null) : wholeInputReason(state, task))
  if (reason !== null || task.itemsOf === null || task.itemsOf === task.index) return reason
  const root = at(state.tasks, task.itemsOf)
  return root.items ? null : `Task “${root.run.task}”, whose items it follows, has no items.`
}

/** A mapped task is skipped as a whole only if an input that all its items share is missing. */
const wholeInputReason = (state: FlowRunState, task: PlannedTask): string | null => {
  const shared = task.inputs.filter(
    ({ sources }) => !sources.some((source) => plannedAt(state.plan, source.task).itemsOf === task.itemsOf),
  )
  return inputReason(state, { ...task, inputs: shared }, null)
}

/** Why one item of a mapped task does not run. */
export const itemSkipReason = (state: FlowRunState, task: PlannedTask, item: number): string | null =>
  inputReason(state, task, item)
