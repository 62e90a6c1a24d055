/** What a client may ask for. */
export type Operation =
  | 'bucket'
  | 'create-bucket'
  | 'permissions'
  | 'list'
  | 'stat'
  | 'delete'
  | 'download'
  | 'begin-upload'
  /** Bytes of an upload, in one request or in parts. */
  | 'upload'
  | 'upload-status'

export type Effect =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly reason?: string
      readonly message?: string
      readonly retryAfter?: number
    }
  /** The connection is cut after so many bytes of the body, sent or taken. What was taken of an upload stays. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** It is done, but the answer is lost. */
  | { readonly kind: 'lost-answer' }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** A byte of the body is changed on its way. */
  | { readonly kind: 'corrupt' }
  /** The session of the upload is gone. */
  | { readonly kind: 'expire' }
  /** Stops after so many bytes until it is released. */
  | { readonly kind: 'hold'; readonly afterBytes: number; arrived(): void; readonly released: Promise<void> }

export type Faults = {
  /** The next `times` requests for it go wrong like this. Several for one operation happen in their order. */
  plan(operation: Operation, effect: Effect, times?: number): void
  /** Stops the next request for it in the middle. */
  hold(operation: Operation, afterBytes?: number): { readonly arrived: Promise<void>; release(): void }
  take(operation: Operation): Effect | null
  /** How many were planned and have not happened. */
  left(): number
  /** What was planned and has not happened will not. */
  clear(): void
}

export const createFaults = (): Faults => {
  const planned: { operation: Operation; effect: Effect; left: number }[] = []
  const plan: Faults['plan'] = (operation, effect, times = 1) => {
    planned.push({ operation, effect, left: times })
  }
  return {
    plan,
    hold: (operation, afterBytes = 0) => {
      const [came, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
      plan(operation, { kind: 'hold', afterBytes, arrived: () => came.resolve(undefined), released: gate.promise })
      return { arrived: came.promise, release: () => gate.resolve(undefined) }
    },
    take: (operation) => {
      const found = planned.find((fault) => fault.operation === operation && fault.left > 0)
      if (!found) return null
      found.left -= 1
      return found.effect
    },
    clear: () => {
      planned.length = 0
    },
    left: () => planned.reduce((sum, { left }) => sum + left, 0),
  }
}
