import { expect, test } from 'vitest'
import { createRestarts } from './restarts.ts'

const lives = (restarts: ReturnType<typeof createRestarts>, clock: { at: number }, lengths: readonly number[]) =>
  lengths.map((length) => {
    restarts.started()
    clock.at += length
    return restarts.next()
  })

test('an engine that dies after a while is started again at once, one that dies soon ever later, and then no more', () => {
  const clock = { at: 0 }
  const restarts = createRestarts(() => clock.at)
  expect(lives(restarts, clock, [60_000, 60_000])).toEqual([100, 100])
  expect(lives(restarts, clock, [10, 10, 10, 10, 10, 10])).toEqual([100, 200, 400, 800, 1600, null])
  restarts.forget()
  expect(lives(restarts, clock, [10])).toEqual([100])
})
