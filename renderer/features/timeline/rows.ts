import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunTimeline, TaskRunHistory } from '#core/model/run-timeline.ts'
import { stateType, type State } from '#core/model/state.ts'
import { segmentsOf, type Segment } from './segments.ts'

/** A subflow run with its own timeline. */
export type Subflow = {
  readonly flowRun: FlowRun
  readonly timeline: RunTimeline
  readonly subflows: readonly Subflow[]
}

export type Row = {
  readonly key: string
  readonly label: string
  readonly depth: number
  readonly states: readonly State[]
  readonly segments: readonly Segment[]
  /** Null for a subflow run as a whole and for what is in it: it is no task of this flow. */
  readonly task: string | null
  readonly item: number | null
  /** The page of a subflow run. */
  readonly flowRun: string | null
}

const known = new WeakMap<readonly State[], readonly Segment[]>()

const segmentsFor = (states: readonly State[]): readonly Segment[] => {
  const found = known.get(states) ?? segmentsOf(states)
  known.set(states, found)
  return found
}

type Level = { readonly prefix: string; readonly depth: number; readonly isOwn: boolean }

const labelOf = ({ task, item }: TaskRunHistory): string => (item === null ? task : `${task} ${item}`)

const rowsOfSubflow = ({ flowRun, timeline, subflows }: Subflow, depth: number): readonly Row[] => [
  {
    key: flowRun.id,
    label: flowRun.flow,
    depth,
    states: timeline.states,
    segments: segmentsFor(timeline.states),
    task: null,
    item: null,
    flowRun: flowRun.id,
  },
  ...rowsOf(timeline, subflows, { prefix: `${flowRun.id}/`, depth: depth + 1, isOwn: false }),
]

/** Of a task on hold to which nothing has happened yet. */
export const rowOfHeld = (task: string): Row => ({
  key: task,
  label: task,
  depth: 0,
  states: [],
  segments: [],
  task,
  item: null,
  flowRun: null,
})

/** Whether it runs or has run, so that a hold no longer matters to it. */
export const hasBegun = ({ states }: Row): boolean => {
  const last = states.at(-1)
  return last !== undefined && stateType(last) !== 'PENDING' && stateType(last) !== 'SCHEDULED'
}

/** Task runs in the order of the flow; items below their task, subflows below the task run that began them. */
export const rowsOf = (
  timeline: RunTimeline,
  subflows: readonly Subflow[],
  { prefix, depth, isOwn }: Level = { prefix: '', depth: 0, isOwn: true },
): readonly Row[] => {
  const children = Map.groupBy(subflows, ({ flowRun }) => flowRun.parent?.taskRun ?? '')
  return timeline.taskRuns.flatMap((history): readonly Row[] => {
    const own = depth + (history.item === null ? 0 : 1)
    const row: Row = {
      key: prefix + history.taskRun,
      label: labelOf(history),
      depth: own,
      states: history.states,
      segments: segmentsFor(history.states),
      task: isOwn ? history.task : null,
      item: history.item,
      flowRun: null,
    }
    const below = (children.get(history.taskRun) ?? []).flatMap((subflow) => rowsOfSubflow(subflow, own + 1))
    return [row, ...below]
  })
}
