import type { TaskRunRecord } from '#core/engine/ports.ts'
import type { CacheDecision } from '#core/model/flow-run.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { StoredTaskRun } from '#core/model/store.ts'
import { stateOf } from './flow-run-row.ts'
import { holding, holdingOrNull, integer, integerOrNull, isObject, isText, json, text, type Row } from './row.ts'

const isOutputs = (value: unknown): value is Outputs =>
  isObject(value) && Object.values(value).every((handle) => isObject(handle) && isText(handle['kind']))

const isCacheDecision = (value: unknown): value is CacheDecision =>
  isObject(value) && isText(value['key']) && isText(value['outcome'])

export const taskRunOf = (row: Row): StoredTaskRun => ({
  flowRun: text(row, 'flow_run'),
  key: text(row, 'key'),
  task: text(row, 'task'),
  item: integerOrNull(row, 'item'),
  items: integerOrNull(row, 'items'),
  state: stateOf(row),
  runCount: integer(row, 'run_count'),
  startedAt: integerOrNull(row, 'started_at'),
  endedAt: integerOrNull(row, 'ended_at'),
  runTime: integer(row, 'run_time'),
  outputs: holding(row, 'outputs', isOutputs),
  waiting: null,
  cache: holdingOrNull(row, 'cache', isCacheDecision),
  settings: json(row, 'settings'),
})

export const putTaskRun = `insert into task_runs (flow_run, key, task, item, state_name, state_at, state_message,
  state_until, run_count, started_at, ended_at, run_time, outputs, cache, settings, items)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (flow_run, key) do update set state_name = excluded.state_name, state_at = excluded.state_at,
  state_message = excluded.state_message, state_until = excluded.state_until, run_count = excluded.run_count,
  started_at = excluded.started_at, ended_at = excluded.ended_at, run_time = excluded.run_time,
  outputs = excluded.outputs, cache = excluded.cache, settings = excluded.settings, items = excluded.items`

export const taskRunValues = (flowRun: string, run: TaskRunRecord): unknown[] => [
  flowRun,
  run.key,
  run.task,
  run.item,
  run.state.name,
  run.state.at,
  run.state.message,
  run.state.until ?? null,
  run.runCount,
  run.startedAt,
  run.endedAt,
  Math.round(run.runTime),
  JSON.stringify(run.outputs),
  run.cache === null ? null : JSON.stringify(run.cache),
  JSON.stringify(run.settings),
  run.items,
]
