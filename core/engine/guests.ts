import { Refused } from '#core/model/failure.ts'
import type { Limit } from '#core/model/run-event.ts'
import { leave, request, waitsOn } from './admission.ts'
import { refusalWords, waitWords } from './limit-words.ts'
import { post, type Loop } from './loop.ts'

/** Work beside flow runs, such as a person's look into a database, that takes slots as a job does. */
export type Guest = {
  /** Resolves once it has its slots; rejects with Refused where a limit would never let it in. */
  readonly admitted: Promise<void>
  /** Why it waits, in words, or null. */
  waiting(): string | null
  /** Gives the slots to others, or asks no more. */
  leave(): void
}

export type Visit = {
  /** Of nobody else. */
  readonly id: string
  readonly limits: readonly Limit[]
  /** Who it is, for those that wait for it. */
  readonly label: string
}

export const receive = (loop: Loop, { id: visitor, limits, label }: Visit): Guest => {
  const id = `guest/${visitor}`
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  post(loop, () => {
    loop.guests.set(id, (verdict) => {
      if (verdict.kind === 'granted') return resolve()
      reject(new Refused({ code: 'limit', message: refusalWords(verdict.limit) }))
    })
    request(loop.admission, { id, limits, label })
  })
  return {
    admitted: promise,
    waiting: () => {
      const wait = waitsOn(loop.admission, id)
      return wait && waitWords(wait.limit, wait.holders)
    },
    leave: () =>
      post(loop, () => {
        loop.guests.delete(id)
        leave(loop.admission, id)
      }),
  }
}
