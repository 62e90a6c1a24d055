import type { Limit } from '#core/model/run-event.ts'
import type { PlannedTask } from './plan.ts'
import { plannedAt, type FlowRunState, type Place } from './state.ts'

/** The names of limits; a limit's name says what it bounds (see limit-words.ts). */
const limitNames = {
  process: 'process',
  flowRun: (id: string) => `flow-run:${id}`,
  task: (flowRun: string, task: string) => `task:${flowRun}/${task}`,
  tag: (tag: string) => `tag:${tag}`,
} as const

/**
 * Tags bound what works, in a worker. An inline task has no work of its own; a subflow's task that held a slot would wait
 * for its tasks, which wait for that slot.
 */
const limitsOfTask = (state: FlowRunState, { document, itemsOf }: PlannedTask): Limit[] => {
  const tagged = document.traits.runs === 'worker' ? document.tags : []
  const tags = tagged.map((tag) => ({ name: limitNames.tag(tag), capacity: null }))
  if (itemsOf === null || document.concurrency === null) return tags
  return [{ name: limitNames.task(state.flowRun.id, document.id), capacity: document.concurrency }, ...tags]
}

/** Limits that only this member of a job asks for. */
export const ownLimits = (state: FlowRunState, place: Place, asked: readonly Limit[]): Limit[] => [
  ...limitsOfTask(state, plannedAt(state.plan, place.task)),
  ...asked,
]

/** All limits of a job, each once, the closest to the user first: the first full one is the wait reason. */
export const jobLimits = (
  state: FlowRunState,
  members: readonly { place: Place; asked: readonly Limit[] }[],
): Limit[] => {
  const limits = members.flatMap(({ place, asked }) => ownLimits(state, place, asked))
  const { concurrency } = state.plan.document
  if (concurrency !== null) limits.push({ name: limitNames.flowRun(state.flowRun.id), capacity: concurrency })
  const worker = members.some(({ place }) => plannedAt(state.plan, place.task).document.traits.runs === 'worker')
  if (worker) limits.push({ name: limitNames.process, capacity: null })
  return [...new Map(limits.map((limit) => [limit.name, limit])).values()]
}
