import { expect, test } from 'vitest'
import { placeOn, usualPlace } from './window-place.ts'

const left = { x: 0, y: 24, width: 1920, height: 1056 }
const right = { x: 1920, y: 0, width: 1280, height: 1024 }
const size = { width: 1000, height: 700, maximized: false }

test('a window stands where it stood, also on a second display', () => {
  expect(placeOn([left, right], { ...size, x: 100, y: 100 })).toEqual({ ...size, x: 100, y: 100 })
  expect(placeOn([left, right], { ...size, x: 2000, y: 10, maximized: true })).toMatchObject({
    x: 2000,
    maximized: true,
  })
})

test('one that no display shows any more keeps its size and comes where the system puts it', () => {
  expect(placeOn([left], { ...size, x: 2000, y: 10 })).toEqual(size)
  expect(placeOn([left], { ...size, x: 100, y: -300 })).toEqual(size)
  expect(placeOn([left], { ...size, x: -950, y: 100 })).toEqual(size)
})

test('what was not kept by us is not used', () => {
  for (const kept of [null, 'wide', {}, { width: '10', height: 5 }, { width: Number.NaN, height: 5 }])
    expect(placeOn([left], kept)).toEqual(usualPlace)
})
