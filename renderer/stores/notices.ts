import { isTerminal, stateType, type State } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { goTo } from './navigation.ts'
import { startedHere } from './running.ts'

const wordOf = (state: State): string => {
  switch (stateType(state)) {
    case 'COMPLETED':
      return 'has completed'
    case 'CRASHED':
      return 'has crashed'
    case 'CANCELLED':
      return 'was cancelled'
    default:
      return 'has failed'
  }
}

/** Tells of runs begun in this window that end while nobody looks at it. */
export const startNotices = (engine: Engine, host: Pick<Host, 'notify'>): void => {
  engine.follow(
    (client, signal) => client.runs.watchList({}, { signal }),
    ({ changed }) => {
      for (const { id, flow, name, state } of changed) {
        if (!isTerminal(state) || !startedHere.delete(id) || !document.hidden) continue
        const message = { title: `${flow} ${wordOf(state)}`, body: state.message ?? `Run ${name}` }
        host.notify(message, () => goTo({ page: 'run', flowRun: id }))
      }
    },
  )
}
