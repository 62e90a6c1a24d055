import type { PlannedTask } from './plan.ts'

/** Whether it can be a part of a job with others at all. */
const plain = ({ document, hook }: PlannedTask): boolean =>
  hook === null &&
  document.traits.runs === 'worker' &&
  document.forEach === null &&
  document.cache === null &&
  document.timeout === null &&
  !document.disabled

/** A table that only this one task takes, and nothing else looks at. */
const onlyTaker = (task: PlannedTask): number | null => {
  const { tables } = task.document.traits
  if (!plain(task) || (tables !== 'lazy' && tables !== 'starts') || task.document.keep) return null
  const takers = [...task.takers.values()].flat()
  return takers.length === 1 && task.downstream.length === 1 ? (takers[0] ?? null) : null
}

const canFollow = (task: PlannedTask): boolean =>
  plain(task) &&
  (task.document.traits.tables === 'lazy' || task.document.traits.tables === 'reads') &&
  task.upstream.length === 1 &&
  task.inputs.length === 1 &&
  task.document.after.length === 0 &&
  task.document.mentions.length === 0 &&
  task.document.runIf === 'all_succeeded' &&
  task.document.when === null

/** Marks chains of table tasks that run as one statement in one job. */
export const fuse = (tasks: readonly PlannedTask[]): PlannedTask[] =>
  tasks.map((task) => {
    const next = tasks[onlyTaker(task) ?? -1]
    return next && canFollow(next) ? { ...task, fusedWith: next.index } : task
  })
