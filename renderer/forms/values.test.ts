import { expect, test } from 'vitest'
import type { FieldDescription } from '#core/model/field-description.ts'
import { emptyIsValue, parseLoose, parseNumber, writeOperation } from './values.ts'

const field = (rest: Partial<FieldDescription>): FieldDescription => ({
  widget: 'text',
  name: 'x',
  title: 'X',
  required: false,
  schema: {},
  ...rest,
})

test.each([
  ['12', 12],
  [' -0.5 ', -0.5],
  ['1e6', 1_000_000],
  ['1,000,000', 1_000_000],
  ['88_605', 88_605],
  ['.20', 0.2],
  ['1,5', null],
  ['0x10', null],
  ['', null],
  ['12 km', null],
])('“%s” is the number %s', (text, value) => {
  expect(parseNumber(text)).toBe(value)
})

test('text where any JSON may stand is JSON when it is, and itself when it is not', () => {
  expect(['5', 'true', '"5"', '[1]', 'abc', '2020-11', '{{ x }}'].map(parseLoose)).toEqual([
    5,
    true,
    '5',
    [1],
    'abc',
    '2020-11',
    '{{ x }}',
  ])
})

test('the default is not written out, and nothing is no value', () => {
  const path = ['tasks', 'a', 'with', 'x']
  expect(writeOperation(field({ default: 'drop' }), path, 'drop')).toEqual({ kind: 'remove', path, prune: true })
  expect(writeOperation(field({}), path, undefined)).toEqual({ kind: 'remove', path, prune: true })
  expect(writeOperation(field({ default: 'drop' }), path, 'keep')).toEqual({ kind: 'set', path, value: 'keep' })
})

test('an empty text is a value only where the pattern of the field takes it', () => {
  expect(emptyIsValue(field({ schema: { pattern: '^.?$' } }))).toBe(true)
  expect(emptyIsValue(field({ schema: { pattern: '^sha256:.+$' } }))).toBe(false)
  expect(emptyIsValue(field({}))).toBe(false)
})
