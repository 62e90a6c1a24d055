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
})

/** Stores what was decided, then acts. When storing fails, nothing is acted on until it works again; then `goOn`. */
export const flush = (commit: Commit, world: EngineWorld, goOn: () => void): void => {
  if (commit.stalled === null) store(commit, world, goOn)
}

const store = (commit: Commit, world: EngineWorld, goOn: () => void): void => {
  const { created, decisions, acts } = commit
  if (created.length + decisions.length > 0) {
    try {
      world.store.append({ created, decisions })
    } catch (error) {
      return stall(commit, world, goOn, error)
    }
    commit.created = []
    commit.decisions = []
    commit.pause = firstPause
    if (commit.stalled !== null) world.stalled(null)
    commit.stalled = null
    world.observe({ created, decisions })
  }
  commit.acts = []
  for (const act of acts) act()
  commit.last?.()
}

const stall = (commit: Commit, world: EngineWorld, goOn: () => void, error: unknown): void => {
  commit.stalled = `Nothing can be stored: ${failureOf(error).message}`
  world.stalled(commit.stalled)
  if (commit.last) return commit.last()
  world.timer(world.clock.now() + commit.pause, () => {
    store(commit, world, goOn)
    if (commit.stalled === null) goOn()
  })
  commit.pause = Math.min(commit.pause * 2, longestPause)
}
