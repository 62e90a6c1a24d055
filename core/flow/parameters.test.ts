import { describe, expect, test } from 'vitest'
import type { JsonValue } from '#core/model/handle.ts'
import type { Parameter, Parameters, ParameterType } from '#core/model/parameter.ts'
import { parseParameters } from './parameters.ts'

const parameter = (
  type: ParameterType,
  keywords: Parameter['keywords'] = {},
  rest: Partial<Parameter> = {},
): Parameter => ({
  type,
  keywords,
  ...rest,
})

const one = (given: JsonValue, declared: Parameter) => {
  const { values, problems } = parseParameters({ p: declared }, { p: given })
  return problems.length === 0 ? values['p'] : problems.map(({ message }) => message)
}

describe('text, as a command line has it, is read by type', () => {
  test.each<[ParameterType, string, JsonValue]>([
    ['string', '5', '5'],
    ['integer', '5', 5],
    ['integer', '-12', -12],
    ['number', '.20', 0.2],
    ['number', '1e3', 1000],
    ['boolean', 'true', true],
    ['boolean', 'No', false],
    ['date', '2020-11-01', '2020-11-01'],
    ['datetime', '2020-11-01T10:00:00Z', '2020-11-01T10:00:00Z'],
    ['duration', '1h 30m', '1h 30m'],
    ['file', 'data/a.csv', 'data/a.csv'],
    ['block', 'block:duckdb/warehouse', 'block:duckdb/warehouse'],
    ['array', '[1, "a"]', [1, 'a']],
    ['array', 'a, b', ['a', 'b']],
    ['array', '', []],
    ['object', '{"a": 1}', { a: 1 }],
  ])('%s %s', (type, text, value) => {
    expect(one(text, parameter(type))).toEqual(value)
  })

  test('items and properties too', () => {
    expect(one('1,2', parameter('array', { items: { type: 'integer' } }))).toEqual([1, 2])
    expect(one('{"a": "3"}', parameter('object', { properties: { a: { type: 'integer' } } }))).toEqual({ a: 3 })
  })
})

describe('what does not fit is refused', () => {
  test.each<[JsonValue, Parameter, string]>([
    [5, parameter('string'), '“p” (5) is no text.'],
    ['five', parameter('integer'), '“p” ("five") is no whole number.'],
    ['1.5', parameter('integer'), '“p” ("1.5") is no whole number.'],
    ['9007199254740993', parameter('integer'), 'too large to be kept exactly'],
    ['Infinity', parameter('number'), '“p” ("Infinity") is no number.'],
    ['maybe', parameter('boolean'), 'neither true nor false'],
    ['2020-02-30', parameter('date'), 'is no date'],
    ['2020-11-01T10:00', parameter('date'), 'is no date'],
    ['soon', parameter('duration'), 'is no duration'],
    ['duckdb/warehouse', parameter('block'), 'is no block'],
    ['block:string/x', parameter('block', {}, { types: ['duckdb'] }), 'is no block of type duckdb'],
    ['{', parameter('object'), 'is no mapping'],
    [null, parameter('string'), 'is no text'],
    ['red', parameter('string', { enum: ['green', 'yellow'] }), '“p” ("red") is none of green, yellow.'],
    [13, parameter('integer', { minimum: 1, maximum: 12 }), '“p” (13) is larger than 12.'],
    [0, parameter('number', { exclusiveMinimum: 0 }), 'is not larger than 0'],
    [5, parameter('integer', { multipleOf: 2 }), 'is no multiple of 2'],
    ['ab', parameter('string', { minLength: 3 }), 'has 2 characters, fewer than 3'],
    ['ab', parameter('string', { pattern: '^\\d+$' }), 'does not match the pattern'],
    ['x', parameter('string', { format: 'email' }), 'is no email'],
    [[1, 1], parameter('array', { uniqueItems: true }), 'has an item twice'],
    [[], parameter('array', { minItems: 1 }), 'has 0 items, fewer than 1'],
    [[1, 13], parameter('array', { items: { type: 'integer', maximum: 12 } }), '“p[1]” (13) is larger than 12.'],
    [{ a: 'x' }, parameter('object', { properties: { a: { type: 'integer' } } }), '“p.a” ("x") is no whole number.'],
    [{}, parameter('object', { required: ['a'] }), '“p.a” is missing.'],
    [{ b: 1 }, parameter('object', { additionalProperties: false }), '“p.b” (1) is not known here.'],
  ])('%j', (given, declared, message) => {
    expect(one(given, declared)).toEqual([expect.stringContaining(message)])
  })
})

test('multiples are compared as people count', () => {
  expect(one(0.3, parameter('number', { multipleOf: 0.1 }))).toBe(0.3)
})

test('a catastrophic pattern is given up after a moment', () => {
  const began = performance.now()
  const declared = parameter('string', { pattern: '^(a+)+$' })
  expect(one(`${'a'.repeat(60)}b`, declared)).toEqual([expect.stringContaining('in time')])
  expect(performance.now() - began).toBeLessThan(2000)
})

const declared: Parameters = {
  color: parameter('string', { enum: ['green', 'yellow'] }, { default: 'green' }),
  month: parameter('integer', { minimum: 1, maximum: 12 }),
  limit: parameter('integer', {}, { default: null }),
}

test('defaults fill in what is not given; null only where it is the default', () => {
  expect(parseParameters(declared, { month: '3' })).toEqual({
    values: { color: 'green', month: 3, limit: null },
    problems: [],
  })
  expect(parseParameters(declared, { month: 3, limit: null }).problems).toEqual([])
  expect(parseParameters(declared, { month: null }).problems).toHaveLength(1)
})

test('all mistakes come at once, with what was meant', () => {
  const { problems } = parseParameters(declared, { colour: 'red', color: 'red', limit: 'x' })
  expect(problems.map(({ parameter: name, code }) => `${name} ${code}`)).toEqual([
    'colour unknown-parameter',
    'color bad-parameter',
    'month missing-parameter',
    'limit bad-parameter',
  ])
  expect(problems[0]?.remedy).toBe('Did you mean “color”?')
})

test('names that every object has are no parameters', () => {
  expect(parseParameters({}, { constructor: 1 }).problems.map(({ code }) => code)).toEqual(['unknown-parameter'])
  expect(parseParameters({ toString: parameter('string') }, {}).problems.map(({ code }) => code)).toEqual([
    'missing-parameter',
  ])
})
