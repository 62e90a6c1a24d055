import { useSyncExternalStore } from 'react'

/** One timer for all that look at the clock equally often. */
type Ticker = { readonly listeners: Set<() => void>; now: number; timer: ReturnType<typeof setInterval> | null }

const tickers = new Map<number, Ticker>()

const tickerOf = (period: number): Ticker => {
  const found = tickers.get(period) ?? { listeners: new Set(), now: Date.now(), timer: null }
  tickers.set(period, found)
  return found
}

const subscribeTo = (period: number) => (listen: () => void) => {
  const ticker = tickerOf(period)
  const tick = () => {
    ticker.now = Date.now()
    for (const one of ticker.listeners) one()
  }
  ticker.listeners.add(listen)
  ticker.now = Date.now()
  ticker.timer ??= setInterval(tick, period)
  return () => {
    ticker.listeners.delete(listen)
    if (ticker.listeners.size > 0 || ticker.timer === null) return
    clearInterval(ticker.timer)
    ticker.timer = null
  }
}

const subscriptions = new Map<number, ReturnType<typeof subscribeTo>>()

const subscriptionOf = (period: number): ReturnType<typeof subscribeTo> => {
  const found = subscriptions.get(period) ?? subscribeTo(period)
  subscriptions.set(period, found)
  return found
}

const stillness = () => () => undefined

/** Milliseconds since 1970: while `moving`, kept up to date every `period` milliseconds. */
export const useNow = (moving: boolean, period = 250): number =>
  useSyncExternalStore(moving ? subscriptionOf(period) : stillness, () => tickerOf(period).now)
