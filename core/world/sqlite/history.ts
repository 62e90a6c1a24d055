import type { RunHistory } from '#core/model/run-news.ts'
import { stateTypeOfName, type StateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integerOrNull, oneOf, text, type Row } from './row.ts'

type Figures = { readonly runs: number; readonly failed: number; readonly medianDuration: number | null }

export const histories = ({ prepare, read }: Access): Pick<StateStore, 'history'> => {
  const lastRuns = prepare(`select id, state_name, started_at, ended_at from flow_runs indexed by flow_runs_by_flow
    where flow = ? and deleted_at is null and ended_at is not null order by created_at desc, id desc limit ?`)
  const tasks = prepare(`select task, state_name, started_at, ended_at from task_runs indexed by task_runs_whole
    where flow_run = ? and item is null`)
  return {
    history: (flow, runs = 50): RunHistory =>
      read(() => {
        const rows = lastRuns.all(flow, runs)
        const ofTasks = rows.flatMap((row) => tasks.all(text(row, 'id')))
        const byTask = Map.groupBy(ofTasks, (row) => text(row, 'task'))
        return {
          ...figures(rows),
          tasks: Object.fromEntries([...byTask].map(([task, its]) => [task, figures(its)])),
        }
      }),
  }
}

const failures: ReadonlySet<StateType> = new Set(['FAILED', 'CRASHED'])

const figures = (rows: readonly Row[]): Figures => {
  const ran = rows.filter((row) => integerOrNull(row, 'started_at') !== null && integerOrNull(row, 'ended_at') !== null)
  const failed = ran.filter((row) => failures.has(stateTypeOfName[stateName(row)]))
  // A cached result took no time, which says nothing of the next run.
  const good = ran.filter((row) => stateName(row) === 'Completed')
  return {
    runs: ran.length,
    failed: failed.length,
    medianDuration: median(
      good.map((row) => (integerOrNull(row, 'ended_at') ?? 0) - (integerOrNull(row, 'started_at') ?? 0)),
    ),
  }
}

const stateName = (row: Row) => oneOf(row, 'state_name', stateTypeOfName)

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : Math.round((upper + (sorted[middle - 1] ?? upper)) / 2)
}
