import { isTerminal } from '#core/model/state.ts'
import type { LiveRuns } from './live-runs.ts'

/**
 * Tells the names of the flow runs that go on, each time they change. A paused one keeps nobody waiting, and a subflow's
 * run goes on with the one that asked for it. The answer ends it.
 */
export const watchActive = (live: LiveRuns, tell: (names: readonly string[]) => void): (() => void) => {
  const active = new Map<string, string>()
  return live.subscribe((changes) => {
    const before = active.size
    let ended = 0
    for (const change of changes) {
      if (change.kind !== 'flow-run' || change.flowRun.parent) continue
      const { id, name, state } = change.flowRun
      if (!isTerminal(state) && state.name !== 'Paused') active.set(id, name)
      else if (active.delete(id)) ended += 1
    }
    if (ended > 0 || active.size !== before) tell([...active.values()])
  })
}
