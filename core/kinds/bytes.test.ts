import { expect, test } from 'vitest'
import { formatBytes, parseBytes } from './bytes.ts'

test.each([
  ['10 MB', 10_000_000],
  ['1 GiB', 1_073_741_824],
  ['1.5k', 1500],
  ['500', 500],
  [' 2 TB ', 2e12],
  [7, 7],
  ['ten', null],
  ['-1', null],
  ['5 pounds', null],
])('%j is %j bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_999, '1.0 MB'],
  [123_456_789, '123 MB'],
])('%j bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
