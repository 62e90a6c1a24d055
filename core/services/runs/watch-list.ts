import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunListNews } from '#core/model/run-news.ts'
import { createWake } from './wake.ts'
import type { LiveRuns } from './live-runs.ts'

/** Every flow run that begins or changes. A slow reader gets the last of each run, not every step between. */
export async function* watchList(live: LiveRuns, signal: AbortSignal): AsyncGenerator<RunListNews> {
  const wake = createWake(signal)
  const pending = new Map<string, FlowRun>()
  const stop = live.subscribe((changes) => {
    for (const change of changes) if (change.kind === 'flow-run') pending.set(change.flowRun.id, change.flowRun)
    if (pending.size > 0) wake.call()
  })
  try {
    while (!signal.aborted) {
      if (pending.size === 0) await wake.next()
      const changed = [...pending.values()]
      pending.clear()
      if (changed.length > 0) yield { changed }
    }
  } finally {
    stop()
  }
}
