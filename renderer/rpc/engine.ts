import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { Host } from './host.ts'

export type EngineStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** It was there and is gone; `since` is milliseconds since 1970. */
  | { readonly state: 'lost'; readonly since: number }
  /** It cannot serve its home; `retry` lets it try again. */
  | { readonly state: 'failed'; readonly failure: Failure }

/** The engine behind the screen: always there to be called, though it may be away for a while. */
export type Engine = {
  /** Of the connection there is now. Refused with `unavailable` while there is none. */
  readonly client: EngineClient
  status(): EngineStatus
  onStatus(listen: (status: EngineStatus) => void): () => void
  /** After it failed. */
  retry(): void
  /**
   * Follows a watch for as long as the page wants it: begun again after each reconnection, ended by the answer.
   * `begin` gets the client of the connection.
   */
  follow<T>(
    begin: (client: EngineClient, signal: AbortSignal) => Promise<AsyncIterable<T>>,
    tell: (news: T) => void,
    failed?: (failure: Failure) => void,
  ): () => void
}

/** Milliseconds. */
const retryDelay = 500

const unavailable = (): never => {
  throw new Error('The engine is away; it is being started again.')
}

const away = new Proxy({}, { get: unavailable }) as EngineClient

export const connectEngine = (host: Host): Engine => {
  let status: EngineStatus = { state: 'connecting' }
  let client = away
  const listeners = new Set<(status: EngineStatus) => void>()
  const become = (next: EngineStatus) => {
    status = next
    for (const listen of listeners) listen(next)
  }
  let retry: () => void = () => undefined
  const wait = async (error: unknown): Promise<void> => {
    if (!(error instanceof Refused)) return new Promise((resolve) => void setTimeout(resolve, retryDelay))
    become({ state: 'failed', failure: error.failure })
    await new Promise<void>((resolve) => (retry = resolve))
    become({ state: 'connecting' })
    return host.retry()
  }
  const keepConnected = async (): Promise<never> => {
    for (;;) {
      try {
        const transport = await host.connect()
        client = transport.client
        become({ state: 'connected' })
        await transport.lost
        client = away
        become({ state: 'lost', since: Date.now() })
      } catch (error) {
        await wait(error)
      }
    }
  }
  void keepConnected()
  const onStatus = (listen: (status: EngineStatus) => void) => {
    listeners.add(listen)
    return () => void listeners.delete(listen)
  }
  return {
    get client() {
      return client
    },
    status: () => status,
    onStatus,
    retry: () => retry(),
    follow: (begin, tell, failed) => {
      const ended = new AbortController()
      const run = async () => {
        try {
          for await (const news of await begin(client, ended.signal)) {
            if (ended.signal.aborted) return
            tell(news)
          }
        } catch (error) {
          // A lost connection is begun again when there is a new one.
          if (!ended.signal.aborted && status.state === 'connected') failed?.(failureOfCall(error))
        }
      }
      if (status.state === 'connected') void run()
      const stop = onStatus((next) => {
        if (next.state === 'connected') void run()
      })
      return () => {
        ended.abort()
        stop()
      }
    },
  }
}
