import { expect, test } from 'vitest'
import { draftOf, parametersOf, readDraft } from './parameters.ts'

const fields = parametersOf({
  parameters: {
    color: { type: 'string', enum: ['yellow', 'green'], default: 'green' },
    months: { type: 'array', items: { type: 'integer' }, default: [11, 12] },
    most: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
    source: { type: 'string' },
    options: { type: 'object', default: { a: 1 } },
    wait: { type: 'duration', default: '10s' },
    dry: { type: 'boolean', default: false },
  },
})

test('a form that nobody touches gives the defaults, and says what is needed', () => {
  const { values, faults } = readDraft(fields, draftOf(fields, {}))
  expect(faults).toEqual({ source: 'This is needed.' })
  expect(values).toEqual({
    color: 'green',
    months: [11, 12],
    most: 3,
    options: { a: 1 },
    wait: '10s',
    dry: false,
  })
})

test('what was used last stands in the form', () => {
  const { values, faults } = readDraft(fields, draftOf(fields, { source: 'x.csv', months: [1], most: 9 }))
  expect(faults).toEqual({})
  expect(values).toMatchObject({ source: 'x.csv', months: [1], most: 9 })
})

test.each([
  ['most', '0', 'At least 1.'],
  ['most', '10', 'At most 9.'],
  ['most', '2.5', 'Write a whole number.'],
  ['most', 'two', 'Write a number.'],
  ['months', '1\nx', 'Line 2 is no whole number.'],
  ['options', '{', 'This is no JSON yet.'],
  ['options', '[]', 'Write a mapping: {"a": 1}.'],
  ['wait', 'soon', 'Write a duration such as 30s or 1h 30m.'],
])('%s cannot be “%s”', (name, text, fault) => {
  expect(readDraft(fields, { source: 'x', [name]: text }).faults).toEqual({ [name]: fault })
})

test('a field left empty takes its default, and a list left empty is empty', () => {
  const { values, faults } = readDraft(fields, { source: 'x', most: '', months: '' })
  expect(faults).toEqual({})
  expect(values).toEqual({ source: 'x', months: [] })
})
