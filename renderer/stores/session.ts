import { create } from 'zustand'
import type { BlockTypeSummary } from '#core/model/block.ts'
import type { VersionReport } from '#core/model/reports.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import type { Engine, EngineStatus } from '#renderer/rpc/engine.ts'

/** What is true as long as the window is open. */
export type SessionState = {
  readonly engine: EngineStatus
  readonly version: VersionReport | null
  readonly taskTypes: ReadonlyMap<string, TaskTypeSummary>
  readonly blockTypes: ReadonlyMap<string, BlockTypeSummary>
}

export const useSession = create<SessionState>(() => ({
  engine: { state: 'connecting' },
  version: null,
  taskTypes: new Map(),
  blockTypes: new Map(),
}))

/** Whether there is an engine to ask. An effect that asks takes it along, so that it asks again of the next one. */
export const useIsConnected = (): boolean => useSession((session) => session.engine.state === 'connected')

const byType = <T extends { readonly type: string }>(types: readonly T[]): ReadonlyMap<string, T> =>
  new Map(types.map((one) => [one.type, one]))

/** Follows the connection; what types there are is asked once for each. */
export const startSession = (engine: Engine): void => {
  const follow = async (status: EngineStatus) => {
    useSession.setState({ engine: status })
    if (status.state !== 'connected') return
    const { client } = engine
    const [version, taskTypes, blockTypes] = await Promise.all([
      client.system.version(),
      client.flows.taskTypes(),
      client.blocks.types(),
    ])
    useSession.setState({ version, taskTypes: byType(taskTypes), blockTypes: byType(blockTypes) })
  }
  engine.onStatus((status) => void follow(status).catch(() => undefined))
  void follow(engine.status()).catch(() => undefined)
}
