import type { ParsedNode } from 'yaml'
import type { TaskMention } from './expression-mentions.ts'
import { nameMentions, nameMentionsInCondition, taskMentions, taskMentionsInCondition } from './expression-mentions.ts'
import type { Field } from './fields.ts'
import { fieldsOf, resolvedPlace, rootPlace } from './fields.ts'
import type { FlowText } from './sharing.ts'
import { resolved } from './sharing.ts'
import type { Place } from './slots.ts'
import { childrenOf, itemPlaces } from './slots.ts'
import { isAliasNode, isListNode, isScalarNode } from './syntax.ts'

/** One place that names a task outside of expressions. It may be an alias. */
export type Reference = Place & {
  readonly kind: 'wire' | 'after' | 'for_each'
  /** What it stands in: a list, or the map of ports or of the task's keys. */
  readonly holder: Place
  readonly index: number
  /** The fields that hold it, from the nearest on: the port of a list, the `inputs` of a port. */
  readonly within: readonly Field[]
}

/** All that name one of these tasks, each place once. `tasks` are the fields of all tasks. */
export const referencesToAny = (flow: FlowText, tasks: readonly Field[], names: ReadonlySet<string>): Reference[] => {
  const seen = new Set<ParsedNode>()
  const references = tasks.flatMap((field) => {
    if (field.key === 'after' || field.key === 'for_each') return namesIn(flow, field.key, field, [])
    if (field.key !== 'inputs') return []
    return fieldsOf(flow, field).flatMap((port) => namesIn(flow, 'wire', port, [field]))
  })
  return references.filter(({ node, kind }) => {
    const value = resolved(flow, node)
    if (!node || seen.has(node) || !isScalarNode(value) || !namesTask(value.value, names, kind)) return false
    seen.add(node)
    return true
  })
}

export const referencesTo = (flow: FlowText, tasks: readonly Field[], task: string): Reference[] =>
  referencesToAny(flow, tasks, new Set([task]))

const namesTask = (value: unknown, names: ReadonlySet<string>, kind: Reference['kind']): boolean => {
  if (typeof value !== 'string') return false
  const dot = kind === 'wire' ? value.indexOf('.') : -1
  return names.has(value) || (dot !== -1 && names.has(value.slice(0, dot)))
}

const namesIn = (flow: FlowText, kind: Reference['kind'], field: Field, within: readonly Field[]): Reference[] => {
  const holder = resolvedPlace(flow, field)
  if (!isListNode(holder.node)) return [{ ...field, kind, within }]
  if (kind === 'for_each') return []
  const places = itemPlaces(flow, holder.node)
  return places.map((place, index) => ({ ...place, kind, holder, index, within: [field, ...within] }))
}

/** A text with expressions that name a task. */
export type ExpressionText = Place & {
  readonly text: string
  readonly find: (text: string) => TaskMention[]
}

type Find = ExpressionText['find']

/** How names are found in texts, and in conditions, which need no braces. */
export type Finders = { readonly inText: Find; readonly inCondition: Find }

export const taskFinders: Finders = { inText: taskMentions, inCondition: taskMentionsInCondition }
export const nameFinders: Finders = { inText: nameMentions, inCondition: nameMentionsInCondition }

export const expressionsNaming = (
  flow: FlowText,
  tasks: readonly Field[],
  task: string,
  { inText, inCondition }: Finders,
): ExpressionText[] => {
  const seen = new Set<ParsedNode>()
  const found: ExpressionText[] = []
  const visit = (place: Place, find: Find): void => {
    const { node } = place
    if (!node || seen.has(node)) return
    seen.add(node)
    if (isAliasNode(node)) visit(resolvedPlace(flow, place), find)
    else if (!isScalarNode(node)) childrenOf(flow, node).forEach((child) => child.isKey || visit(child, find))
    else if (typeof node.value === 'string' && names(node.value, task, find))
      found.push({ ...place, text: node.value, find })
  }
  const top = fieldsOf(flow, rootPlace(flow)).filter(({ key }) => key === 'variables' || key === 'notify')
  for (const field of top) visit(field, inText)
  for (const field of tasks) {
    if (field.key === 'when') visit(field, inCondition)
    else if (!['type', 'note', 'inputs', 'after'].includes(field.key)) visit(field, inText)
  }
  return found
}

const names = (text: string, task: string, find: ExpressionText['find']): boolean =>
  text.includes(task) && find(text).some((mention) => mention.task === task)
