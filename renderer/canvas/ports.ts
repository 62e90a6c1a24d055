import { Position, type NodeHandle } from '@xyflow/react'
import type { PortKind } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { nodeSize } from './layout.ts'

export type Port = {
  readonly name: string
  readonly title: string
  readonly kind: PortKind
  readonly many: boolean
  readonly required: boolean
}

/** The handle of wires that only order, and of those whose port is gone. No port has this name. */
export const orderHandle = '$order'

export type Ports = {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Where the canvas finds them without measuring. */
  readonly handles: NodeHandle[]
}

/** Pixels. */
const handleSize = 8

/** Where the handle of a port sits along its side of the node, pixels from the top. */
export const portOffset = (index: number, count: number): number => (nodeSize.height / (count + 1)) * (index + 1)

const handleOf = (id: string, type: 'source' | 'target', offset: number): NodeHandle => ({
  id,
  type,
  position: type === 'target' ? Position.Left : Position.Right,
  x: (type === 'target' ? 0 : nodeSize.width) - handleSize / 2,
  y: offset - handleSize / 2,
  width: handleSize,
  height: handleSize,
})

const portsOfType = (type: TaskTypeSummary | undefined): Ports => {
  const inputs = Object.entries(type?.inputs ?? {}).map(([name, { title, kind, many = false, optional = false }]) => ({
    name,
    title,
    kind,
    many,
    required: !optional,
  }))
  const outputs = Object.entries(type?.outputs ?? {}).map(([name, { title, kind }]) => ({
    name,
    title,
    kind,
    many: false,
    required: false,
  }))
  const handles = [
    handleOf(orderHandle, 'target', nodeSize.height / 2),
    handleOf(orderHandle, 'source', nodeSize.height / 2),
    ...inputs.map(({ name }, index) => handleOf(name, 'target', portOffset(index, inputs.length))),
    ...outputs.map(({ name }, index) => handleOf(name, 'source', portOffset(index, outputs.length))),
  ]
  return { inputs, outputs, handles }
}

const known = new WeakMap<TaskTypeSummary, Ports>()
const ofNoType = portsOfType(undefined)

/** The same object for every task of a type. */
export const portsOf = (type: TaskTypeSummary | undefined): Ports => {
  if (!type) return ofNoType
  const before = known.get(type) ?? portsOfType(type)
  known.set(type, before)
  return before
}
