import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { answerOf } from '#core/google/answer.ts'
import { GoogleRefused } from '#core/google/google-refused.ts'
import { Refused } from '#core/model/failure.ts'
import { datasetAnswer } from './answers.ts'
import { openSend, type Call, type Send } from './client.ts'
import { isPassing, placeOf, refusedBy } from './explain.ts'
import type { Target } from './target.ts'

/** BigQuery's API in the name of a block. Everything it throws is Refused. */
export type Api = {
  readonly target: Target
  /** Sent again while BigQuery has trouble, so only what may come twice: with a job id of its own, for example. */
  call<T>(call: Call, answer: z.ZodType<T>, signal: AbortSignal): Promise<T>
  /** Null when it is not there. */
  find<T>(call: Call, answer: z.ZodType<T>, signal: AbortSignal): Promise<T | null>
  /** Where the dataset is, which all jobs must say. Null when there is no dataset. */
  location(signal: AbortSignal): Promise<string | null>
}

export const openApi = async (target: Target): Promise<Api> => {
  const send = await openSend(target)
  const place = placeOf(target)
  const call: Api['call'] = (one, answer, signal) =>
    patiently(async () => answer.parse(await sent(send, one, { target, signal })), target, signal)
  const find: Api['find'] = async (one, answer, signal) => {
    try {
      return await call(one, answer, signal)
    } catch (error) {
      if (error instanceof GoogleRefused && error.answer.status === 404) return null
      throw error
    }
  }
  let known: Promise<string | null> | null = null
  const ask = async (signal: AbortSignal): Promise<string | null> => {
    const { dataset, location } = target
    try {
      const found = await find({ method: 'GET', path: `/datasets/${dataset}` }, datasetAnswer, signal)
      if (found !== null && location !== null && !sameLocation(found.location, location))
        throw elsewhere(target, found.location)
      return found?.location ?? null
    } catch (error) {
      // Where the place is known, the right to look at the dataset is not needed.
      if (location !== null && error instanceof GoogleRefused && error.answer.status === 403) return location
      if (error instanceof GoogleRefused && error.answer.status === 403) throw unplaced(error, place.dataset)
      throw error
    }
  }
  return {
    target,
    call,
    find,
    location: async (signal) => {
      known ??= ask(signal)
      try {
        const found = await known
        if (found === null) known = null
        return found
      } catch (error) {
        known = null
        throw error
      }
    },
  }
}

const sameLocation = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

const elsewhere = ({ project, dataset, location }: Target, found: string): Refused =>
  new Refused({
    code: 'invalid',
    message: `The dataset ${project}.${dataset} is in ${found}, and the block says ${location}. Correct the block’s location, or leave it out.`,
  })

const unplaced = ({ explained, answer }: GoogleRefused, dataset: string): GoogleRefused =>
  new GoogleRefused(
    {
      ...explained,
      remedy: `${explained.remedy} Or give the block the location of “${dataset}”: then this right is not needed.`,
    },
    answer,
  )

const cancelled = (): Refused => new Refused({ code: 'cancelled', message: 'Stopped before BigQuery answered.' })

type Sending = { readonly target: Target; readonly signal: AbortSignal }

/** Google's client takes no signal: what it does goes on unheard. */
const sent = async (send: Send, call: Call, { target, signal }: Sending): Promise<unknown> => {
  if (signal.aborted) throw cancelled()
  let stop: () => void = () => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled())
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([send(call), stopped])
  } catch (error) {
    throw error instanceof Refused ? error : refusedBy(answerOf(error), placeOf(target))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** For how long trouble is borne before a task fails with it, and how long is waited between: milliseconds. */
const patience = 120_000
const [shortest, longest] = [250, 8_000]

/** Tries again while the trouble is of the passing kind. */
const patiently = async <T>(
  work: () => Promise<T>,
  { note }: Pick<Target, 'note'>,
  signal: AbortSignal,
): Promise<T> => {
  const began = performance.now()
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      const isOver = performance.now() - began > patience
      if (!(error instanceof GoogleRefused) || !isPassing(error.answer) || isOver) throw error
      if (tries === 1) note(`${error.explained.message} Trying again.`)
      const wait = Math.min(longest, shortest * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
      await sleep(wait, undefined, { signal }).catch(() => {
        throw cancelled()
      })
    }
  }
}
