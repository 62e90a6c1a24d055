import type { EditOperation, OperationOf } from '#core/model/flow-edit.ts'
import { Refused } from '#core/model/failure.ts'
import { insertEntries } from './actions.ts'
import { contentOf, entryOf, type ContentEntry } from './content.ts'
import { taskFields } from './fields.ts'
import { stepsOf } from './plan-operation.ts'
import type { Plan } from './plan.ts'
import { nothing, together } from './plan.ts'
import { reach } from './reach.ts'
import { planRemoveTasks } from './remove-task.ts'
import type { FlowText } from './sharing.ts'

/** What several operations have to do with one another when they are planned on one text. */
type Family = 'remove' | 'add' | 'within' | null

/** The task within which an operation changes something, and nowhere else. */
const taskWithin = (operation: EditOperation): string | null => {
  switch (operation.kind) {
    case 'connect':
    case 'disconnect':
      return operation.task
    case 'set':
    case 'remove': {
      const [section, task, ...rest] = operation.path
      return section === 'tasks' && typeof task === 'string' && rest.length > 0 ? task : null
    }
    default:
      return null
  }
}

const familyOf = (operation: EditOperation): Family => {
  if (operation.kind === 'remove-task') return 'remove'
  if (operation.kind === 'add-task') return operation.before === undefined ? 'add' : null
  return taskWithin(operation) === null ? null : 'within'
}

/** Operations that follow one another and may be made in one pass; each task is changed by one operation of a group at most. */
export const groupsOf = (operations: readonly EditOperation[]): readonly (readonly EditOperation[])[] => {
  const groups: EditOperation[][] = []
  let family: Family = null
  let tasks = new Set<string>()
  for (const operation of operations) {
    const own = familyOf(operation)
    const task = 'task' in operation ? operation.task : (taskWithin(operation) ?? '')
    const last = groups.at(-1)
    if (last && own !== null && own === family && !tasks.has(task)) last.push(operation)
    else {
      groups.push([operation])
      tasks = new Set()
    }
    family = own
    tasks.add(task)
  }
  return groups
}

export const tried = <T>(work: () => T): T | null => {
  try {
    return work()
  } catch (error) {
    // What cannot be done together is done, or refused, one by one.
    if (error instanceof Refused) return null
    throw error
  }
}

/** All of a group at once; null where the text shares values, or where they get in one another's way. */
export const planGroup = (flow: FlowText, group: readonly EditOperation[]): Plan | null => {
  const { anchors, aliases } = flow.sharing()
  if (anchors.length + aliases.length > 0) return null
  const [first] = group
  switch (first && familyOf(first)) {
    case 'remove':
      return tried(() => planRemoveTasks(flow, new Set(group.map(removed))))
    case 'add':
      return tried(() => planAdd(flow, group.flatMap(added)))
    case 'within':
      return tried(() => planWithin(flow, group))
    default:
      return null
  }
}

const removed = (operation: EditOperation): string => (operation.kind === 'remove-task' ? operation.task : '')

const added = (operation: EditOperation): readonly OperationOf<'add-task'>[] =>
  operation.kind === 'add-task' ? [operation] : []

const planAdd = (flow: FlowText, tasks: readonly OperationOf<'add-task'>[]): Plan | null => {
  const taken = new Set(taskFields(flow).map(({ key }) => key))
  const placed = tasks.flatMap(({ task, position }) => (position ? [{ task, position }] : []))
  const isApart = ['tasks', ...(placed.length > 0 ? ['layout'] : [])].every((key) => reach(flow, [key]).kind === 'own')
  if (!isApart || tasks.some(({ task }) => taken.has(task))) return null
  const places = placed.map(({ task, position }): ContentEntry => ({
    key: contentOf(task),
    value: { kind: 'list', items: position.map(contentOf), flow: true },
  }))
  const isLaidOut = placed.some(({ task }) => reach(flow, ['layout', task]).kind === 'own')
  if (isLaidOut) return null
  return together([
    insertEntries(
      flow,
      ['tasks'],
      tasks.map(({ task, definition }) => entryOf(task, definition)),
    ),
    places.length > 0 ? insertEntries(flow, ['layout'], places) : nothing,
  ])
}

const planWithin = (flow: FlowText, group: readonly EditOperation[]): Plan | null => {
  const known = new Set(taskFields(flow).map(({ key }) => key))
  const plans = group.map((operation) => {
    const task = taskWithin(operation)
    if (task === null || !known.has(task) || !isSingle(operation)) return null
    const [step, more] = stepsOf(flow, operation)
    return step && !more ? step(flow) : null
  })
  return plans.every((plan) => plan !== null) ? together(plans) : null
}

const isSingle = (
  operation: EditOperation,
): operation is Exclude<EditOperation, { kind: 'batch' | 'splice' | 'replace-text' }> =>
  operation.kind !== 'batch' && operation.kind !== 'splice' && operation.kind !== 'replace-text'
