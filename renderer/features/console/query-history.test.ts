import { expect, test } from 'vitest'
import { withAsked } from './query-history.ts'

test('the newest question comes first, each once, and the oldest go', () => {
  const begun = withAsked(withAsked({ text: '', asked: [] }, 'select 1', 1), 'select 2', 2)
  expect(withAsked(begun, 'select 1', 3).asked).toEqual([
    { sql: 'select 1', at: 3 },
    { sql: 'select 2', at: 2 },
  ])
  let long = begun
  for (let number = 0; number < 100; number += 1) long = withAsked(long, `select ${number}`, number)
  expect([long.asked.length, long.asked[0]?.sql, long.asked.at(-1)?.sql]).toEqual([50, 'select 99', 'select 50'])
})
