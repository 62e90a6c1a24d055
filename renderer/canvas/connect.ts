import { notifications } from '@mantine/notifications'
import type { Connection, FinalConnectionState } from '@xyflow/react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import { taskOf } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import { whyNot, type Joint, type LooseEnd } from './connections.ts'

type Ends = { source: string | null; sourceHandle?: string | null; target: string | null; targetHandle?: string | null }

const jointOf = ({ source, sourceHandle, target, targetHandle }: Ends): Joint | null =>
  source && sourceHandle && target && targetHandle
    ? { task: source, output: sourceHandle, to: target, port: targetHandle }
    : null

const reasonAgainst = (joint: Joint | null): string | null =>
  joint === null ? 'There is no such port.' : whyNot(useFlow.getState().outline, useSession.getState().taskTypes, joint)

export const isValid = (ends: Ends): boolean => reasonAgainst(jointOf(ends)) === null

export const connectJoint = (engine: Engine, { task, output, to, port }: Joint): Promise<boolean> => {
  const type = taskOf(useFlow.getState().outline, to)?.type ?? ''
  const many = useSession.getState().taskTypes.get(type)?.inputs[port]?.many ?? false
  return changeFlow(engine, `Connect ${task} to ${to}`, {
    kind: 'connect',
    task: to,
    port,
    from: { task, output },
    many,
  })
}

export const connect = (engine: Engine, connection: Connection): void => {
  const joint = jointOf(connection)
  if (joint !== null) void connectJoint(engine, joint)
}

/** A wire that was let go on a port that does not take it: says why. */
export const sayWhyNot = ({ isValid: fits, fromNode, fromHandle, toNode, toHandle }: FinalConnectionState): void => {
  if (fits !== false || !fromNode || !toNode) return
  const outwards = fromHandle?.type === 'source'
  const [source, sourceHandle, target, targetHandle] = outwards
    ? [fromNode.id, fromHandle.id, toNode.id, toHandle?.id]
    : [toNode.id, toHandle?.id, fromNode.id, fromHandle?.id]
  const joint = jointOf({ source, target, sourceHandle: sourceHandle ?? null, targetHandle: targetHandle ?? null })
  const reason = toHandle?.type === fromHandle?.type ? 'A wire leads from an output to an input.' : reasonAgainst(joint)
  if (reason !== null) notifications.show({ title: 'This wire does not fit', message: reason, color: 'red' })
}

/** The end of a wire that was let go where there is nothing. */
export const looseEndOf = ({ fromNode, fromHandle }: FinalConnectionState): LooseEnd | null => {
  const name = fromHandle?.id
  if (!fromNode || name === undefined || name === null) return null
  return fromHandle?.type === 'source'
    ? { side: 'output', task: fromNode.id, output: name }
    : { side: 'input', task: fromNode.id, port: name }
}
