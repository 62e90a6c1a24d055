import { expect, test } from 'vitest'
import { closest, didYouMean } from './did-you-mean.ts'

const types = ['table.filter', 'table.write', 'http.download', 'secret', 'string', 'json']

test('a slip of the finger is recognised, in any case', () => {
  expect(closest('table.fliter', types)).toBe('table.filter')
  expect(closest('Secrt', types)).toBe('secret')
  expect(closest('jsno', types)).toBe('json')
  expect(didYouMean('sting', types)).toBe('Did you mean “string”?')
})

test('a word far from all gets the choice there is', () => {
  expect(closest('postgres', types)).toBeNull()
  expect(closest('x'.repeat(10_000), types)).toBeNull()
  expect(didYouMean('postgres', ['a', 'b'])).toBe('Choose from a, b.')
  expect(didYouMean('postgres', [])).toBe('There is none to choose from.')
})
