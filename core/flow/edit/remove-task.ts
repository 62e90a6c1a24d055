import type { ParsedNode } from 'yaml'
import type { OperationOf } from '#core/model/flow-edit.ts'
import { planAction } from './actions.ts'
import { collectionText } from './collection-text.ts'
import { notFound } from './edit-value.ts'
import type { Field } from './fields.ts'
import { fieldOf, fieldsOf, rootPlace, sectionOf, taskFields } from './fields.ts'
import type { Plan } from './plan.ts'
import { isShared, nothing, together } from './plan.ts'
import { referencesTo, referencesToAny } from './references.ts'
import { removeItems } from './remove-items.ts'
import type { FlowText } from './sharing.ts'
import { withDescendants } from './sharing.ts'
import type { Place, Slot } from './slots.ts'
import type { ListNode, MapNode } from './syntax.ts'
import { isListNode, isMapNode } from './syntax.ts'

/** The task, and all that would name it in vain. A list or `inputs` that is left empty goes too, unless others share it. */
export const planRemoveTask = (flow: FlowText, { task }: OperationOf<'remove-task'>): Plan => {
  const tasks = taskFields(flow)
  const own = tasks.find(({ key }) => key === task)
  if (!own) throw notFound(['tasks', task])
  const removals = collectRemovals(flow)
  const fields = tasks.flatMap((each) => fieldsOf(flow, each))
  const inside = new Set(withDescendants(own.node))
  for (const { node, holder, index, within } of referencesTo(flow, fields, task)) {
    if (!node || !inside.has(node)) removals.add(holder, index, within)
  }
  const layout = fieldOf(flow, rootPlace(flow), 'layout')
  const place = layout ? fieldOf(flow, layout, task) : undefined
  return together([
    removals.plan(),
    planAction(flow, sectionOf(flow, task), { kind: 'remove', key: task }),
    place ? planAction(flow, ['layout'], { kind: 'remove', key: task }) : nothing,
  ])
}

/** The same for several tasks of a text in which nothing is shared: every place is looked at once. */
export const planRemoveTasks = (flow: FlowText, gone: ReadonlySet<string>): Plan => {
  const tasks = taskFields(flow)
  const own = tasks.filter(({ key }) => gone.has(key))
  const missing = [...gone].find((task) => own.every(({ key }) => key !== task))
  if (missing !== undefined) throw notFound(['tasks', missing])
  const removals = collectRemovals(flow)
  const kept = tasks.filter(({ key }) => !gone.has(key)).flatMap((each) => fieldsOf(flow, each))
  for (const { holder, index, within } of referencesToAny(flow, kept, gone)) removals.add(holder, index, within)
  const layout = fieldOf(flow, rootPlace(flow), 'layout')
  const places = layout ? fieldsOf(flow, layout).filter(({ key }) => gone.has(key)) : []
  for (const { holder, index } of [...own, ...places]) removals.add(holder, index, [])
  return removals.plan()
}

/** What is to be removed from each map or list. */
const collectRemovals = (flow: FlowText) => {
  const byHolder = new Map<MapNode | ListNode, { readonly slot: Slot; readonly indexes: Set<number> }>()

  const add = ({ node, slot }: Place, index: number, within: readonly Field[]): void => {
    if (!isMapNode(node) && !isListNode(node)) return
    const removal = byHolder.get(node) ?? { slot: slot(), indexes: new Set() }
    removal.indexes.add(index)
    byHolder.set(node, removal)
    const [field, ...further] = within
    if (removal.indexes.size < node.items.length || !field || field.node !== node || isShared(flow, node)) return
    byHolder.delete(node)
    add(field.holder, field.index, further)
  }

  const planOf = (node: MapNode | ListNode, slot: Slot, indexes: ReadonlySet<number>): Plan => {
    const changes = removeItems(flow.text, collectionText(flow, slot, node), indexes)
    return { changes, gone: [...indexes].flatMap((index) => nodesAt(node, index)), departed: [] }
  }

  return { add, plan: () => together([...byHolder].map(([node, { slot, indexes }]) => planOf(node, slot, indexes))) }
}

const nodesAt = (node: MapNode | ListNode, index: number): ParsedNode[] => {
  if (isListNode(node)) return node.items.slice(index, index + 1)
  return node.items.slice(index, index + 1).flatMap(({ key, value }) => (value ? [key, value] : [key]))
}
