import { failureOf } from '#core/model/failure.ts'
import type { Preparation, RunEvent } from '#core/model/run-event.ts'
import type { State } from '#core/model/state.ts'
import { createAdmission, leave, nextVerdict, request, type Admission, type Verdict } from './admission.ts'
import { timerName, type Command } from './command.ts'
import { createCommit, flush, type Commit } from './commit.ts'
import { jobStart, prepareRequest } from './job.ts'
import { refusalWords } from './limit-words.ts'
import type { EngineWorld, StopReason } from './ports.ts'
import type { FlowRunState } from './state.ts'
import { transition } from './transition.ts'

/** A flow run that has not ended, as the driver holds it. */
export type ActiveRun = {
  readonly id: string
  state: FlowRunState
  /** How many events are stored or about to be. */
  events: number
  lastAt: number
  readonly timers: Map<string, () => void>
  readonly waiters: ((state: State) => void)[]
}

type Asking = { readonly run: ActiveRun; readonly job: string; readonly taskRuns: readonly string[] }

/** Everything the driver holds. In a tick it takes up what has come in, decides, stores once, and acts. */
export type Loop = {
  readonly world: EngineWorld
  readonly active: Map<string, ActiveRun>
  readonly admission: Admission
  readonly commit: Commit
  /** Jobs that asked for slots, by their id. */
  readonly asking: Map<string, Asking>
  /** What else asked for slots, see guests.ts. */
  readonly guests: Map<string, (verdict: Verdict) => void>
  /** Jobs that run, with the members that have not ended. */
  readonly jobs: Map<string, Set<string>>
  readonly stopping: Set<string>
  /** By flow run, how its next try is scheduled once somebody wants things to run; null when that is so. */
  withheld: Map<string, () => void> | null
  inbox: (() => void)[]
  toPrepare: { readonly run: ActiveRun; readonly taskRuns: readonly string[] }[]
  scheduled: boolean
  /** Nothing is prepared or started any more. */
  closed: boolean
  /** Once it is closed: to do when no job runs any more. */
  whenIdle: () => void
}

/** An event whose time is set when it is taken up. */
export type Untimed<E = RunEvent> = E extends unknown ? Omit<E, 'at'> : never

/** Preparations in one tick, so that a wide flow does not keep reports waiting. */
const preparationsPerTick = 200

export const createLoop = (world: EngineWorld): Loop => ({
  world,
  active: new Map(),
  admission: createAdmission(),
  commit: createCommit(),
  asking: new Map(),
  guests: new Map(),
  jobs: new Map(),
  stopping: new Set(),
  withheld: null,
  inbox: [],
  toPrepare: [],
  scheduled: false,
  closed: false,
  whenIdle: () => undefined,
})

/** A job's name outside its flow run. */
export const jobId = (flowRun: string, job: string): string => `${flowRun}/${job}`

/** Takes it up in the next tick, with everything else that has come in by then. */
export const post = (loop: Loop, message: () => void): void => {
  loop.inbox.push(message)
  wake(loop)
}

const wake = (loop: Loop): void => {
  if (loop.scheduled) return
  loop.scheduled = true
  loop.world.nextTick(() => tick(loop))
}

const tick = (loop: Loop): void => {
  loop.scheduled = false
  if (loop.commit.stalled !== null) return
  const messages = loop.inbox
  loop.inbox = []
  for (const message of messages) {
    message()
    admit(loop)
  }
  prepareSome(loop)
  flush(loop.commit, loop.world, () => wake(loop))
  if (loop.inbox.length + loop.toPrepare.length > 0) wake(loop)
}

/** Only within a message. False when the event says nothing to the run. */
export const apply = (loop: Loop, run: ActiveRun, untimed: Untimed): boolean => {
  run.lastAt = Math.max(run.lastAt, loop.world.clock.now())
  const event: RunEvent = { at: run.lastAt, ...untimed }
  const { state, commands, changes } = transition(run.state, event)
  const before = run.state
  const said = state !== before
  if (said) loop.commit.decisions.push({ flowRun: run.id, number: run.events++, event, changes })
  run.state = state
  for (const command of commands) perform(loop, run, command)
  if (begins(before, event, run.state)) pauseWithParent(loop, run)
  return said
}

const begins = (before: FlowRunState, event: RunEvent, after: FlowRunState): boolean =>
  before.phase.at !== 'running' && after.phase.at === 'running' && event.kind !== 'unpause'

/** A subflow that begins, or tries again, while its parent is paused starts nothing either. */
const pauseWithParent = (loop: Loop, run: ActiveRun): void => {
  const parent = loop.active.get(run.state.flowRun.parent?.flowRun ?? '')
  if (parent?.state.phase.at === 'paused') apply(loop, run, { kind: 'pause', reason: parentPaused(parent) })
}

