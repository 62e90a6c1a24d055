import type { FlowRun } from '#core/model/flow-run.ts'
import type { ParameterValues } from '#core/model/parameter.ts'
import { stateType, stateTypeOfName, type State } from '#core/model/state.ts'
import {
  holding,
  holdingOrNull,
  integer,
  integerOrNull,
  isObject,
  isText,
  list,
  oneOf,
  text,
  textOrNull,
  type Row,
} from './row.ts'

export const stateOf = (row: Row): State => {
  const until = integerOrNull(row, 'state_until')
  return {
    name: oneOf(row, 'state_name', stateTypeOfName),
    at: integer(row, 'state_at'),
    message: textOrNull(row, 'state_message'),
    ...(until !== null && { until }),
  }
}

const isParameters = (value: unknown): value is ParameterValues => isObject(value)

const isSelection = (value: unknown): value is NonNullable<FlowRun['selection']> =>
  isObject(value) && Array.isArray(value['tasks'])

export const flowRunOf = (row: Row): FlowRun => {
  const parentFlowRun = textOrNull(row, 'parent_flow_run')
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    flow: text(row, 'flow'),
    document: text(row, 'document'),
    file: textOrNull(row, 'file'),
    parameters: holding(row, 'parameters', isParameters),
    tags: list(row, 'tags', isText),
    state: stateOf(row),
    createdAt: integer(row, 'created_at'),
    startedAt: integerOrNull(row, 'started_at'),
    endedAt: integerOrNull(row, 'ended_at'),
    runCount: integer(row, 'run_count'),
    parent: parentFlowRun === null ? null : { flowRun: parentFlowRun, taskRun: text(row, 'parent_task_run') },
    submissionKey: textOrNull(row, 'submission_key'),
    selection: holdingOrNull(row, 'selection', isSelection),
  }
}

/** What of a flow run changes while it lives. */
export type LivingPart = Pick<FlowRun, 'state' | 'startedAt' | 'endedAt' | 'runCount'>

export const updateFlowRun = `update flow_runs set state_name = ?, state_type = ?, state_at = ?, state_message = ?,
  state_until = ?, started_at = ?, ended_at = ?, run_count = ? where id = ?`

export const updatedValues = (id: string, { state, startedAt, endedAt, runCount }: LivingPart): unknown[] => [
  state.name,
  stateType(state),
  state.at,
  state.message,
  state.until ?? null,
  startedAt,
  endedAt,
  runCount,
  id,
]

export const insertFlowRun = `insert into flow_runs (state_name, state_type, state_at, state_message, state_until,
  started_at, ended_at, run_count, id, name, flow, document, file, parameters, tags, created_at, parent_flow_run,
  parent_task_run, submission_key, selection) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export const insertedValues = (run: FlowRun): unknown[] => [
  ...updatedValues(run.id, run),
  run.name,
  run.flow,
  run.document,
  run.file,
  JSON.stringify(run.parameters),
  JSON.stringify(run.tags),
  run.createdAt,
  run.parent?.flowRun ?? null,
  run.parent?.taskRun ?? null,
  run.submissionKey,
  run.selection === null ? null : JSON.stringify(run.selection),
]
