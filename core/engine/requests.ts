import { Refused } from '#core/model/failure.ts'
import { isTerminal, type State } from '#core/model/state.ts'
import { apply, parentPaused, post, takeUp, type ActiveRun, type Loop, type Untimed } from './loop.ts'
import { planFlow } from './plan.ts'
import type { StoredRun, Submission } from './ports.ts'
import { newFlowRun } from './state.ts'
import { replay } from './transition.ts'

const unknown = (flowRun: string) =>
  new Refused({ code: 'not-found', message: `There is no flow run ${flowRun}. Was it deleted?` })

const unfit = (flowRun: string, request: string, { name }: State) =>
  new Refused({ code: 'conflict', message: `Flow run ${flowRun} is ${name}: “${request}” does not apply.` })

/** Answers when what the request decided is durable. */
export const ask = (loop: Loop, decide: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const message = 'The engine is being shut down.'
    if (loop.closed) return reject(new Refused({ code: 'unavailable', message, retryable: true }))
    post(loop, () => {
      try {
        decide()
        loop.commit.acts.push(resolve)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })

const decide = (loop: Loop, flowRun: string, event: Untimed): ActiveRun => {
  const run = loop.active.get(flowRun)
  const state = run?.state.flowRun.state ?? loop.world.store.load(flowRun)?.flowRun.state
  if (!state) throw unknown(flowRun)
  if (event.kind === 'unpause' && run) {
    const isNext = loop.withheld?.has(flowRun)
    takeUp(loop)
    if (isNext) return run
  }
  if (!run || !apply(loop, run, event)) throw unfit(flowRun, event.kind, state)
  return run
}

export const requestOf = (loop: Loop, flowRun: string, event: Untimed): Promise<void> =>
  ask(loop, () => void decide(loop, flowRun, event))

const subflowsOf = ({ active }: Loop, { id }: ActiveRun): ActiveRun[] =>
  [...active.values()].filter(({ state }) => state.flowRun.parent?.flowRun === id)

/** With its subflows, and theirs. */
export const pause = (loop: Loop, flowRun: string, reason: string | null): void => {
  const pauseBelow = (parent: ActiveRun): void => {
    for (const run of subflowsOf(loop, parent)) {
      apply(loop, run, { kind: 'pause', reason: parentPaused(parent) })
      pauseBelow(run)
    }
  }
  pauseBelow(decide(loop, flowRun, { kind: 'pause', reason }))
}

export const unpause = (loop: Loop, flowRun: string): void => {
  const unpauseBelow = (parent: ActiveRun): void => {
    for (const run of subflowsOf(loop, parent)) {
      apply(loop, run, { kind: 'unpause' })
      unpauseBelow(run)
    }
  }
  unpauseBelow(decide(loop, flowRun, { kind: 'unpause' }))
}

const activate = (id: string, state: ActiveRun['state'], events: number, lastAt: number): ActiveRun => ({
  id,
  state,
  events,
  lastAt,
  timers: new Map(),
  waiters: [],
})

const reopen = ({ flowRun, document, events }: StoredRun): ActiveRun =>
  activate(flowRun.id, replay(planFlow(document), flowRun, events), events.length, events.at(-1)?.at ?? 0)

/** Active already, or folded from what is stored. */
export const findRun = ({ active, world }: Loop, flowRun: string): ActiveRun | null => {
  const run = active.get(flowRun)
  if (run) return run
  const stored = world.store.load(flowRun)
  return stored && reopen(stored)
}

export const submit = (loop: Loop, { flowRun, document, reused }: Submission): void => {
  if (loop.active.has(flowRun.id)) throw unfit(flowRun.id, 'submit', flowRun.state)
  const run = activate(flowRun.id, newFlowRun(planFlow(document), flowRun), 0, 0)
  takeUp(loop)
  loop.active.set(flowRun.id, run)
  apply(loop, run, { kind: 'created', reused })
  loop.commit.created.push(run.state.flowRun)
  apply(loop, run, { kind: 'begun' })
}

export const resume = (loop: Loop, flowRun: string, missing: readonly string[]): void => {
  const run = findRun(loop, flowRun)
  if (!run) throw unknown(flowRun)
  if (run.state.phase.at === 'ended') {
    takeUp(loop)
    loop.active.set(flowRun, run)
    if (apply(loop, run, { kind: 'resume', missing })) return
    loop.active.delete(flowRun)
  }
  throw unfit(flowRun, 'resume', run.state.flowRun.state)
}

export const recover = (loop: Loop, flowRun: string, message: string): void => {
  if (loop.active.has(flowRun)) return
  const run = findRun(loop, flowRun)
  if (!run) throw unknown(flowRun)
  if (run.state.phase.at === 'ended') return
  loop.active.set(flowRun, run)
  apply(loop, run, { kind: 'engine-lost', message })
}

export const whenEnded = ({ active, world }: Loop, flowRun: string): Promise<State> => {
  const run = active.get(flowRun)
  if (run) return new Promise((resolve) => void run.waiters.push(resolve))
  const state = world.store.load(flowRun)?.flowRun.state
  return state && isTerminal(state) ? Promise.resolve(state) : Promise.reject(unknown(flowRun))
}
