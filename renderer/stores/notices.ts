import { endedWords } from '#core/model/ended-words.ts'
import { isTerminal } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { goTo } from './navigation.ts'
import { startedHere } from './running.ts'

/** Tells of runs begun in this window that end while nobody looks at it. */
export const startNotices = (engine: Engine, host: Pick<Host, 'notify'>): void => {
  engine.follow(
    (client, signal) => client.runs.watchList({}, { signal }),
    ({ changed }) => {
      for (const { id, flow, name, state } of changed) {
        if (!isTerminal(state) || !startedHere.delete(id) || document.hasFocus()) continue
        const message = { title: `${flow} ${endedWords(state)}`, body: state.message ?? `Run ${name}` }
        host.notify(message, () => goTo({ page: 'run', flowRun: id }))
      }
    },
  )
}
