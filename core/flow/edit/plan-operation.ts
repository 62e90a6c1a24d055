import type { EditOperation, EditPath, OperationOf } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { planAction } from './actions.ts'
import { exists, notFound } from './edit-value.ts'
import type { Plan } from './plan.ts'
import { nothing, together } from './plan.ts'
import { planPositions } from './positions.ts'
import { reach } from './reach.ts'
import { sectionOf, taskFields } from './fields.ts'
import { planRemoveTask } from './remove-task.ts'
import { planRenameName, planRenameTask } from './rename-task.ts'
import type { FlowText } from './sharing.ts'
import { valueAt } from './value-at.ts'
import { isJsonList, isJsonMap } from './values.ts'

export type StructuralOperation = Exclude<EditOperation, { kind: 'batch' | 'splice' | 'replace-text' }>

/** Each step after the first is planned on the text that the one before it gave. */
export type Step = (flow: FlowText) => Plan

export const stepsOf = (flow: FlowText, operation: StructuralOperation): readonly Step[] => {
  switch (operation.kind) {
    case 'set':
      return [(now) => planSet(now, operation.path, operation.value)]
    case 'remove':
      return [(now) => planRemove(now, operation.path, operation.prune === true)]
    case 'insert-key':
      return [(now) => planAction(now, operation.path, { ...operation, before: operation.before ?? null })]
    case 'insert-item':
    case 'move-item':
      return [(now) => planAction(now, operation.path, operation)]
    case 'rename-key': {
      const { parent, key } = split(operation.path)
      return [(now) => planAction(now, parent, { ...operation, key: String(key) })]
    }
    case 'move-key':
      return [(now) => planAction(now, operation.path, { ...operation, before: operation.before ?? null })]
    case 'rename-name':
      return [(now) => planRenameName(now, operation)]
    case 'add-task':
      return addTask(flow, operation)
    case 'remove-task':
      return [(now) => planRemoveTask(now, operation)]
    case 'rename-task':
      return [(now) => planRenameTask(now, operation)]
    case 'connect':
      return [(now) => planConnect(now, operation)]
    case 'disconnect':
      return [(now) => planDisconnect(now, operation)]
    case 'set-positions':
      return planPositions(operation.positions)
    case 'set-flow-field':
      return [(now) => planFlowField(now, operation)]
    default:
      return operation satisfies never
  }
}

const split = (path: EditPath): { parent: EditPath; key: string | number } => {
  const key = path.at(-1)
  if (key === undefined) {
    throw new Refused({ code: 'invalid', message: 'The whole flow is no field: replace its text instead.' })
  }
  return { parent: path.slice(0, -1), key }
}

const planSet = (flow: FlowText, path: EditPath, value: JsonValue): Plan => {
  const { parent, key } = split(path)
  return planAction(flow, parent, { kind: 'set', key, value })
}

const planRemove = (flow: FlowText, path: EditPath, prune: boolean): Plan => {
  const { parent, key } = split(path)
  const holder = prune && parent.length > 0 ? valueAt(flow, parent) : undefined
  const isLast = isJsonList(holder) ? holder.length === 1 : isJsonMap(holder) && Object.keys(holder).length === 1
  if (isLast && valueAt(flow, path) !== undefined) return planRemove(flow, parent, false)
  return planAction(flow, parent, { kind: 'remove', key })
}

const addTask = (flow: FlowText, { task, definition, position, before }: OperationOf<'add-task'>): readonly Step[] => {
  if (taskFields(flow).some(({ key }) => key === task)) throw exists(task)
  const add: Step = (now) =>
    reach(now, ['tasks']).kind === 'missing'
      ? planSet(now, ['tasks', task], definition)
      : planAction(now, ['tasks'], { kind: 'insert-key', key: task, value: definition, before: before ?? null })
  if (!position) return [add]
  const place = planPositions({ [task]: position })
  const isApart = ['tasks', 'layout'].every((key) => reach(flow, [key]).kind === 'own')
  return isApart ? [(now) => together([add, ...place].map((step) => step(now)))] : [add, ...place]
}

const inputsOf = (flow: FlowText, task: string): string[] => {
  const path = [...sectionOf(flow, task), task]
  if (!taskFields(flow).some(({ key }) => key === task)) throw notFound(path)
  return [...path, 'inputs']
}

const planConnect = (flow: FlowText, { task, port, from, many }: OperationOf<'connect'>): Plan => {
  const path = [...inputsOf(flow, task), port]
  const wire = `${from.task}.${from.output}`
  const now = valueAt(flow, path) ?? null
  if (!many || now === null) return planSet(flow, path, wire)
  if (!isJsonList(now)) return now === wire ? nothing : planSet(flow, path, [now, wire])
  if (now.includes(wire)) return nothing
  return planAction(flow, path, { kind: 'insert-item', index: now.length, value: wire })
}

const planDisconnect = (flow: FlowText, { task, port, from }: OperationOf<'disconnect'>): Plan => {
  const path = [...inputsOf(flow, task), port]
  const now = valueAt(flow, path)
  if (now === undefined) throw notFound(path)
  const wires = isJsonList(now) ? now : [now]
  const index = from ? wires.indexOf(`${from.task}.${from.output}`) : 0
  if (index === -1) throw notFound([...path, `${from?.task}.${from?.output}`])
  const left = wires.toSpliced(index, 1)
  if (!from || left.length === 0) return planRemove(flow, path, true)
  if (left.length === 1) return planSet(flow, path, left[0] ?? null)
  return planAction(flow, path, { kind: 'remove', key: index })
}

const planFlowField = (flow: FlowText, { field, value }: OperationOf<'set-flow-field'>): Plan => {
  if (value !== null) return planSet(flow, [field], value)
  return valueAt(flow, [field]) === undefined ? nothing : planRemove(flow, [field], false)
}
