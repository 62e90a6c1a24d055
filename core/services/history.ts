import { Refused } from '#core/model/failure.ts'
import type { LogStore } from '#core/model/log-store.ts'
import { isTerminal, stateTypeOfName, type StateName, type StateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { removeRunFolders } from './runs/run-folders.ts'
import type { HistoryService, LogRequest, RunListRequest } from './services.ts'

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
  list: (filter) => store.flowRuns(filterOf(filter)),
  logs: (query) => logs.lines(queryOf(store, query)),
  figures: (flow) => store.history(flow),
  delete: async (text) => {
    const flowRun = store.findFlowRun(text)
    if (!isTerminal(flowRun.state)) {
      throw new Refused({
        code: 'conflict',
        message: `Flow run “${flowRun.name}” is still ${flowRun.state.name}. Cancel it first.`,
      })
    }
    store.deletion.mark([flowRun.id], now())
    await purge({ store, logs, home }, store.deletion.due(now()))
  },
})

/** Results and logs go before the rows, so that a crash between leaves nothing that nobody knows of. */
export const purge = async (
  { store, logs, home }: Omit<HistoryWorld, 'now'>,
  flowRuns: readonly string[],
): Promise<void> => {
  for (const id of flowRuns) {
    await removeRunFolders(home, id)
    await logs.delete(id)
  }
  if (flowRuns.length > 0) store.deletion.purge(flowRuns)
}

const filterOf = ({ flow, states, tag, text, limit, after }: RunListRequest) => ({
  limit,
  states: states.map(stateOf),
  ...(flow !== undefined && { flow }),
  ...(tag !== undefined && { tag }),
  ...(text !== undefined && { text }),
  ...(after !== undefined && { after }),
})

const queryOf = (store: StateStore, { flowRun, taskRun, minimumLevel, search, after, limit, tail }: LogRequest) => ({
  flowRun: store.findFlowRun(flowRun).id,
  after,
  limit,
  fromEnd: tail,
  ...(taskRun !== undefined && { taskRun }),
  ...(minimumLevel !== undefined && { minimumLevel }),
  ...(search !== undefined && { text: search }),
})
