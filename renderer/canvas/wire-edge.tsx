import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { memo } from 'react'
import type { Wire } from '#renderer/stores/outline.ts'
import { FlowChip } from './flow-chip.tsx'
import type { WireEdge as Edge } from './graph.ts'
import { nodeSize } from './layout.ts'
import { hoverWire, openTool, useTools } from './tools.ts'
import { screenPlace } from './view.ts'
import classes from './wire-edge.module.css'

/** Screen pixels from the port, so that it never covers what the middle of the wire shows. */
const fromPort = 20

const InsertButton = ({ wire, x, y, targetX }: { wire: Wire; x: number; y: number; targetX: number }) => {
  const at = [targetX > x ? x + Math.min(fromPort, (targetX - x) / 2) : x + fromPort, y] as const
  return (
    <button
      type="button"
      className={`nodrag nopan ${classes['insert'] ?? ''}`}
      title="Insert a task here"
      aria-label={`Insert a task between ${wire.from.task} and ${wire.to.task}`}
      style={{ transform: `translate(-50%, -50%) translate(${at[0]}px, ${at[1]}px)` }}
      onPointerEnter={() => hoverWire(wire.id)}
      onPointerLeave={() => hoverWire(null)}
      onClick={(event) => {
        event.stopPropagation()
        openTool({ tool: 'add', add: { position: at, at: screenPlace(at), wiring: { kind: 'wire', wire } } })
      }}
    >
      <Plus size={12} strokeWidth={2.5} aria-hidden />
    </button>
  )
}

/** Pixels between two tasks in which a number does not fit. */
const narrow = 96
const above = nodeSize.height / 2 + 12

type Ends = Pick<EdgeProps, 'sourceX' | 'sourceY' | 'targetX' | 'targetY'>

/** Where the number of a wire stands: in its middle or, between near neighbours, above them, where it covers neither. */
const chipPlace = ({ sourceX, sourceY, targetX, targetY }: Ends, x: number, y: number): { x: number; y: number } => {
  const gap = targetX - sourceX
  if (gap <= 0 || gap >= narrow) return { x, y }
  return Math.abs(targetY - sourceY) < nodeSize.height / 2
    ? { x, y: y - above }
    : { x: targetX + 34, y: targetY - above }
}

export const WireEdge = memo((props: EdgeProps<Edge>) => {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props
  const hovered = useTools((state) => state.hovered === id)
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 8,
    // Between near neighbours a longer way out of the port would run back on itself.
    offset: targetX > sourceX ? Math.min(20, (targetX - sourceX) / 2) : 20,
  })
  if (!data) return null
  const { wire, kind, fault } = data
  const carries = wire.to.port !== null
  return (
    <>
      {fault !== undefined && <title>{fault}</title>}
      <BaseEdge
        path={path}
        className={classes['wire'] ?? ''}
        data-kind={kind ?? 'order'}
        data-fault={fault !== undefined || undefined}
        interactionWidth={16}
      />
      {carries && (
        <EdgeLabelRenderer>
          <FlowChip task={wire.from.task} output={wire.from.output} {...chipPlace(props, labelX, labelY)} />
          {hovered && kind !== null && <InsertButton wire={wire} x={sourceX} y={sourceY} targetX={targetX} />}
        </EdgeLabelRenderer>
      )}
    </>
  )
})
WireEdge.displayName = 'WireEdge'
