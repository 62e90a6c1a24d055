import { expect, test } from 'vitest'
import { counted } from './counted.ts'

test('one is one', () => {
  expect([0, 1, 88_605].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '88,605 rows'])
})
