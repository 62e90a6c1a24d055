import type { EngineStore, EngineWorld } from '#core/engine/ports.ts'

/** A commit that takes longer than this waits for a disk; milliseconds. */
const slow = 2
/** How long a tick then waits for other jobs to end, so that they share its commit; milliseconds. */
const patience = 1

/** Ticks and commits of the engine. On a quick disk a tick comes at once; on a slow one, fewer commits carry more. */
export const sharedCommits = (
  store: EngineStore,
  jobsRunning: () => number,
): Pick<EngineWorld, 'nextTick' | 'store'> => {
  let lastCommit = 0
  return {
    nextTick: (run) => {
      if (lastCommit > slow && jobsRunning() > 0) setTimeout(run, patience)
      else setImmediate(run)
    },
    store: {
      ...store,
      append: (batch) => {
        const began = performance.now()
        const measure = () => {
          lastCommit = performance.now() - began
        }
        const soon = store.append(batch)
        return soon ? soon.then(measure) : measure()
      },
    },
  }
}
