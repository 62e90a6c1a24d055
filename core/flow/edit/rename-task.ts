import type { OperationOf } from '#core/model/flow-edit.ts'
import type { Content } from './content.ts'
import { exists, notFound } from './edit-value.ts'
import type { Field } from './fields.ts'
import { fieldOf, fieldsOf, rootPlace, taskFields } from './fields.ts'
import type { Plan } from './plan.ts'
import { nothing, together } from './plan.ts'
import type { ExpressionText } from './references.ts'
import { expressionsNaming, nameFinders, referencesTo, taskFinders } from './references.ts'
import { replaceInSlot } from './replace.ts'
import { scalarSource } from './scalar-source.ts'
import type { FlowText } from './sharing.ts'
import { resolved } from './sharing.ts'
import type { Slot } from './slots.ts'
import { keySlot } from './slots.ts'
import type { Change } from './splices.ts'
import { isAliasNode, isScalarNode } from './syntax.ts'

export const planRenameTask = (flow: FlowText, { task, to }: OperationOf<'rename-task'>): Plan => {
  const tasks = taskFields(flow)
  const own = tasks.find(({ key }) => key === task)
  if (!own) throw notFound(['tasks', task])
  if (task === to) return nothing
  if (tasks.some(({ key }) => key === to)) throw exists(to)
  const layout = fieldOf(flow, rootPlace(flow), 'layout')
  const places = layout ? fieldsOf(flow, layout) : []
  if (places.some(({ key }) => key === to)) throw exists(to)
  const keys = [own, ...places.filter(({ key }) => key === task)].map((field) => keySlotOf(flow, field))
  const fields = tasks.flatMap((each) => fieldsOf(flow, each))
  const names = [...keys, ...referencesTo(flow, fields, task).map(({ slot }) => slot())]
  return together([
    renameAll(flow, names, task, to),
    ...expressionsNaming(flow, fields, task, taskFinders).map((text) => renameIn(flow, text, task, to)),
  ])
}

/** A parameter or variable under another name. What only looks like it, a filter or an argument's name, stays. */
export const planRenameName = (flow: FlowText, { section, name, to }: OperationOf<'rename-name'>): Plan => {
  const field = fieldOf(flow, rootPlace(flow), section)
  const fields = field ? fieldsOf(flow, field) : []
  const own = fields.find(({ key }) => key === name)
  if (!own) throw notFound([section, name])
  if (name === to) return nothing
  if (fields.some(({ key }) => key === to)) throw exists(to)
  const texts = taskFields(flow).flatMap((task) => fieldsOf(flow, task))
  return together([
    renameAll(flow, [keySlotOf(flow, own)], name, to),
    ...expressionsNaming(flow, texts, name, nameFinders).map((text) => renameIn(flow, text, name, to)),
  ])
}

const keySlotOf = (flow: FlowText, { map, index }: Field): Slot => {
  const entry = map.items[index]
  if (!entry) throw notFound([index])
  return keySlot(flow, map, entry)
}

/**
 * Names are changed where they are written. One that also stands, by an alias, where no task is meant keeps its text
 * there, and each name gets its own.
 */
const renameAll = (flow: FlowText, names: readonly Slot[], task: string, to: string): Plan => {
  const nodes = new Set(names.map(({ node }) => node))
  const isNameOnly = ({ node }: Slot): boolean =>
    !node ||
    !('anchor' in node && node.anchor) ||
    flow.sharing().aliases.every((alias) => alias.target !== node || nodes.has(alias.node))
  const inPlace = new Set(names.filter((slot) => !isAliasNode(slot.node) && isNameOnly(slot)).map(({ node }) => node))
  return together(
    names.map((slot): Plan => {
      const { node } = slot
      const target = resolved(flow, node)
      if (isAliasNode(node) && inPlace.has(target)) return nothing
      if (inPlace.has(node)) return { changes: renameAtStart(flow, slot, task, to), gone: [], departed: [] }
      return {
        changes: rewrite(flow, slot, renamed(textOf(flow, slot), task, to), false),
        gone: node ? [node] : [],
        departed: [],
      }
    }),
  )
}

const textOf = (flow: FlowText, { node }: Slot): string => {
  const target = resolved(flow, node)
  return isScalarNode(target) ? String(target.value) : ''
}

const renamed = (text: string, task: string, to: string): string => to + text.slice(task.length)

const renameAtStart = (flow: FlowText, slot: Slot, task: string, to: string): Change[] => {
  const source = slot.token ? scalarSource(slot.token) : null
  const at = source ? source.text.search(/\S/) : -1
  if (!source?.text.startsWith(task, at)) return rewrite(flow, slot, renamed(textOf(flow, slot), task, to), true)
  return [{ from: source.placeOf(at), to: source.placeOf(at + task.length), insert: to }]
}

const rewrite = (flow: FlowText, slot: Slot, text: string, keepsAnchor: boolean): Change[] => {
  const content: Content = { kind: 'scalar', value: text }
  return replaceInSlot(flow, { slot, content, keepsAnchor, models: [] })
}

/** Writes something else where an expression names something. */
export const renameIn = (
  flow: FlowText,
  { slot: place, text, find }: ExpressionText,
  task: string,
  to: string,
): Plan => {
  const slot = place()
  const source = slot.token ? scalarSource(slot.token) : null
  const places = source ? find(source.text).filter((mention) => mention.task === task) : []
  const mentions = find(text).filter((mention) => mention.task === task)
  if (source && places.length === mentions.length) {
    const changes = places.map(({ from, to: end }) => ({
      from: source.placeOf(from),
      to: source.placeOf(end),
      insert: to,
    }))
    return { changes, gone: [], departed: [] }
  }
  // The lines of the text are broken in the middle of a name.
  const value = mentions.reduceRight((whole, { from, to: end }) => whole.slice(0, from) + to + whole.slice(end), text)
  return { changes: rewrite(flow, slot, value, true), gone: [], departed: [] }
}
