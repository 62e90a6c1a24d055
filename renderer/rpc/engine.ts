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
  /** Waits for a connection, and asks again of the next one when this one is lost before it answers. For what may be asked twice. */
  ask<T>(call: (client: EngineClient) => Promise<T>): Promise<T>
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

const isAway = (): Refused =>
  new Refused({ code: 'unavailable', message: 'The engine is away. Try again once it is back.', retryable: true })

/** For what must not happen later than it was asked for. */
export const refuseWhileAway = (engine: Engine): void => {
  if (engine.status().state !== 'connected') throw isAway()
}

const unavailable = (): Promise<never> => Promise.reject(isAway())

/** Stands in while there is no connection: a call rejects, as one over a wire does, and never throws. */
const away: EngineClient = new Proxy(unavailable as unknown as EngineClient, {
  // Whoever awaits it must not take it for a promise.
  get: (_target, name): unknown => (name === 'then' || typeof name === 'symbol' ? undefined : away),
})

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
  const connection = (): Promise<void> =>
    new Promise((resolve) => {
      if (status.state === 'connected') return resolve()
      const stop = onStatus(({ state }) => {
        if (state !== 'connected') return
        stop()
        resolve()
      })
    })
  return {
    get client() {
      return client
    },
    status: () => status,
    onStatus,
    retry: () => retry(),
    ask: async (call) => {
      for (;;) {
        await connection()
        const asked = client
        try {
          return await call(asked)
        } catch (error) {
          // What ended the call ends the connection too, which is known here a moment later.
          await new Promise((resolve) => void setTimeout(resolve))
          if (client === asked) throw error
        }
      }
    },
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
