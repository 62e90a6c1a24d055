import { expect, test } from 'vitest'
import { extentOf, lineStarts } from './extent.ts'

const text = 'name: x\nwith: { where: "a b", n: 1 }\n\nlast'
const underlined = (line: number, column: number): string => {
  const { from, to } = extentOf(text, lineStarts(text), { line, column })
  return text.slice(from, to)
}

test('a word, a quoted text, or what is left of the line is underlined', () => {
  expect(underlined(1, 7)).toBe('x')
  expect(underlined(2, 16)).toBe('"a b"')
  expect(underlined(2, 23)).toBe('n:')
  expect(underlined(2, 7)).toBe('{ where: "a b", n: 1 }')
  expect(underlined(4, 1)).toBe('last')
})

test('a place that is not there is no crash', () => {
  expect(underlined(3, 1)).toBe('')
  expect(underlined(99, 5)).toBe('')
  expect(underlined(1, 99)).toBe('')
})