export const parentPaused = ({ state }: ActiveRun): string => `Its parent flow run “${state.flowRun.name}” is paused.`

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Carries out a command: what is only the engine's own at once, the rest after the decision is stored. */
const perform = (loop: Loop, run: ActiveRun, command: Command): void => {
  const { commit, admission, world } = loop
  switch (command.kind) {
    case 'prepare':
      if (loop.closed) return
      loop.toPrepare.push({ run, taskRuns: command.taskRuns })
      return wake(loop)
    case 'admit':
      return ask(loop, run, command)
    case 'withdraw':
      loop.asking.delete(jobId(run.id, command.job))
      return leave(admission, jobId(run.id, command.job))
    case 'free':
      loop.jobs.delete(jobId(run.id, command.job))
      loop.stopping.delete(jobId(run.id, command.job))
      return leave(admission, jobId(run.id, command.job))
    case 'start': {
      const start = jobStart(run.state, jobId(run.id, command.job), command.taskRuns)
      loop.jobs.set(start.id, new Set(command.taskRuns))
      return void commit.acts.push(() => world.jobs.start(start))
    }
    case 'stop':
      return stop(loop, jobId(run.id, command.job), command.reason)
    case 'timer':
      return void commit.acts.push(() => setTimer(loop, run, command))
    case 'clear':
      return void commit.acts.push(() => clearTimer(run, timerName(command.timer)))
    case 'ended':
      return void commit.acts.push(() => letGo(loop, run))
    default:
      return command satisfies never
  }
}

const ask = ({ asking, admission }: Loop, run: ActiveRun, { job, taskRuns, limits }: Of<'admit'>): void => {
  const id = jobId(run.id, job)
  asking.set(id, { run, job, taskRuns })
  request(admission, { id, limits, label: `${taskRuns[0] ?? job} of ${run.state.flowRun.name}` })
}

const stop = ({ stopping, commit, world }: Loop, id: string, reason: StopReason): void => {
  if (stopping.has(id)) return
  stopping.add(id)
  commit.acts.push(() => world.jobs.stop(id, reason))
}

const setTimer = (loop: Loop, run: ActiveRun, command: Of<'timer'>): void => {
  if (loop.withheld && command.timer.kind === 'flow-retry')
    loop.withheld.set(run.id, () => startTimer(loop, run, command))
  else startTimer(loop, run, command)
}

/** Somebody wants things to run: so do those that wait for their next try. */
export const takeUp = (loop: Loop): void => {
  const { withheld } = loop
  loop.withheld = null
  for (const start of withheld?.values() ?? []) start()
}

const startTimer = (loop: Loop, run: ActiveRun, { timer, due }: Of<'timer'>): void => {
  const name = timerName(timer)
  clearTimer(run, name)
  run.timers.set(
    name,
    loop.world.timer(due, () => post(loop, () => apply(loop, run, { kind: 'timer', timer }))),
  )
}

const clearTimer = ({ timers }: ActiveRun, name: string): void => {
  timers.get(name)?.()
  timers.delete(name)
}

/** Of a run that has ended nothing stays in memory. */
const letGo = ({ active, withheld }: Loop, run: ActiveRun): void => {
  if (run.state.phase.at !== 'ended' || active.get(run.id) !== run) return
  active.delete(run.id)
  withheld?.delete(run.id)
  for (const name of run.timers.keys()) clearTimer(run, name)
  for (const tell of run.waiters.splice(0)) tell(run.state.flowRun.state)
}

/** Takes up the answers of admission. */
const admit = (loop: Loop): void => {
  if (loop.closed) return
  for (let verdict = nextVerdict(loop.admission); verdict; verdict = nextVerdict(loop.admission)) {
    const asking = loop.asking.get(verdict.ticket.id)
    loop.asking.delete(verdict.ticket.id)
    if (asking) answer(loop, asking, verdict)
    else loop.guests.get(verdict.ticket.id)?.(verdict)
  }
}

const answer = (loop: Loop, { run, job, taskRuns }: Asking, verdict: Verdict): void => {
  if (verdict.kind === 'granted') return void apply(loop, run, { kind: 'started', job, taskRuns })
  const failure = { code: 'limit', message: refusalWords(verdict.limit), retryable: false } as const
  apply(loop, run, { kind: 'refused', job, taskRuns, limit: verdict.limit, failure })
}

const failed = (error: unknown): readonly Preparation[] => [{ kind: 'failed', failure: failureOf(error) }]

const prepareSome = (loop: Loop): void => {
  for (const { run, taskRuns } of loop.toPrepare.splice(0, preparationsPerTick)) {
    if (loop.active.get(run.id) !== run) continue
    const take = (preparations: readonly Preparation[]) =>
      apply(loop, run, { kind: 'prepared', taskRuns, preparations })
    const found = prepare(loop, run, taskRuns)
    if (found instanceof Promise) void found.catch(failed).then((later) => post(loop, () => take(later)))
    else take(found)
    admit(loop)
  }
}

const prepare = ({ world }: Loop, run: ActiveRun, taskRuns: readonly string[]): ReturnType<EngineWorld['prepare']> => {
  try {
    return world.prepare(prepareRequest(run.state, taskRuns))
  } catch (error) {
    return failed(error)
  }
}
