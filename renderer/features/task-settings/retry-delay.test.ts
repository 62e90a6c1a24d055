import { expect, test } from 'vitest'
import { readRetryDelay, retryDelayKind, retryDelayText } from './retry-delay.ts'

test.each([
  ['10s', 'delays', '10s'],
  [['2s', '10s', '1m'], 'delays', '2s, 10s, 1m'],
  [{ exponential: '5s' }, 'exponential', '5s'],
  ['exponential', 'exponential', ''],
  [undefined, 'delays', ''],
] as const)('%j is shown and read back as it was', (value, kind, text) => {
  expect(retryDelayKind(value)).toBe(kind)
  expect(retryDelayText(value)).toBe(text)
  expect(readRetryDelay(kind, text)).toEqual(value)
})
