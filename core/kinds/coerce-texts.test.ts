import { expect, test } from 'vitest'
import { z } from 'zod'
import { coerceTexts } from './coerce-texts.ts'

const schema = z.object({ name: z.string(), size: z.int(), on: z.boolean(), tags: z.array(z.string()) })

test('a text stays text where the setting takes text, also when it looks like a number', () => {
  expect(coerceTexts(schema, { name: '5' })).toEqual({ name: '5' })
})

test('a text is read as JSON where the setting takes something else', () => {
  expect(coerceTexts(schema, { size: '5', on: 'true', tags: '["a"]' })).toEqual({ size: 5, on: true, tags: ['a'] })
})

test('a text that fits neither, and one for an unknown setting, stay as they are', () => {
  expect(coerceTexts(schema, { size: 'many', colour: 'red' })).toEqual({ size: 'many', colour: 'red' })
})

test('where any JSON fits, a text that is JSON is read as such and any other is a text', () => {
  const any = z.object({ value: z.json() })
  expect(coerceTexts(any, { value: '{"a":[1]}' })).toEqual({ value: { a: [1] } })
  expect(coerceTexts(any, { value: '5' })).toEqual({ value: 5 })
  expect(coerceTexts(any, { value: 'plain' })).toEqual({ value: 'plain' })
})
