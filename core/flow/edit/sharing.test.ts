import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'

const edit = (text: string, operation: EditOperation): string => {
  const edited = applyEdit(text, operation)
  expect(applyEdit(edited.text, edited.inverse).text).toBe(text)
  return edited.text
}

const set = (text: string, path: (string | number)[], value: string | number) =>
  edit(text, { kind: 'set', path, value })
const remove = (text: string, ...path: (string | number)[]) => edit(text, { kind: 'remove', path })

test('an edit through an alias writes a copy there', () => {
  const text = 'a: &x\n  k: 1\n  l: [2]\nb: *x # c\nc: *x\n'
  expect(set(text, ['b', 'k'], 5)).toBe('a: &x\n  k: 1\n  l: [2]\nb: # c\n  k: 5\n  l: [2]\nc: *x\n')
  expect(set(text, ['b'], 5)).toBe('a: &x\n  k: 1\n  l: [2]\nb: 5 # c\nc: *x\n')
  expect(remove(text, 'b', 'l', 0)).toBe('a: &x\n  k: 1\n  l: [2]\nb: # c\n  k: 1\n  l: []\nc: *x\n')
  expect(set('a: &x { k: 1 }\nb: { c: *x }\n', ['b', 'c', 'k'], 5)).toBe('a: &x { k: 1 }\nb: { c: { k: 5 } }\n')
})

test('an edit of a key that a merge key brings writes it there', () => {
  const text = 'base: &base\n  k: 1\n  m: { n: 2, o: 3 }\na:\n  <<: *base\n  own: 1\n'
  expect(set(text, ['a', 'k'], 5)).toBe(`${text}  k: 5\n`)
  expect(set(text, ['a', 'm', 'n'], 5)).toBe(`${text}  m: { n: 5, o: 3 }\n`)
  expect(set(text, ['a', 'k'], 1)).toBe(text)
})

test('a key that a merge key brings can go, the others stay', () => {
  const text = 'base: &base { k: 1, l: 2 }\na:\n  <<: *base # c\n  own: 1\nb: { <<: *base }\n'
  expect(remove(text, 'a', 'k')).toBe('base: &base { k: 1, l: 2 }\na:\n  l: 2 # c\n  own: 1\nb: { <<: *base }\n')
  expect(remove(text, 'b', 'k')).toBe('base: &base { k: 1, l: 2 }\na:\n  <<: *base # c\n  own: 1\nb: { l: 2 }\n')
  const hidden = 'base: &base { k: 1 }\na:\n  <<: *base\n  k: 2\n'
  expect(parse(remove(hidden, 'a', 'k'), { merge: true })).toEqual({ base: { k: 1 }, a: {} })
  expect(parse(edit(hidden, { kind: 'rename-key', path: ['a', 'k'], to: 'z' }), { merge: true })).toEqual({
    base: { k: 1 },
    a: { z: 2 },
  })
})

test('an anchor that is deleted or replaced moves with its value to the first alias', () => {
  const text = 'a: &x 0x10\nb: { c: *x }\nd: *x # c\n'
  expect(remove(text, 'a')).toBe('b: { c: &x 0x10 }\nd: *x # c\n')
  expect(set(text, ['a'], 5)).toBe('a: 5\nb: { c: &x 0x10 }\nd: *x # c\n')
  const map = 'a: &x # all\n  # one\n  k: 1\n  l:\n    - "m"\nb: *x\nc:\n  <<: *x\n'
  expect(remove(map, 'a')).toBe('b: &x\n  k: 1\n  l:\n    - "m"\nc:\n  <<: *x\n')
  expect(remove(map, 'b')).toBe(map.replace('b: *x\n', ''))
})

test('an anchor within what is deleted moves too, once', () => {
  const text = 'a: &x\n  k: &y [1]\n  l: *y\nb: *x\nc: *y\n'
  expect(parse(remove(text, 'a'))).toEqual({ b: { k: [1], l: [1] }, c: [1] })
  expect(remove(text, 'a')).toBe('b: &x\n  k: &y [1]\n  l: *y\nc: *y\n')
  const early = 'a: &x\n  k: &y [1]\nc: *y\nb: *x\n'
  expect(remove(early, 'a')).toBe('c: &y [1]\nb: &x\n  k: *y\n')
})

test('an edit within an anchored value leaves those that share it as they were', () => {
  const text = 'a: &x\n  k: 1\nb: *x\nc: *x\n'
  expect(set(text, ['a', 'k'], 5)).toBe('a:\n  k: 5\nb: &x\n  k: 1\nc: *x\n')
  expect(remove(text, 'a', 'k')).toBe('a: {}\nb: &x\n  k: 1\nc: *x\n')
  expect(set('a: [&x { k: 1 }, *x]', ['a', 0, 'k'], 5)).toBe('a: [{ k: 5 }, &x { k: 1 }]')
})

test('an anchor that nobody uses stays where it is', () => {
  expect(set('a: &x 1\nb: 2\n', ['a'], 5)).toBe('a: &x 5\nb: 2\n')
  expect(set('a: &x\n  k: 1\n', ['a'], 5)).toBe('a: &x 5\n')
})

test('an anchor whose name is used again moves only to its own aliases', () => {
  const text = 'a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: [*x]\n'
  expect(remove(text, 'a')).toBe('b: &x 1\nc: &x 2\nd: *x\ne: [*x]\n')
  expect(remove(text, 'c')).toBe('a: &x 1\nb: *x\nd: &x 2\ne: [*x]\n')
})
