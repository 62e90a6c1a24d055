import { useCallback, useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { ConfigEntry } from '#core/model/reports.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { readVault } from '#renderer/stores/vault.ts'

export type Config = {
  readonly entries: readonly ConfigEntry[]
  readonly failure: string | null
  set(key: string, value: string): Promise<void>
  unset(key: string): Promise<void>
}

export const useConfig = (engine: Engine): Config => {
  const connected = useIsConnected()
  const [entries, setEntries] = useState<readonly ConfigEntry[]>([])
  const [failure, setFailure] = useState<string | null>(null)
  const attempt = useCallback(
    async (work: () => Promise<unknown> = () => Promise.resolve()) => {
      try {
        await work()
        setEntries(await engine.client.system.config())
        await readVault(engine)
        setFailure(null)
      } catch (error) {
        setFailure(failureOfCall(error).message)
      }
    },
    [engine],
  )
  useEffect(() => {
    if (connected) void attempt()
  }, [attempt, connected])
  return {
    entries,
    failure,
    set: (key, value) => attempt(() => engine.client.system.setConfig({ key, value })),
    unset: (key) => attempt(() => engine.client.system.unsetConfig({ key })),
  }
}
