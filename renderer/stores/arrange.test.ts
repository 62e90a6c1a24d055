import { expect, test } from 'vitest'
import { align, distribute, type Placed, type Side } from './arrange.ts'

const things: readonly Placed[] = [
  { id: 'a', position: [0, 10], size: [100, 20] },
  { id: 'b', position: [300, 50], size: [50, 20] },
  { id: 'c', position: [110, 0], size: [100, 40] },
]

test.each<[Side, string, number, number]>([
  ['left', 'b', 0, 50],
  ['right', 'a', 250, 10],
  ['center', 'a', 125, 10],
  ['top', 'b', 300, 0],
  ['bottom', 'a', 0, 50],
  ['middle', 'c', 110, 15],
])('aligned %s, %s comes to %i, %i', (side, id, x, y) => {
  expect(align(things, side).get(id)).toEqual([x, y])
})

test('distributed across, the gaps are of one width and the outer ones stay', () => {
  expect([...distribute(things, 'across')]).toEqual([
    ['a', [0, 10]],
    ['c', [150, 0]],
    ['b', [300, 50]],
  ])
})
