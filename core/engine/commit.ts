import { failureOf } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Decision, EngineWorld } from './ports.ts'

/** What was decided and is not yet stored, and what is to be done once it is. */
export type Commit = {
  created: FlowRun[]
  decisions: Decision[]
  acts: (() => void)[]
  /** Why nothing can be stored at the moment, or null. */
  stalled: string | null
  /** Milliseconds until the next attempt to store. */
  pause: number
  /** To do last of all: after what was decided is durable, or at once when it cannot be stored. */
  last: (() => void) | null
  /** Whether a batch is on its way to the disk. */
  storing: boolean
}

const firstPause = 250
const longestPause = 10_000

export const createCommit = (): Commit => ({
  created: [],
  decisions: [],
  acts: [],
  stalled: null,
  pause: firstPause,
  last: null,
  storing: false,
})

type Driven = { readonly commit: Commit; readonly world: EngineWorld; goOn(): void }

type Taken = Pick<Commit, 'created' | 'decisions' | 'acts'>

/**
 * Stores what was decided, then acts. What is decided meanwhile is stored together after it. When storing fails, nothing is
 * acted on until it works again; then `goOn`.
 */
export const flush = (commit: Commit, world: EngineWorld, goOn: () => void): void => {
  if (commit.stalled === null && !commit.storing) store({ commit, world, goOn })
}

const store = (driven: Driven): void => {
  const { commit, world } = driven
  const { created, decisions, acts } = commit
  const taken = { created, decisions, acts }
  commit.created = []
  commit.decisions = []
  commit.acts = []
  if (created.length + decisions.length === 0) return act(driven, taken.acts)
  commit.storing = true
  let soon: ReturnType<EngineWorld['store']['append']>
  try {
    soon = world.store.append({ created, decisions })
  } catch (error) {
    return refused(driven, taken, error)
  }
  if (!soon) return stored(driven, taken)
  soon.then(
    () => stored(driven, taken),
    (error: unknown) => refused(driven, taken, error),
  )
}

const stored = (driven: Driven, taken: Taken): void => {
  const { commit, world, goOn } = driven
  const worksAgain = commit.stalled !== null
  commit.storing = false
  commit.pause = firstPause
  commit.stalled = null
  if (worksAgain) world.stalled(null)
  // Jobs run while everybody is told.
  act(driven, taken.acts)
  world.observe(taken)
  if (worksAgain) goOn()
}

const act = ({ commit, goOn }: Driven, acts: readonly (() => void)[]): void => {
  for (const one of acts) one()
  if (commit.created.length + commit.decisions.length + commit.acts.length > 0) goOn()
  else commit.last?.()
}

const refused = (driven: Driven, taken: Taken, error: unknown): void => {
  const { commit, world } = driven
  commit.storing = false
  commit.created = [...taken.created, ...commit.created]
  commit.decisions = [...taken.decisions, ...commit.decisions]
  commit.acts = [...taken.acts, ...commit.acts]
  commit.stalled = `Nothing can be stored: ${failureOf(error).message}`
  world.stalled(commit.stalled)
  if (commit.last) return commit.last()
  world.timer(world.clock.now() + commit.pause, () => store(driven))
  commit.pause = Math.min(commit.pause * 2, longestPause)
}
