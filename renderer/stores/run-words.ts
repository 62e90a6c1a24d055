import { formatDuration } from '#core/model/duration.ts'
import { durationOf, type TaskRun } from '#core/model/flow-run.ts'

const tries = ({ runCount }: TaskRun): string => (runCount > 1 ? ` at try ${runCount}` : '')

const sentence = (text: string | null): string => (text === null || text === '' ? '' : text)

/** Why a task run is as it is, for people. `waiting` is the engine's reason for one that has not begun. */
export const stateInWords = (run: TaskRun, waiting: string | null): string => {
  const { state } = run
  switch (state.name) {
    case 'Scheduled':
    case 'Late':
    case 'Pending':
      return waiting ?? run.waiting ?? state.message ?? 'Its turn has not come.'
    case 'AwaitingRetry':
      return `Try ${run.runCount} failed: ${sentence(state.message)}`
    case 'Running':
    case 'Retrying':
      return run.runCount > 1 ? `Try ${run.runCount}.` : 'Running.'
    case 'Completed':
      return `${sentence(state.message)} Completed in ${formatDuration(durationOf(run))}${tries(run)}.`.trim()
    case 'Cached':
      return state.message ?? 'Nothing was computed: the result of an earlier run was used.'
    case 'Skipped':
      return `Skipped: ${sentence(state.message)}`
    default:
      return `${state.name}${tries(run)}: ${sentence(state.message) || 'no reason was given.'}`
  }
}
