/** What goes wrong, the next times that a request fits. */
export type Fault = {
  readonly method?: string
  readonly path: RegExp
  readonly times: number
  readonly does:
    | { readonly kind: 'answer'; readonly status: number; readonly reason: string; readonly message?: string }
    /** The connection is cut: before anything is done, or when it was done and the answer was due. */
    | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
    /** Cut after so many bytes of the request's body were taken (and kept, as in a resumable upload). */
    | { readonly kind: 'reset-in-body'; readonly bytes: number }
    | { readonly kind: 'slow'; readonly milliseconds: number }
    /** Nothing is answered until `release`. */
    | { readonly kind: 'hold'; readonly released: Promise<void> }
}

export type Faults = {
  add(fault: Fault): void
  clear(): void
  /** The fault for this request, which counts as one of its times. */
  take(method: string, path: string): Fault['does'] | null
  /** How many faults have happened. */
  happened(): number
}

export const createFaults = (): Faults => {
  let planned: { fault: Fault; left: number }[] = []
  let count = 0
  return {
    add: (fault) => void planned.push({ fault, left: fault.times }),
    clear: () => {
      planned = []
    },
    take: (method, path) => {
      const found = planned.find(
        ({ fault, left }) => left > 0 && (fault.method ?? method) === method && fault.path.test(path),
      )
      if (!found) return null
      found.left -= 1
      count += 1
      return found.fault.does
    },
    happened: () => count,
  }
}
