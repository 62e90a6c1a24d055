import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawnRows, rowAt, rowHeight, spacerHeight, topOf } from './line-window.ts'

test('a short log scrolls pixel by pixel', () => {
  expect(spacerHeight(1000)).toBe(1000 * rowHeight)
  expect(rowAt(10 * rowHeight, 1000, 400)).toBe(10)
})

test('the end of five million lines is reached, though no page may be that tall', () => {
  const [total, height] = [5_000_000, 400]
  const bottom = spacerHeight(total) - height
  expect(spacerHeight(total)).toBeLessThan(33_000_000)
  expect(rowAt(bottom, total, height)).toBeCloseTo(total - height / rowHeight)
})

test('scrolling to a row shows that row first, and what is drawn covers the view', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 40, max: 1200 }),
      (total, part, height) => {
        const row = Math.floor(part * Math.max(0, total - height / rowHeight))
        const first = rowAt(topOf(row, total, height), total, height)
        expect(first).toBeCloseTo(row, 2)
        const { first: from, count } = drawnRows(first, total, height)
        expect(from).toBeLessThanOrEqual(row)
        expect(from + count).toBeGreaterThanOrEqual(Math.min(total, Math.floor(row + height / rowHeight)))
        expect(count).toBeLessThanOrEqual(height / rowHeight + 11)
      },
    ),
  )
})
