import { handlesIn, type Handle, type Output } from '#core/model/handle.ts'
import type { InputSource, JobInput } from '#core/model/worker-job.ts'
import type { PlannedInput, PlannedTask, Source } from './plan.ts'
import type { TaskOutputs } from './ports.ts'
import { plannedAt, type FlowRunState, type TaskState } from './state.ts'
import { at, each } from './vector.ts'

/** Whether `source` gives `task` its own item instead of all of them. */
const elementwise = (state: FlowRunState, task: PlannedTask, source: Source): boolean =>
  task.itemsOf !== null && plannedAt(state.plan, source.task).itemsOf === task.itemsOf

/** What a source holds: the outputs of all items of a mapped task in their order, or of the one that is asked for. */
const made = (task: TaskState, output: string, item: number | null): Output[] => {
  const { items } = task
  const runs =
    items === null ? [task.run] : item === null ? [...each(items)] : item < items.length ? [at(items, item)] : []
  return runs.flatMap((run) => run.outputs[output] ?? [])
}

const handlesOf = (task: TaskState, output: string, item: number | null): Handle[] =>
  made(task, output, item).flatMap(handlesIn)

/** A mapped task without items has an output: the empty list. */
const hasOutput = (task: TaskState, output: string, item: number | null): boolean =>
  made(task, output, item).length > 0 || (task.ok && item === null && task.items?.length === 0)

const itemOf = (state: FlowRunState, task: PlannedTask, source: Source, item: number | null) =>
  item !== null && elementwise(state, task, source) ? item : null

/** The first input that must be there and is not. A `many` port needs one of its sources. */
export const missingInput = (state: FlowRunState, task: PlannedTask, item: number | null): PlannedInput | null => {
  const missing = ({ optional, sources }: PlannedInput): boolean =>
    !optional &&
    sources.length > 0 &&
    !sources.some((source) => hasOutput(at(state.tasks, source.task), source.output, itemOf(state, task, source, item)))
  return task.inputs.find(missing) ?? null
}

/** Where each handle of a `many` port comes from, in the order of its handles. */
const originsOf = (
  state: FlowRunState,
  task: PlannedTask,
  item: number | null,
  sources: readonly Source[],
): InputSource[] =>
  sources.flatMap((source) => {
    const from = at(state.tasks, source.task)
    const one = itemOf(state, task, source, item)
    const outputs = made(from, source.output, one)
    const several = (from.items !== null && one === null) || outputs.some(({ kind }) => kind === 'list')
    const { id } = plannedAt(state.plan, source.task).document
    return outputs
      .flatMap(handlesIn)
      .map((_, place) => ({ task: id, output: source.output, place: several ? place : null }))
  })

/** `before`: the task that runs just before it in the same job, or null. */
export const resolveInputs = (
  state: FlowRunState,
  task: PlannedTask,
  item: number | null,
  before: number | null,
): Record<string, JobInput> => {
  const inputs: Record<string, JobInput> = {}
  for (const { port, many, sources } of task.inputs) {
    const [first] = sources
    if (first && first.task === before) inputs[port] = { from: 'previous', output: first.output }
    else {
      const handles = sources.flatMap((source) =>
        handlesOf(at(state.tasks, source.task), source.output, itemOf(state, task, source, item)),
      )
      const [handle] = handles
      if (many) inputs[port] = { from: 'handles', handles, sources: originsOf(state, task, item, sources) }
      else if (handle) inputs[port] = { from: 'handle', handle }
    }
  }
  return inputs
}

/** For expressions: what a task that ended left, or null. */
export const outputsOf = (state: FlowRunState, id: string): TaskOutputs | null => {
  const index = state.plan.indexOf.get(id)
  if (index === undefined) return null
  const { items, values, run } = at(state.tasks, index)
  if (!items)
    return run.phase.at === 'ended' && Object.keys(run.outputs).length > 0
      ? { kind: 'single', outputs: run.outputs }
      : null
  const done = [...each(items)].map(({ state: { name }, outputs }, item) => ({
    value: values[item] ?? null,
    outputs: name === 'Completed' || name === 'Cached' ? outputs : null,
  }))
  return { kind: 'items', items: done }
}

/** Outputs of a member that somebody outside its job takes. */
export const takenOutputs = (task: PlannedTask, members: readonly number[]): string[] =>
  [...task.takers].filter(([, takers]) => takers.some((taker) => !members.includes(taker))).map(([output]) => output)
