import type { TaskDocument } from '#core/model/flow-document.ts'
import { stateType, type State } from '#core/model/state.ts'
import { upstreamOf } from './monitor.ts'
import { answerTo, type Scenario } from './scenario.ts'

type Ended = { readonly state: State; readonly items: number | null }

/**
 * Whether a task is skipped, worked out afresh from the words of the rules and how the tasks before it ended: only for
 * runs that nobody disturbed.
 */
export const isSkipped = (scenario: Scenario, task: TaskDocument, ended: ReadonlyMap<string, Ended>): boolean => {
  const tasks = new Map(scenario.document.tasks.map((one) => [one.id, one]))
  const typeOf = (id: string) => {
    const found = ended.get(id)
    return found ? stateType(found.state) : 'none'
  }
  const failedItself = (id: string) => ['FAILED', 'CRASHED'].includes(typeOf(id))
  const passed = (id: string) => typeOf(id) === 'SKIPPED' && ended.get(id)?.state.message === 'Disabled.'
  const succeeded = (id: string) =>
    typeOf(id) === 'COMPLETED' || passed(id) || (failedItself(id) && tasks.get(id)?.allowFailure === true)
  const failedAbove = (id: string): boolean => failedItself(id) || upstreamOf(tasks.get(id) ?? task).some(failedAbove)
  const above = upstreamOf(task)
  if (task.runIf === 'all_succeeded' && !above.every(succeeded)) return true
  if (task.runIf === 'any_failed' && !above.some(failedAbove)) return true
  const rootOf = (one: TaskDocument): string | null =>
    one.forEach?.kind === 'like' ? rootOf(tasks.get(one.forEach.task) ?? one) : one.forEach ? one.id : null
  const root = rootOf(task)
  const whole = (id: string) => root === null || rootOf(tasks.get(id) ?? task) !== root
  const has = (id: string) => {
    const items = ended.get(id)?.items ?? null
    if (items === null) return typeOf(id) === 'COMPLETED' || passed(id)
    return (
      (items === 0 && typeOf(id) === 'COMPLETED') || keysOf(ended, id, items).some((key) => typeOf(key) === 'COMPLETED')
    )
  }
  const missing = Object.entries(task.inputs).some(
    ([port, sources]) =>
      !task.traits.optional.includes(port) &&
      sources.every(({ task: id }) => whole(id)) &&
      !sources.some(({ task: id }) => has(id)),
  )
  if (missing) return true
  if (root !== null && root !== task.id && (ended.get(root)?.items ?? null) === null) return true
  if (task.disabled) return true
  const { items } = ended.get(task.id) ?? { items: null }
  if (items !== null) return items > 0 && keysOf(ended, task.id, items).every((key) => typeOf(key) === 'SKIPPED')
  return answerTo(scenario, { taskRun: task.id, task, item: null, attempt: 1, inputs: {} }).kind === 'skip'
}

const keysOf = (ended: ReadonlyMap<string, Ended>, id: string, items: number): string[] =>
  Array.from({ length: items }, (_, item) => `${id}[${item}]`).filter((key) => ended.has(key))
