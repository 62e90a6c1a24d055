import type { FlowText } from './sharing.ts'
import type { Place } from './slots.ts'
import { itemPlaces, rootSlot, valueSlot } from './slots.ts'
import type { MapNode } from './syntax.ts'
import { isAliasNode, isListNode, isMapNode, isMergeEntry } from './syntax.ts'
import { keyText } from './values.ts'

/** A key of a map, its own or borrowed by a merge key, where it is written; the place is that of its value. */
export type Field = Place & {
  readonly key: string
  readonly map: MapNode
  readonly index: number
  /** The place of the map. */
  readonly holder: Place
}

export const rootPlace = (flow: FlowText): Place => ({ node: flow.root, slot: () => rootSlot(flow) })

/** The place whose text holds the value: its own, or the one of the anchor. */
export const resolvedPlace = (flow: FlowText, { node, slot }: Place): Place => {
  if (!isAliasNode(node)) return { node, slot }
  const target = flow.sharing().targetOf(node)
  return { node: target, slot: () => flow.sharing().slotOf(target) }
}

export const fieldsOf = (flow: FlowText, place: Place): Field[] => {
  const holder = resolvedPlace(flow, place)
  const map = holder.node
  if (!isMapNode(map)) return []
  const own: Field[] = []
  const borrowed: Field[] = []
  for (const [index, entry] of map.items.entries()) {
    const value: Place = { node: entry.value, slot: () => valueSlot(flow, map, entry) }
    if (!isMergeEntry(entry)) own.push({ ...value, key: keyText(flow, entry), holder, map, index })
    else for (const source of sourcesOf(flow, value)) borrowed.push(...fieldsOf(flow, source))
  }
  if (borrowed.length === 0) return own
  const keys = new Set(own.map(({ key }) => key))
  return [...own, ...borrowed.filter(({ key }) => !keys.has(key) && keys.add(key))]
}

const sourcesOf = (flow: FlowText, value: Place): Place[] => {
  const source = resolvedPlace(flow, value)
  return isListNode(source.node) ? itemPlaces(flow, source.node) : [source]
}

export const fieldOf = (flow: FlowText, place: Place, key: string): Field | undefined =>
  fieldsOf(flow, place).find((field) => field.key === key)

const hooks = ['on_failure', 'on_completion', 'on_cancellation']

const hookFields = (flow: FlowText): Field[] => {
  const field = fieldOf(flow, rootPlace(flow), 'hooks')
  return field ? fieldsOf(flow, field).filter(({ key }) => hooks.includes(key)) : []
}

/** Every task of the flow and of its hooks. */
export const taskFields = (flow: FlowText): Field[] => {
  const tasks = fieldOf(flow, rootPlace(flow), 'tasks')
  return [...(tasks ? [tasks] : []), ...hookFields(flow)].flatMap((section) => fieldsOf(flow, section))
}

/** The path of the map that a task is in. */
export const sectionOf = (flow: FlowText, task: string): string[] => {
  const hook = hookFields(flow).find((field) => fieldOf(flow, field, task))
  return hook ? ['hooks', hook.key] : ['tasks']
}
