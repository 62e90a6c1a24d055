import { Refused } from '#core/model/failure.ts'
import type { LogStore } from '#core/model/log-store.ts'
import { isTerminal, stateTypeOfName, type StateName, type StateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { removeRunFolders } from './runs/run-folders.ts'
import { refuseUnknownTaskRun } from './runs/unknown-task-run.ts'
import type { HistoryService, LogRequest, RunListRequest, RunPageRequest } from './services.ts'

export type HistoryWorld = {
  readonly store: StateStore
  readonly logs: LogStore
  readonly home: string
  now(): number
}

const names = new Map<string, StateName | StateType>(
  Object.entries(stateTypeOfName).flatMap(([name, type]) => [
    [name.toLowerCase(), name as StateName],
    [type.toLowerCase(), type],
  ]),
)

/** A state's name or type, in any case. A name wins over the type of the same word: Failed is not TimedOut. */
const stateOf = (text: string): StateName | StateType => {
  const exact = Object.hasOwn(stateTypeOfName, text) ? (text as StateName) : names.get(text.toLowerCase())
  if (exact) return exact
  throw new Refused({
    code: 'invalid',
    message: `There is no state “${text}”. There are: ${Object.keys(stateTypeOfName).join(', ')}.`,
  })
}

export const createHistory = ({ store, logs, home, now }: HistoryWorld): HistoryService => ({
  list: (filter) => store.flowRuns({ ...filterOf(filter), ...(filter.after !== undefined && { after: filter.after }) }),
  page: (request) => store.flowRunPage(pageOf(request)),
  logs: (query) => logs.lines(queryOf(store, query)),
  figures: (flow) => store.history(flow),
  artifacts: (text) => store.artifacts.list(store.findFlowRun(text).id),
  artifact: (text, id) => {
    const flowRun = store.findFlowRun(text)
    const artifact = store.artifacts.find(flowRun.id, id)
    if (artifact) return artifact
    const message = `Flow run “${flowRun.name}” has no artifact ${id}. “flow-run artifacts ${flowRun.name}” lists those it has.`
    throw new Refused({ code: 'not-found', message })
  },
  delete: async (text) => {
    const flowRun = store.findFlowRun(text)
    if (!isTerminal(flowRun.state)) {
      throw new Refused({
        code: 'conflict',
        message: `Flow run “${flowRun.name}” is still ${flowRun.state.name}. Cancel it first.`,
      })
    }
    // As if its time were up already; others that were deleted a moment ago can still be taken back.
    const settled = now() - undoTime
    store.deletion.mark([flowRun.id], settled)
    await purge({ store, logs, home }, store.deletion.due(settled))
  },
  deleteMany: (flowRuns) => {
    const ended = flowRuns.map((text) => store.findFlowRun(text)).filter(({ state }) => isTerminal(state))
    const deleted = ended.map(({ id }) => id)
    store.deletion.mark(deleted, now())
    const purgeDue = () => purge({ store, logs, home }, store.deletion.due(now() - undoTime))
    // Should the engine end before, retention does it later.
    setTimeout(() => void purgeDue().catch(() => undefined), undoTime + 100).unref()
    return { deleted }
  },
  restoreMany: (flowRuns) => {
    if (store.deletion.undo(flowRuns) > 0) return
    throw new Refused({ code: 'not-found', message: 'It is too late: what was deleted is gone for good.' })
  },
})

/** How long the deletion of a run can be taken back, milliseconds. */
export const undoTime = 10_000

/**
 * Results and logs go before the rows, so that a crash between leaves nothing that nobody knows of. False when it was over
 * before all were gone.
 */
export const purge = async (
  { store, logs, home }: Omit<HistoryWorld, 'now'>,
  flowRuns: readonly string[],
  isOver: () => boolean = () => false,
): Promise<boolean> => {
  const gone: string[] = []
  for (const id of flowRuns) {
    if (isOver()) break
    await removeRunFolders(home, id)
    await logs.delete(id)
    gone.push(id)
  }
  if (gone.length > 0) store.deletion.purge(gone)
  return gone.length === flowRuns.length
}

const filterOf = ({ flow, states, tag, text, limit }: Omit<RunListRequest, 'after'>) => ({
  limit,
  states: states.map(stateOf),
  ...(flow !== undefined && { flow }),
  ...(tag !== undefined && { tag }),
  ...(text !== undefined && { text }),
})

const pageOf = ({ since, until, topLevel, sort, descending, offset, ...filter }: RunPageRequest) => ({
  ...filterOf(filter),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
  topLevel,
  sort,
  descending,
  offset,
})

const queryOf = (store: StateStore, { taskRun, minimumLevel, search, after, limit, tail, ...of }: LogRequest) => {
  const flowRun = store.findFlowRun(of.flowRun)
  if (taskRun !== undefined) refuseUnknownTaskRun(store, flowRun, taskRun)
  return {
    flowRun: flowRun.id,
    after,
    limit,
    fromEnd: tail,
    ...(taskRun !== undefined && { taskRun }),
    ...(minimumLevel !== undefined && { minimumLevel }),
    ...(search !== undefined && { text: search }),
  }
}
