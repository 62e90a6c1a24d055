import type { Failure } from '#core/model/failure.ts'
import type { Limit, Preparation, RunEvent } from '#core/model/run-event.ts'
import { mapItems } from './decide.ts'
import { endAttempt, endRun } from './end-run.ts'
import { jobLimits, ownLimits } from './limits.ts'
import { placeOf, type Place } from './state.ts'
import { mayStart, planned, runOf, setRun, stateNow, taskOf, type Turn } from './turn.ts'

type Of<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>

/** The world's answer. Of a fused chain the members that can run go on as one job; the others wait for their turn. */
export const onPrepared = (turn: Turn, { taskRuns, preparations }: Of<'prepared'>): void => {
  const places = taskRuns.flatMap((key) => placeOf(turn.state, key) ?? [])
  const [first] = places
  const [preparation] = preparations
  if (!first || !preparation) return
  const members: { place: Place; asked: readonly Limit[] }[] = []
  for (const [position, place] of places.entries()) {
    const answer = preparations[position]
    if (answer?.kind !== 'run' || !goesOn(turn, place)) break
    setRun(turn, place, { settings: answer.settings, cache: answer.cache })
    members.push({ place, asked: answer.limits })
  }
  if (members.length > 0) queue(turn, members)
  else if (goesOn(turn, first)) settle(turn, first, preparation)
  for (const place of places.slice(members.length)) putBack(turn, place, 'preparing')
}

/** Whether it is still wanted after the world took its time. */
const goesOn = (turn: Turn, place: Place): boolean => {
  const held = taskOf(turn, place.task).held && turn.state.phase.at === 'running'
  return runOf(turn, place).phase.at === 'preparing' && mayStart(turn, planned(turn, place.task)) && !held
}

/** To waiting, if it is in the phase. */
const putBack = (turn: Turn, place: Place, phase: 'preparing' | 'queued'): void => {
  if (runOf(turn, place).phase.at !== phase) return
  setRun(turn, place, { phase: { at: 'waiting' } })
  turn.work.push(place)
}

const queue = (turn: Turn, members: readonly { place: Place; asked: readonly Limit[] }[]): void => {
  const runs = members.map(({ place }) => runOf(turn, place))
  const taskRuns = runs.map((run) => run.key)
  const job = `${taskRuns[0] ?? ''}#${(runs[0]?.starts ?? 0) + 1}`
  for (const { place } of members) {
    setRun(turn, place, { state: stateNow(turn, 'Pending'), phase: { at: 'queued', job, members: taskRuns } })
  }
  turn.commands.push({ kind: 'admit', job, taskRuns, limits: jobLimits(turn.state, members) })
}

/** For answers that need no slot. */
const settle = (turn: Turn, place: Place, preparation: Preparation): void => {
  switch (preparation.kind) {
    case 'run':
      return queue(turn, [{ place, asked: preparation.limits }])
    case 'map':
      return mapItems(turn, place.task, preparation.items)
    case 'cached': {
      const { settings, cache, outputs } = preparation
      setRun(turn, place, { settings, cache })
      return endRun(turn, place, { state: stateNow(turn, 'Cached'), outputs })
    }
    case 'skip':
      return endRun(turn, place, { state: stateNow(turn, 'Skipped', preparation.reason) })
    case 'pass':
      return endRun(turn, place, {
        state: stateNow(turn, 'Skipped', 'Disabled.'),
        outputs: preparation.outputs,
        passed: true,
      })
    case 'failed':
      return failPreparation(turn, place, preparation.failure)
    default:
      return preparation satisfies never
  }
}

/** Counts as a try. Trying again helps only where the failure says so. */
const failPreparation = (turn: Turn, place: Place, failure: Failure): void => {
  const state = stateNow(turn, 'Failed', failure.message)
  setRun(turn, place, { attempt: runOf(turn, place).attempt + 1 })
  if (failure.retryable) endAttempt(turn, place, state, 0.5)
  else endRun(turn, place, { state })
}

export const onStarted = (turn: Turn, { job, taskRuns }: Of<'started'>): void => {
  const places = taskRuns.flatMap((key) => placeOf(turn.state, key) ?? [])
  const [first] = places
  const phase = first && runOf(turn, first).phase
  if (phase?.at !== 'queued' || phase.job !== job) return
  for (const place of places) beginRun(turn, place, job, phase.members)
  turn.commands.push({ kind: 'start', job, taskRuns })
}

const beginRun = (turn: Turn, place: Place, job: string, members: readonly string[]): void => {
  const run = runOf(turn, place)
  const whole = taskOf(turn, place.task).run
  const state = stateNow(turn, run.runCount > 0 ? 'Retrying' : 'Running')
  setRun(turn, place, {
    state,
    startedAt: run.startedAt ?? turn.now,
    endedAt: null,
    runCount: run.runCount + 1,
    attempt: run.attempt + 1,
    starts: run.starts + 1,
    phase: { at: 'running', job, members, stopping: null },
  })
  if (place.item !== null && whole.state.name === 'Pending') {
    setRun(turn, { task: place.task, item: null }, { state, startedAt: whole.startedAt ?? turn.now })
  }
  const { timeout } = planned(turn, place.task).document
  if (timeout === null) return
  turn.commands.push({ kind: 'timer', timer: { kind: 'task-timeout', taskRun: run.key, job }, due: turn.now + timeout })
}

/** The task run that asked for the limit can never run; the others of its job go on without it. */
export const onRefused = (turn: Turn, { job, taskRuns, limit, failure }: Of<'refused'>): void => {
  const places = taskRuns.flatMap((key) => placeOf(turn.state, key) ?? [])
  const culprit =
    places.find((place) => ownLimits(turn.state, place, []).some(({ name }) => name === limit)) ?? places[0]
  if (!culprit) return
  const phase = runOf(turn, culprit).phase
  if (phase.at !== 'queued' || phase.job !== job) return
  endRun(turn, culprit, { state: stateNow(turn, 'Failed', failure.message) })
  for (const place of places) putBack(turn, place, 'queued')
}

/** Takes back the request for slots; its members wait again. */
export const dissolve = (turn: Turn, place: Place): void => {
  const { phase } = runOf(turn, place)
  if (phase.at !== 'queued') return
  turn.commands.push({ kind: 'withdraw', job: phase.job })
  for (const key of phase.members) {
    const member = placeOf(turn.state, key)
    if (member) putBack(turn, member, 'queued')
  }
}
