import type { OperationOf } from '#core/model/flow-edit.ts'
import { insertEntries, planAction } from './actions.ts'
import type { Content, ContentEntry } from './content.ts'
import { contentOf } from './content.ts'
import type { Plan } from './plan.ts'
import { nothing, together } from './plan.ts'
import { reach } from './reach.ts'
import type { FlowText } from './sharing.ts'
import { isListNode } from './syntax.ts'
import { valueAt } from './value-at.ts'

type Positions = OperationOf<'set-positions'>['positions']
type Position = readonly [number, number]
type Step = (flow: FlowText) => Plan

/** Tasks that have a place keep how it is written; new ones come last. */
export const planPositions = (positions: Positions): readonly Step[] => {
  const entries = Object.entries(positions)
  const given = entries.flatMap(([task, position]) => (position ? [[task, position] as const] : []))
  const forgotten = entries.flatMap(([task, position]) => (position ? [] : [task]))
  const steps: Step[] = forgotten.map((task) => (flow) => forget(flow, task))
  return given.length > 0 ? [...steps, (flow) => place(flow, given)] : steps
}

const forget = (flow: FlowText, task: string): Plan =>
  valueAt(flow, ['layout', task]) === undefined ? nothing : planAction(flow, ['layout'], { kind: 'remove', key: task })

const place = (flow: FlowText, positions: readonly (readonly [string, Position])[]): Plan => {
  const isNew = ([task]: readonly [string, Position]) => valueAt(flow, ['layout', task]) === undefined
  const added = positions.filter(isNew)
  const moved = positions.filter((position) => !isNew(position))
  return together([
    ...moved.map(([task, position]) => move(flow, task, position)),
    added.length > 0 ? add(flow, added) : nothing,
  ])
}

const move = (flow: FlowText, task: string, position: Position): Plan => {
  const { kind, last } = reach(flow, ['layout', task])
  if (kind !== 'own' || !isListNode(last.node) || last.node.items.length !== 2) {
    return planAction(flow, ['layout'], { kind: 'set', key: task, value: position })
  }
  return together(position.map((value, key) => planAction(flow, ['layout', task], { kind: 'set', key, value })))
}

const add = (flow: FlowText, positions: readonly (readonly [string, Position])[]): Plan => {
  const entries = positions.map(([task, position]): ContentEntry => ({ key: contentOf(task), value: pair(position) }))
  return insertEntries(flow, ['layout'], entries)
}

const pair = ([x, y]: Position): Content => ({ kind: 'list', items: [contentOf(x), contentOf(y)], flow: true })
