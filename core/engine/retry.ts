import type { RetryDelay } from '#core/model/flow-document.ts'

/** Milliseconds before the n-th retry, n from 0, without jitter. The last delay of a list repeats. */
export const retryDelay = (rule: RetryDelay, retry: number): number => {
  switch (rule.kind) {
    case 'fixed':
      return rule.delay
    case 'list':
      return rule.delays[Math.min(retry, rule.delays.length - 1)] ?? 0
    case 'exponential':
      return rule.base * 2 ** Math.min(retry, 49)
    default:
      return rule satisfies never
  }
}

/** The a below 1 with a·e⁻ᵃ = b·e⁻ᵇ: an exponential variate of mean 1 kept between a and b still has mean 1. */
const lowerBound = (upper: number): number => {
  const target = upper * Math.exp(-upper)
  let [low, high] = [0, 1]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (middle * Math.exp(-middle) < target) low = middle
    else high = middle
  }
  return low
}

/**
 * Spreads a delay as Prefect's retry_jitter_factor does: an exponential variate of that mean, at most
 * delay × (1 + factor), bounded below such that the mean is kept. `random` is in [0, 1).
 */
export const withJitter = (delay: number, factor: number, random: number): number => {
  if (factor <= 0 || delay <= 0) return delay
  const upper = 1 + factor
  const lower = lowerBound(upper)
  const share = Math.exp(-lower) - random * (Math.exp(-lower) - Math.exp(-upper))
  return -Math.log(share) * delay
}
