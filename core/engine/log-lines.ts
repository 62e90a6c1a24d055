import { counted } from '#core/model/counted.ts'
import type { LogLevel } from '#core/model/log-line.ts'
import { formatDuration } from '#core/model/duration.ts'
import { describeState, isTerminal, stateType, type State } from '#core/model/state.ts'
import { taskRunName } from '#core/model/task-run-key.ts'
import type { Change, TaskRunRecord } from './ports.ts'

/** `taskRun` null: the flow run's own line. */
export type EngineLine = { readonly taskRun: string | null; readonly level: LogLevel; readonly message: string }

/** What the log says of a change; wording and order after Prefect. */
export const logLines = (change: Change): EngineLine[] => {
  if (change.kind === 'flow-run') return flowLines(change)
  if (change.before === change.run.state) return []
  return change.run.items === null ? taskRunLines(change.before, change.run) : mappedLines(change.before, change.run)
}

const line = (taskRun: string | null, message: string, level: LogLevel = 'info'): EngineLine => ({
  taskRun,
  level,
  message,
})

const endLevel = (state: State): LogLevel => {
  const type = stateType(state)
  return type === 'COMPLETED' || type === 'SKIPPED' ? 'info' : 'error'
}

const tryAgain = (before: State | null): string =>
  `Received non-final state 'AwaitingRetry' when proposing final state '${before?.name ?? 'Failed'}' and will attempt to run again...`

/** Prefect leaves the reader to wait; a delay under a second is not worth a line. */
const nextTry = (taskRun: string | null, { at, until = at }: State): EngineLine[] =>
  until - at < 1000 ? [] : [line(taskRun, `The next attempt is in ${formatDuration(until - at)}.`)]

const flowLines = ({ before, state, endedAt }: Extract<Change, { kind: 'flow-run' }>): EngineLine[] => {
  switch (state.name) {
    case 'Paused':
      return [line(null, `Pausing flow, execution will continue when this flow run is resumed.${because(state)}`)]
    case 'Running':
      return before?.name === 'Paused' ? [line(null, 'Resuming flow run execution!')] : []
    case 'AwaitingRetry':
      return [line(null, tryAgain(before)), ...nextTry(null, state)]
    case 'Cancelling':
      return [line(null, `Cancelling flow run.${because(state)}`)]
    default:
      return endedAt !== null && isTerminal(state)
        ? [line(null, `Finished in state ${describeState(state)}`, endLevel(state))]
        : []
  }
}

const because = ({ message }: State): string => (message === null ? '' : ` ${message}`)

const taskRunLines = (before: State | null, { key, task, state, endedAt }: TaskRunRecord): EngineLine[] => {
  const name = taskRunName(key)
  const created = before === null ? [line(null, `Created task run '${name}' for task '${task}'`)] : []
  if (state.name === 'AwaitingRetry') return [line(key, tryAgain(before)), ...nextTry(key, state)]
  if (stateType(state) === 'RUNNING') return [...created, line(null, `Submitted task run '${name}' for execution.`)]
  if (!isTerminal(state)) return created
  if (endedAt !== null) return [...created, line(key, `Finished in state ${describeState(state)}`, endLevel(state))]
  const what = state.name === 'Crashed' ? 'Crash detected!' : 'Encountered exception during execution:'
  return [...created, line(key, `${what}${because(state)}`, 'error')]
}

const mappedLines = (before: State | null, { task, items, state, endedAt }: TaskRunRecord): EngineLine[] => {
  if (before === null && state.name === 'Pending')
    return [line(null, `Task '${task}' runs for ${counted(items ?? 0, 'item')}`)]
  if (endedAt === null || !isTerminal(state)) return []
  return [line(null, `Task '${task}' finished in state ${describeState(state)}`, endLevel(state))]
}
