import { expect, test } from 'vitest'
import { createSpatialIndex } from './spatial-index.ts'

const node = (x: number, y: number) => ({ x, y, width: 220, height: 60 })

test('only what is near is found, also after it has moved or gone', () => {
  const index = createSpatialIndex()
  for (let at = 0; at < 1000; at += 1) index.put(`n${at}`, node(at * 300, 0))
  const view = { x: 0, y: 0, width: 1000, height: 700 }
  expect([...index.within(view)].filter((id) => Number(id.slice(1)) < 4)).toHaveLength(4)
  expect(index.within(view).size).toBeLessThan(10)
  index.put('n999', node(10, 10))
  index.remove('n0')
  expect(index.within(view).has('n999')).toBe(true)
  expect(index.within(view).has('n0')).toBe(false)
})

test('what crosses the whole plane is found wherever it passes', () => {
  const index = createSpatialIndex()
  index.put('wire', { x: 0, y: 0, width: 100_000, height: 100_000 })
  expect(index.within({ x: 50_000, y: 50_000, width: 10, height: 10 })).toEqual(new Set(['wire']))
  expect(index.within({ x: -900, y: -900, width: 10, height: 10 })).toEqual(new Set())
})
