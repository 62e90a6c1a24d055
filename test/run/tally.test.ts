import { expect, test } from 'vitest'
import { sumOf, tallyOfVitest, totalLine } from './tally.ts'

const reportOf = (status: string, tests: Record<string, string>) =>
  JSON.stringify({
    testResults: [
      {
        name: 'core/a.test.ts',
        status,
        assertionResults: Object.entries(tests).map(([fullName, result]) => ({ fullName, status: result })),
      },
    ],
  })

test('passed, failed and skipped tests of all suites add up', () => {
  const first = tallyOfVitest('first', reportOf('failed', { a: 'passed', b: 'failed', c: 'skipped', d: 'todo' }), 1)
  const second = tallyOfVitest('second', reportOf('passed', { e: 'passed' }), 0)
  expect(totalLine(sumOf([first, second]))).toBe('2 passed, 1 failed, 2 skipped')
  expect(sumOf([first, second]).skipped).toEqual(['c', 'd'])
})

test('a file that does not load is one failure', () => {
  expect(tallyOfVitest('first', reportOf('failed', {}), 1).failed).toEqual(['core/a.test.ts'])
})

test('an unhandled error after all tests passed is one failure', () => {
  const tally = tallyOfVitest('first', reportOf('passed', { a: 'passed' }), 1)
  expect(totalLine(tally)).toBe('1 passed, 1 failed, 0 skipped')
})

test('a suite that had to be killed is one failure more', () => {
  const tally = tallyOfVitest('first', reportOf('failed', { a: 'passed', b: 'failed' }), null)
  expect(totalLine(tally)).toBe('1 passed, 2 failed, 0 skipped')
})

test('a suite that was killed before it reported, or that has no tests, is one failure', () => {
  expect(tallyOfVitest('crash', null, null).failed).toHaveLength(1)
  expect(tallyOfVitest('crash', '{"testResults":[]}', 0).failed).toHaveLength(1)
})
