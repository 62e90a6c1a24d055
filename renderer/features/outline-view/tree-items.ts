import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { listOf, mapAt, wiresInto, wiresOutOf, type Outline, type TaskOutline } from '#renderer/stores/outline.ts'

/** A line of the tree. Children of a task are its inputs, its outputs, and what it waits for. */
export type TreeItem = {
  readonly key: string
  readonly task: string
  readonly text: string
  readonly detail: string
} & (
  | { readonly kind: 'task'; readonly expanded: boolean }
  | { readonly kind: 'input'; readonly port: string; readonly connected: boolean }
  | { readonly kind: 'output'; readonly port: string }
  | { readonly kind: 'after'; readonly other: string }
)

type Types = ReadonlyMap<string, TaskTypeSummary>

/** Each task after those it waits for, otherwise as they are written. */
const inOrder = (outline: Outline): readonly TaskOutline[] => {
  const ordered: TaskOutline[] = []
  const seen = new Set<string>()
  const byId = new Map(outline.tasks.map((task) => [task.id, task]))
  const visit = (task: TaskOutline | undefined) => {
    if (!task || seen.has(task.id)) return
    seen.add(task.id)
    for (const { from } of wiresInto(outline, task.id)) visit(byId.get(from.task))
    ordered.push(task)
  }
  for (const task of outline.tasks) visit(task)
  return ordered
}

const inputsOf = (task: TaskOutline, type: TaskTypeSummary | undefined): readonly TreeItem[] =>
  Object.entries(type?.inputs ?? {}).map(([port, { title, optional }]) => {
    const written = listOf(mapAt(task.raw['inputs'])[port]).map(String)
    const nothing = optional ? 'not connected' : 'not connected, needed'
    return {
      kind: 'input',
      key: `${task.id} in ${port}`,
      task: task.id,
      port,
      connected: written.length > 0,
      text: `In: ${title}`,
      detail: written.length > 0 ? `from ${written.join(', ')}` : nothing,
    }
  })

const outputsOf = (outline: Outline, task: TaskOutline, type: TaskTypeSummary | undefined): readonly TreeItem[] =>
  Object.entries(type?.outputs ?? {}).map(([port, { title }]) => {
    const to = wiresOutOf(outline, task.id).filter(({ from }) => from.output === port)
    return {
      kind: 'output',
      key: `${task.id} out ${port}`,
      task: task.id,
      port,
      text: `Out: ${title}`,
      detail: to.length > 0 ? `to ${to.map((wire) => wire.to.task).join(', ')}` : 'not used',
    }
  })

const waitsOf = (task: TaskOutline): readonly TreeItem[] =>
  listOf(task.raw['after'])
    .filter((other) => typeof other === 'string')
    .map((other) => ({
      kind: 'after',
      key: `${task.id} after ${other}`,
      task: task.id,
      other,
      text: `After ${other}`,
      detail: 'order only',
    }))

export const treeOf = (outline: Outline, types: Types, closed: ReadonlySet<string>): readonly TreeItem[] =>
  inOrder(outline).flatMap((task): readonly TreeItem[] => {
    const type = types.get(task.type)
    const expanded = !closed.has(task.id)
    const disabled = task.raw['disabled'] === true ? ', disabled' : ''
    const line: TreeItem = {
      kind: 'task',
      key: task.id,
      task: task.id,
      text: task.id,
      detail: `${type?.title ?? task.type}${disabled}`,
      expanded,
    }
    return expanded ? [line, ...inputsOf(task, type), ...outputsOf(outline, task, type), ...waitsOf(task)] : [line]
  })
