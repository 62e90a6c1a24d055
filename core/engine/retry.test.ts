import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryDelay, withJitter } from './retry.ts'

test('delays are fixed, a list whose last one repeats, or double each time', () => {
  const three = [0, 1, 2, 3]
  expect(three.map((retry) => retryDelay({ kind: 'fixed', delay: 5 }, retry))).toEqual([5, 5, 5, 5])
  expect(three.map((retry) => retryDelay({ kind: 'list', delays: [10, 60] }, retry))).toEqual([10, 60, 60, 60])
  expect(three.map((retry) => retryDelay({ kind: 'exponential', base: 10 }, retry))).toEqual([10, 20, 40, 80])
  expect(retryDelay({ kind: 'list', delays: [] }, 0)).toBe(0)
})

test('jitter stays within its bounds and keeps the mean', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 5, noNaN: true }), (factor) => {
      const steps = 2_000
      const delays = Array.from({ length: steps }, (_, step) => withJitter(1_000, factor, (step + 0.5) / steps))
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...delays)).toBeLessThanOrEqual(1_000 * (1 + factor) + 1e-6)
      expect(delays.reduce((sum, delay) => sum + delay, 0) / steps / 1_000).toBeCloseTo(1, 2)
    }),
    { numRuns: 30 },
  )
})

test('without a factor a delay is what it is', () => {
  expect(withJitter(1_000, 0, 0.9)).toBe(1_000)
  expect(withJitter(0, 1, 0.9)).toBe(0)
})
