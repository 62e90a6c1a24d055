import { randomUUID } from 'node:crypto'
import type { LogCap } from '#core/model/log-store.ts'
import { homeId, takeToken } from '#core/world/sqlite/access.ts'
import { logStore } from '#core/world/sqlite/log-store.ts'
import { stateStore } from '#core/world/sqlite/state-store.ts'
import type { Databases } from './databases.ts'
import type { Home } from './home.ts'

export type HomeParts = {
  readonly dir: string
  readonly socketPath: string
  readonly databases: Databases
  readonly logCap: LogCap | undefined
  /** Called once this process is the owner; what it gives is called when the home is closed. */
  begin(owner: { token: number; onLost(): void }): () => void
}

/** Makes this process the owner of open databases. */
export const homeOver = ({ dir, socketPath, databases, logCap, begin }: HomeParts): Home => {
  const id = homeId(databases.state, Date.now(), randomUUID)
  const token = takeToken(databases.state)
  const lost = new AbortController()
  const fence = { token, onLost: () => lost.abort() }
  const store = stateStore(databases.state, fence)
  const logs = logStore(databases.logs, { cap: logCap, fence })
  const end = begin(fence)
  let closed = false
  return {
    id,
    dir,
    socketPath,
    token,
    store,
    logs,
    lost: lost.signal,
    close: () => {
      if (closed) return
      closed = true
      logs.close()
      store.close()
      databases.close()
      end()
    },
  }
}
