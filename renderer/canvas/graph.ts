import type { Edge, Node } from '@xyflow/react'
import type { PortKind } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { markName } from '#renderer/stores/marks.ts'
import { outputKind, type Mark, type Position, type TaskOutline, type Wire } from '#renderer/stores/outline.ts'
import { nodeSize } from './layout.ts'
import { orderHandle, portsOf } from './ports.ts'

/** What is wrong with a task: how many problems, and what they say. */
export type Trouble = { readonly count: number; readonly text: string }

export type TaskNodeData = {
  readonly task: TaskOutline
  readonly type: TaskTypeSummary | undefined
  readonly trouble: Trouble | undefined
  /** A wire that only orders, or one without its port, ends at it. */
  readonly ordered: boolean
}
export type TaskNode = Node<TaskNodeData, 'task'>
export type MarkNode = Node<{ readonly mark: Mark }, 'note' | 'frame'>
export type CanvasNode = TaskNode | MarkNode
export type WireEdgeData = {
  readonly wire: Wire
  readonly kind: PortKind | null
  /** Why it does not fit, or undefined. */
  readonly fault: string | undefined
}
export type WireEdge = Edge<WireEdgeData, 'wire'>

type Types = ReadonlyMap<string, TaskTypeSummary>

export type TaskParts = TaskNodeData & { readonly position: Position; readonly selected: boolean }

/** `before` when it shows the same, so that it is not drawn again. */
export const taskNode = (before: CanvasNode | undefined, parts: TaskParts): TaskNode => {
  const { task, type, trouble, ordered, position, selected } = parts
  const [x, y] = position
  if (
    before?.type === 'task' &&
    before.data.task === task &&
    before.data.type === type &&
    before.data.trouble?.text === trouble?.text &&
    before.data.ordered === ordered
  ) {
    if (before.position.x === x && before.position.y === y && before.selected === selected) return before
    return { ...before, position: { x, y }, selected }
  }
  return {
    id: task.id,
    type: 'task',
    position: { x, y },
    data: { task, type, trouble, ordered },
    selected,
    handles: portsOf(type).handles,
    ariaLabel: `${task.id}, ${type?.title ?? task.type}`,
    ...nodeSize,
  }
}

export const markNode = (
  before: CanvasNode | undefined,
  { mark, position, size, selected }: { mark: Mark; position: Position; size: Position; selected: boolean },
): MarkNode => {
  const [x, y] = position
  if (
    before?.type !== undefined &&
    before.type !== 'task' &&
    before.data.mark === mark &&
    before.position.x === x &&
    before.position.y === y &&
    before.width === size[0] &&
    before.height === size[1] &&
    before.selected === selected
  )
    return before
  return {
    id: markName(mark),
    type: mark.kind,
    position: { x, y },
    data: { mark },
    selected,
    width: size[0],
    height: size[1],
    // Frames lie below what they hold.
    zIndex: mark.kind === 'frame' ? -1 : 0,
    ariaLabel: mark.kind === 'frame' ? `Frame ${mark.text}` : `Note ${mark.text}`,
  }
}

export type WireParts = {
  readonly wire: Wire
  readonly fault: string | undefined
  readonly selected: boolean
  readonly from: TaskOutline
  readonly to: TaskOutline
  readonly types: Types
}

/** A port that its task does not have any more is drawn where orders are. */
export const wireEdge = (before: WireEdge | undefined, parts: WireParts): WireEdge => {
  const { wire, fault, selected, from, to, types } = parts
  const kind = wire.to.port === null ? null : outputKind(types, from.type, wire.from.output)
  const sourceHandle = kind === null ? orderHandle : wire.from.output
  const hasPort = wire.to.port !== null && types.get(to.type)?.inputs[wire.to.port] !== undefined
  const targetHandle = hasPort ? wire.to.port : orderHandle
  if (
    before?.data?.wire === wire &&
    before.data.kind === kind &&
    before.data.fault === fault &&
    before.targetHandle === targetHandle
  )
    return before.selected === selected ? before : { ...before, selected }
  return {
    id: wire.id,
    type: 'wire',
    source: wire.from.task,
    target: wire.to.task,
    sourceHandle,
    targetHandle,
    data: { wire, kind, fault },
    selected,
    ariaLabel: wire.to.port === null ? `${wire.to.task} runs after ${wire.from.task}` : wire.id.replace('->', ' to '),
  }
}
