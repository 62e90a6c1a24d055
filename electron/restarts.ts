/** Milliseconds before an engine that died is started again; each time twice as long, up to the last. */
const delays = { first: 100, last: 5000 } as const
/** Milliseconds after which an engine counts as well. */
const healthyAfter = 20_000
/** So many that die right after their start, one after the other, are enough. */
const mostQuickDeaths = 6

export type Restarts = {
  started(): void
  /** After a death: the pause before the next start, or null when it would only die again. */
  next(): number | null
  forget(): void
}

/** When to start again what has died. */
export const createRestarts = (now: () => number): Restarts => {
  let startedAt = 0
  let quick = 0
  return {
    started: () => {
      startedAt = now()
    },
    next: () => {
      quick = now() - startedAt > healthyAfter ? 0 : quick + 1
      return quick >= mostQuickDeaths ? null : Math.min(delays.last, delays.first * 2 ** Math.max(0, quick - 1))
    },
    forget: () => {
      quick = 0
    },
  }
}
