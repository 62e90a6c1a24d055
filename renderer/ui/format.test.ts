import { expect, test } from 'vitest'
import { formatAgo, formatBytes, formatDuration, formatSeconds } from './format.ts'

test.each([
  [12, '12 ms'],
  [1234, '1.2 s'],
  [59_999, '59 s'],
  [184_000, '3 m 04 s'],
  [7_500_000, '2 h 05 m'],
])('%d ms is shown as %s', (milliseconds, shown) => {
  expect(formatDuration(milliseconds)).toBe(shown)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1512794, '1.5 MB'],
  [123_456, '123 kB'],
  [2e15, '2000 TB'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown)
})

test('a clock that goes on shows whole seconds', () => {
  expect([40, 1999, 184_900].map(formatSeconds)).toEqual(['0 s', '1 s', '3 m 04 s'])
})

test('how long ago is told in the largest unit that fits', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  expect([2, 45, 300, 7200, 90_000].map((seconds) => formatAgo(now - seconds * 1000, now))).toEqual([
    'just now',
    '45 s ago',
    '5 min ago',
    '2 h ago',
    'yesterday',
  ])
})
