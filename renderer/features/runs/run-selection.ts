import { create } from 'zustand'
import { notifications } from '@mantine/notifications'
import { failureOfCall } from '#core/api/client.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import { isTerminal } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { lookFirst } from '#renderer/stores/imported.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { readRuns, useRunList } from './run-list.ts'

export type RunSelection = {
  /** The row that the keys act on. */
  readonly cursor: number
  /** Where a range begins. */
  readonly anchor: number
  readonly chosen: ReadonlyMap<string, FlowRun>
}

export const useRunSelection = create<RunSelection>(() => ({ cursor: 0, anchor: 0, chosen: new Map() }))

export const chooseNothing = (): void => useRunSelection.setState({ chosen: new Map() })

const runsBetween = (from: number, to: number): Map<string, FlowRun> => {
  const { rows } = useRunList.getState()
  const chosen = new Map<string, FlowRun>()
  for (let row = Math.min(from, to); row <= Math.max(from, to); row += 1) {
    const run = rows.get(row)
    if (run) chosen.set(run.id, run)
  }
  return chosen
}

export type Choosing = 'only' | 'toggle' | 'range' | 'none'

/** Comes to a row: alone chosen, put in or out, chosen up to there, or just come to. */
export const comeTo = (row: number, how: Choosing): void =>
  useRunSelection.setState(({ chosen, anchor }) => {
    const run = useRunList.getState().rows.get(row)
    if (how === 'none' || !run) return { cursor: row, anchor: row }
    if (how === 'range') return { cursor: row, chosen: runsBetween(anchor, row) }
    if (how === 'only') return { cursor: row, anchor: row, chosen: new Map([[run.id, run]]) }
    const next = new Map(chosen)
    if (!next.delete(run.id)) next.set(run.id, run)
    return { cursor: row, anchor: row, chosen: next }
  })

export const chooseAllRead = (): void => {
  const { total } = useRunList.getState()
  if (total !== null) useRunSelection.setState({ chosen: runsBetween(0, total - 1) })
}

/** Runs as the list knows them now, since a chosen one may have ended. */
export const runsChosen = ({ chosen }: RunSelection): readonly FlowRun[] => {
  const known = new Map([...useRunList.getState().rows.values()].map((run) => [run.id, run]))
  return [...chosen.values()].map((run) => known.get(run.id) ?? run)
}

const say = (message: string): void => void notifications.show({ message, color: 'red' })

const notYetLookedAt = 'This flow came from elsewhere. Look at what it touches, then run it again.'

const several = (count: number): string => (count === 1 ? '1 run' : `${count.toLocaleString('en-US')} runs`)

export const cancelRuns = async (engine: Engine, runs: readonly FlowRun[]): Promise<void> => {
  const going = runs.filter(({ state }) => !isTerminal(state))
  const results = await Promise.allSettled(going.map(({ id }) => engine.client.runs.cancel({ flowRun: id })))
  const refused = results.find((result) => result.status === 'rejected')
  if (refused) say(failureOfCall(refused.reason).message)
}

export const deleteRuns = async (engine: Engine, runs: readonly FlowRun[]): Promise<void> => {
  const ended = runs.filter(({ state }) => isTerminal(state)).map(({ id }) => id)
  if (ended.length === 0) return say('A run that goes on is not deleted. Cancel it first.')
  try {
    const { deleted } = await engine.client.runs.deleteMany({ flowRuns: ended })
    chooseNothing()
    await readRuns(engine)
    offerUndo(`Deleted ${several(deleted.length)}.`, async () => {
      await engine.client.runs.restoreMany({ flowRuns: [...deleted] })
      await readRuns(engine)
    })
  } catch (error) {
    say(failureOfCall(error).message)
  }
}

/** With the same parameters; one alone is shown. */
export const runAgain = async (engine: Engine, runs: readonly FlowRun[]): Promise<void> => {
  try {
    if (await lookFirst(engine, runs)) return say(notYetLookedAt)
    const begun = []
    for (const { id } of runs) begun.push(await engine.client.runs.again({ flowRun: id, trustedOnly: true }))
    const [only, second] = begun
    if (only && !second) return goTo({ page: 'run', flowRun: only.id })
    chooseNothing()
  } catch (error) {
    say(failureOfCall(error).message)
  }
}
