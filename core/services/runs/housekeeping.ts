import { existsSync } from 'node:fs'
import { isTerminal } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { LiveRuns } from './live-runs.ts'
import { cleanScratch, removeDiscarded, resultBytes, runFolders, runsWithScratch } from './run-folders.ts'

export type HousekeepingWorld = {
  readonly home: string
  readonly store: Pick<StateStore, 'deletion' | 'flowRun'>
  readonly live: LiveRuns
}

/**
 * When a flow run has ended its scratch goes, and its results are measured for the retention policy; for runs of an engine
 * that died it is done now.
 */
export const keepHouse = ({ home, store, live }: HousekeepingWorld): { stop(): Promise<void> } => {
  const underWay = new Set<Promise<void>>()
  const tidy = async (flowRun: string): Promise<void> => {
    if (!existsSync(runFolders(home, flowRun).run)) return
    await cleanScratch(home, flowRun)
    const bytes = await resultBytes(home, flowRun)
    // None is how it is stored from the beginning, and a write waits for the disk.
    if (bytes > 0) store.deletion.setResultBytes(flowRun, bytes)
  }
  const begin = (work: Promise<void>): void => {
    // A run may be deleted meanwhile.
    const task = work.catch(() => undefined)
    underWay.add(task)
    void task.finally(() => underWay.delete(task))
  }
  let stopped = false
  const catchUp = async (): Promise<void> => {
    await removeDiscarded(home)
    for await (const id of runsWithScratch(home)) {
      if (stopped) return
      const flowRun = store.flowRun(id)
      if (flowRun && isTerminal(flowRun.state)) await tidy(id)
    }
  }
  begin(catchUp())
  const stopListening = live.subscribe((changes) => {
    for (const change of changes) {
      if (change.kind === 'flow-run' && isTerminal(change.flowRun.state)) begin(tidy(change.flowRun.id))
    }
  })
  return {
    stop: async () => {
      stopped = true
      stopListening()
      await Promise.all(underWay)
    },
  }
}
