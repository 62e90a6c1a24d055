import type { EngineStore, EngineWorld } from '#core/engine/ports.ts'

/** A disk on which no commit takes less is slow; milliseconds. */
const slow = 2
/** So many of the last commits are looked at: a busy engine hears late of one or the other. */
const looked = 8
/** How long a tick then waits for other jobs to end, so that they share its commit; milliseconds. */
const patience = 1

/** Ticks and commits of the engine. On a quick disk a tick comes at once; on a slow one, fewer commits carry more. */
export const sharedCommits = (
  store: EngineStore,
  jobsRunning: () => number,
): Pick<EngineWorld, 'nextTick' | 'store'> => {
  const lasted = Array.from({ length: looked }, () => 0)
  let commits = 0
  return {
    nextTick: (run) => {
      if (jobsRunning() > 0 && Math.min(...lasted) > slow) setTimeout(run, patience)
      else setImmediate(run)
    },
    store: {
      ...store,
      append: (batch) => {
        const began = performance.now()
        const measure = () => {
          lasted[commits++ % looked] = performance.now() - began
        }
        const soon = store.append(batch)
        return soon ? soon.then(measure) : measure()
      },
    },
  }
}
