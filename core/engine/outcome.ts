import type { RunEvent } from '#core/model/run-event.ts'
import { formatSeconds } from './words.ts'
import { endAttempt, endRun } from './end-run.ts'
import { placeOf, type Place, type RunPhase } from './state.ts'
import { planned, runOf, setRun, stateNow, type Turn } from './turn.ts'

type OutcomeEvent = Extract<RunEvent, { kind: 'outcome' }>
type Running = Extract<RunPhase, { at: 'running' }>

/** A member of a job ended. A report of a job that is no longer the task run's own says nothing. */
export const onOutcome = (turn: Turn, event: OutcomeEvent): void => {
  const place = placeOf(turn.state, event.taskRun)
  const phase = place && runOf(turn, place).phase
  if (!place || phase?.at !== 'running' || phase.job !== event.job) return
  if (planned(turn, place.task).document.timeout !== null) {
    turn.commands.push({ kind: 'clear', timer: { kind: 'task-timeout', taskRun: event.taskRun, job: event.job } })
  }
  endMember(turn, place, event, phase)
  if (!phase.members.some((key) => runsIn(turn, key, event.job))) turn.commands.push({ kind: 'free', job: event.job })
}

const runsIn = (turn: Turn, key: string, job: string): boolean => {
  const place = placeOf(turn.state, key)
  const phase = place && runOf(turn, place).phase
  return phase?.at === 'running' && phase.job === job
}

const endMember = (turn: Turn, place: Place, { outcome, random }: OutcomeEvent, phase: Running): void => {
  if (outcome.kind === 'completed') {
    return endRun(turn, place, { state: stateNow(turn, 'Completed'), outputs: outcome.outputs })
  }
  if (phase.stopping === 'cancel') return endRun(turn, place, { state: stateNow(turn, 'Cancelled') })
  if (phase.stopping === 'timeout') {
    const { timeout } = planned(turn, place.task).document
    const message = `Task run exceeded timeout of ${formatSeconds(timeout ?? 0)} seconds`
    return endAttempt(turn, place, stateNow(turn, 'TimedOut', message), random)
  }
  switch (outcome.kind) {
    case 'failed': {
      const state = stateNow(turn, 'Failed', outcome.failure.message)
      return outcome.failure.final ? endRun(turn, place, { state }) : endAttempt(turn, place, state, random)
    }
    case 'crashed':
      return endAttempt(turn, place, stateNow(turn, 'Crashed', outcome.failure.message), random)
    case 'cancelled':
      // Stopped for the sake of another member: not its own end.
      if (phase.members.length > 1) return giveBack(turn, place)
      return endRun(turn, place, { state: stateNow(turn, 'Cancelled') })
    case 'returned':
      return giveBack(turn, place)
    default:
      return outcome satisfies never
  }
}

/** It did not run after all, so the try does not count. */
const giveBack = (turn: Turn, place: Place): void => {
  const run = runOf(turn, place)
  const runCount = run.runCount - 1
  setRun(turn, place, {
    state: stateNow(turn, 'Pending'),
    startedAt: runCount === 0 ? null : run.startedAt,
    runCount,
    attempt: run.attempt - 1,
    phase: { at: 'waiting' },
  })
  turn.work.push(place)
}
