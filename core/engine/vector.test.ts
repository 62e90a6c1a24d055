import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, each, setAt, vectorOf } from './vector.ts'

test('a vector reads and changes like an array, and what it was before stays as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1, maxLength: 3000 }),
      fc.array(fc.tuple(fc.nat(), fc.integer())),
      (items, changes) => {
        const array = items.slice()
        const first = vectorOf(items)
        let vector = first
        for (const [position, value] of changes) {
          array[position % array.length] = value
          vector = setAt(vector, position % array.length, value)
        }
        expect([...each(vector)]).toEqual(array)
        expect([...each(first)]).toEqual(items)
        for (const [index, item] of array.entries()) expect(at(vector, index)).toBe(item)
      },
    ),
    { numRuns: 30 },
  )
})

test('a vector refuses a position it does not have', () => {
  expect(() => at(vectorOf([1]), 1)).toThrow('There is no item 1 of 1')
  expect(() => setAt(vectorOf([1]), 1, 2)).toThrow('There is no item 1 of 1')
})
