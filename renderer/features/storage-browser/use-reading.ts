import { useCallback, useEffect, useState } from 'react'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useSession } from '#renderer/stores/session.ts'

export type Reading<T> =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure }

/** Asks the engine again whenever `ask` is another; what is not wanted any more is stopped. */
export const useReading = <T>(ask: ((client: EngineClient, signal: AbortSignal) => Promise<T>) | null) => {
  const { engine } = useWorld()
  const connected = useSession((session) => session.engine.state === 'connected')
  const [reading, setReading] = useState<Reading<T>>({ state: 'reading' })
  const [times, setTimes] = useState(0)
  useEffect(() => {
    if (!connected || ask === null) return undefined
    const left = new AbortController()
    setReading({ state: 'reading' })
    ask(engine.client, left.signal).then(
      (value) => left.signal.aborted || setReading({ state: 'read', value }),
      (error: unknown) => left.signal.aborted || setReading({ state: 'failed', failure: failureOfCall(error) }),
    )
    return () => left.abort()
  }, [ask, connected, engine, times])
  const again = useCallback(() => setTimes((count) => count + 1), [])
  return { reading, again }
}
