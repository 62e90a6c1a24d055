import { endedWords } from '#core/model/ended-words.ts'
import { isTerminal } from '#core/model/state.ts'
import type { LiveRuns } from './live-runs.ts'

export type ActiveNews = {
  /** The names of the flow runs that go on. */
  readonly names: readonly string[]
  /** Of each that does so no more: what became of it, in words. */
  readonly ended: readonly string[]
}

/**
 * Tells each time the flow runs that go on change. A paused one keeps nobody waiting, and a subflow's run goes on with the
 * one that asked for it. The answer ends it.
 */
export const watchActive = (live: LiveRuns, tell: (news: ActiveNews) => void): (() => void) => {
  const active = new Map<string, string>()
  return live.subscribe((changes) => {
    const before = active.size
    const ended: string[] = []
    for (const change of changes) {
      if (change.kind !== 'flow-run' || change.flowRun.parent) continue
      const { id, name, flow, state } = change.flowRun
      if (!isTerminal(state) && state.name !== 'Paused') active.set(id, name)
      else if (active.delete(id)) ended.push(`${flow} (${name}) ${endedWords(state)}`)
    }
    if (ended.length > 0 || active.size !== before) tell({ names: [...active.values()], ended })
  })
}
