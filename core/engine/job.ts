import type { JobMember } from '#core/model/worker-job.ts'
import { outputsOf, resolveInputs, takenOutputs } from './inputs.ts'
import type { JobStart, PrepareRequest } from './ports.ts'
import { placeOf, plannedAt, runAt, type FlowRunState, type Place } from './state.ts'
import { at } from './vector.ts'

const placesOf = (state: FlowRunState, taskRuns: readonly string[]): Place[] =>
  taskRuns.flatMap((key) => placeOf(state, key) ?? [])

/** The task that runs just before a member in the same job. */
const taskBefore = (places: readonly Place[], position: number): number | null => places[position - 1]?.task ?? null

export const prepareRequest = (state: FlowRunState, taskRuns: readonly string[]): PrepareRequest => {
  const places = placesOf(state, taskRuns)
  // Hooks are told the state that the flow run is about to end in.
  const flowRun = state.phase.at === 'hooks' ? { ...state.flowRun, state: state.phase.verdict } : state.flowRun
  return {
    flowRun,
    document: state.plan.document,
    members: places.map((place, position) => {
      const planned = plannedAt(state.plan, place.task)
      const run = runAt(state, place)
      const { values } = at(state.tasks, place.task)
      return {
        taskRun: run.key,
        task: planned.document,
        item: place.item === null ? null : { index: place.item, value: values[place.item] ?? null },
        attempt: run.attempt + 1,
        inputs: resolveInputs(state, planned, place.item, taskBefore(places, position)),
      }
    }),
    outputs: (task) => outputsOf(state, task),
  }
}

export const jobStart = (state: FlowRunState, id: string, taskRuns: readonly string[]): JobStart => {
  const places = placesOf(state, taskRuns)
  const tasks = places.map(({ task }) => task)
  const members = places.map((place, position): JobMember => {
    const planned = plannedAt(state.plan, place.task)
    const run = runAt(state, place)
    return {
      taskRun: run.key,
      task: run.task,
      item: run.item,
      type: planned.document.type,
      attempt: run.attempt,
      loadId: `${state.flowRun.id}/${run.key}`,
      settings: run.settings,
      inputs: resolveInputs(state, planned, place.item, taskBefore(places, position)),
      taken: takenOutputs(planned, tasks),
    }
  })
  const inline = tasks.every((task) => plannedAt(state.plan, task).document.traits.runs === 'inline')
  return { flowRun: state.flowRun, document: state.plan.document, id, runs: inline ? 'inline' : 'worker', members }
}
