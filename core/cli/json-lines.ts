import { durationOf, type FlowRun, type TaskRun } from '#core/model/flow-run.ts'
import type { Handle, JsonValue, Output, Outputs } from '#core/model/handle.ts'
import type { LogLine } from '#core/model/log-line.ts'
import type { FlowRunDetail, RunNews } from '#core/model/run-news.ts'
import { stateType, type State } from '#core/model/state.ts'

/** The forms in which `--json` prints things: one object a line, keys in snake_case, times as ISO 8601. */
const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const stateJson = (state: State): JsonValue => ({
  type: stateType(state),
  name: state.name,
  ...(state.message !== null && { message: state.message }),
  ...(state.until !== undefined && { until: time(state.until) }),
})

const handleJson = (handle: Handle): JsonValue => {
  switch (handle.kind) {
    case 'table':
      return {
        rows: handle.rows,
        columns: handle.columns.map(({ name, type }) => ({ name, type })),
        ...(handle.path !== null && { path: handle.path, bytes: handle.bytes }),
      }
    case 'file':
      return {
        path: handle.path,
        name: handle.name,
        bytes: handle.bytes,
        ...(handle.sha256 && { sha256: handle.sha256 }),
      }
    case 'value':
      return handle.value
    default:
      return handle satisfies never
  }
}

const outputJson = (output: Output): JsonValue =>
  output.kind === 'list' ? output.handles.map(handleJson) : handleJson(output)

const outputsJson = (outputs: Outputs): JsonValue =>
  Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, outputJson(output)]))

export const flowRunJson = (flowRun: FlowRun): Record<string, JsonValue> => ({
  id: flowRun.id,
  name: flowRun.name,
  flow: flowRun.flow,
  state: stateJson(flowRun.state),
  parameters: flowRun.parameters,
  tags: flowRun.tags,
  file: flowRun.file,
  created: time(flowRun.createdAt),
  started: time(flowRun.startedAt),
  ended: time(flowRun.endedAt),
  run_count: flowRun.runCount,
  parent: flowRun.parent === null ? null : { flow_run: flowRun.parent.flowRun, task_run: flowRun.parent.taskRun },
})

export const taskRunJson = (taskRun: TaskRun): Record<string, JsonValue> => ({
  flow_run: taskRun.flowRun,
  task: taskRun.task,
  ...(taskRun.item !== null && { item: taskRun.item }),
  state: stateJson(taskRun.state),
  run_count: taskRun.runCount,
  started: time(taskRun.startedAt),
  ended: time(taskRun.endedAt),
  duration_ms: durationOf(taskRun),
  outputs: outputsJson(taskRun.outputs),
  ...(taskRun.waiting !== null && { waiting: taskRun.waiting }),
  ...(taskRun.cache !== null && {
    cache: { key: taskRun.cache.key, outcome: taskRun.cache.outcome, parts: taskRun.cache.parts },
  }),
})

export const logJson = (line: LogLine): Record<string, JsonValue> => ({
  flow_run: line.flowRun,
  task_run: line.taskRun,
  at: time(line.at),
  level: line.level,
  message: line.message,
})

export const newsJson = (news: RunNews): Record<string, JsonValue>[] => {
  switch (news.kind) {
    case 'flow-run':
      return [{ type: 'flow_run', ...flowRunJson(news.flowRun) }]
    case 'task-run':
      return [{ type: 'task_run', ...taskRunJson(news.taskRun) }]
    case 'progress':
      return [{ type: 'progress', flow_run: news.flowRun, task_run: news.taskRun, ...news.progress }]
    case 'logs':
      return news.lines.map((line) => ({ type: 'log', ...logJson(line) }))
    case 'held':
    case 'end':
      return []
    default:
      return news satisfies never
  }
}

/** The last line of `run --json`: the state, the flow run, and each task with its outputs. */
export const resultJson = ({ flowRun, taskRuns }: FlowRunDetail): JsonValue => ({
  type: 'result',
  state: stateJson(flowRun.state),
  flow_run: flowRunJson(flowRun),
  tasks: taskRuns.map((taskRun) => taskRunJson(taskRun)),
})
