import { setTimeout as wait } from 'node:timers/promises'
import { answerOf, type GoogleAnswer } from '#core/google/answer.ts'
import { Refused } from '#core/model/failure.ts'

/** What may pass by itself. */
const mayPass = ({ status, network, reason }: GoogleAnswer): boolean =>
  status === null
    ? network !== null && !/CERT|SELF_SIGNED|UNABLE_TO_/.test(network)
    : status === 408 || status === 429 || status >= 500 || /rateLimit/i.test(reason)

const isWorthwhile = (error: unknown): boolean =>
  error instanceof Refused ? error.failure.code === 'unavailable' && error.failure.retryable : mayPass(answerOf(error))

/** How long is waited at most, and who is told when it takes longer. */
export type Waiting = { readonly patience: number; readonly pause: number; tell(message: string): void }

const worthTelling = 3000

const troubleOf = (error: unknown): string => {
  const { status, network } = answerOf(error)
  return `Google Cloud Storage ${status === null ? `cannot be reached (${network})` : `answers HTTP ${status}`}.`
}

const most = 32_000

/** Waits longer each time, until nothing has succeeded for as long as patience lasts. */
export type Retries = {
  /** Something succeeded: begins anew. */
  progressed(): void
  /** Waits before the next try; throws the error where there is to be none. */
  again(error: unknown, askedToWait?: number | null): Promise<void>
}

export const createRetries = ({ patience, pause: first, tell }: Waiting, signal: AbortSignal): Retries => {
  let since = performance.now()
  let delay = first
  return {
    progressed: () => {
      since = performance.now()
      delay = first
    },
    again: async (error, askedToWait = null) => {
      signal.throwIfAborted()
      if (!isWorthwhile(error)) throw error
      // Many that were refused at once should not come back at once.
      const pause = Math.max(askedToWait ?? 0, delay * (0.5 + Math.random() / 2))
      if (performance.now() + pause - since > patience) throw error
      if (pause >= worthTelling) tell(`${troubleOf(error)} Tries again in ${Math.round(pause / 1000)} s.`)
      await wait(pause, undefined, { signal })
      delay = Math.min(delay * 2, most)
    },
  }
}

/** For requests that do the same however often they are made. */
export const retried = async <T>(
  work: () => Promise<T>,
  waiting: Waiting & { readonly signal: AbortSignal },
): Promise<T> => {
  const retries = createRetries(waiting, waiting.signal)
  for (;;) {
    try {
      return await work()
    } catch (error) {
      await retries.again(error)
    }
  }
}
