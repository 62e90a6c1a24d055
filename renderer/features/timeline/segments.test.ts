import { expect, test } from 'vitest'
import type { StateName } from '#core/model/state.ts'
import { segmentsOf, spanOf, ticksOf, zoomed } from './segments.ts'

const states = (...list: readonly (readonly [StateName, number])[]) =>
  list.map(([name, at]) => ({ name, at, message: null }))

test('tries, waits and the end of a retried task are stretches one after the other', () => {
  const told = states(
    ['Pending', 0],
    ['Running', 10],
    ['Failed', 30],
    ['AwaitingRetry', 30],
    ['Pending', 50],
    ['Retrying', 51],
    ['Completed', 60],
  )
  expect(segmentsOf(told).map(({ kind, from, to, outcome, attempt }) => [kind, from, to, outcome, attempt])).toEqual([
    ['slot', 0, 10, 'Running', 0],
    ['run', 10, 30, 'Failed', 1],
    ['retry', 30, 50, 'Pending', 1],
    ['slot', 50, 51, 'Retrying', 1],
    ['run', 51, 60, 'Completed', 2],
  ])
})

test('what goes on has no end yet, and what never ran is a mark', () => {
  expect(segmentsOf(states(['Running', 5]))).toMatchObject([{ kind: 'run', to: null, outcome: 'Running' }])
  expect(segmentsOf(states(['Skipped', 5]))).toMatchObject([{ kind: 'mark', from: 5, to: 5 }])
})

test('the whole reaches to now only while something goes on', () => {
  expect(spanOf([states(['Running', 1000], ['Completed', 9000])], 50_000)).toEqual({ from: 1000, to: 9000 })
  expect(spanOf([states(['Running', 1000])], 50_000)).toEqual({ from: 1000, to: 50_000 })
  expect(spanOf([], 0)).toBeNull()
})

test('ticks stand at round distances from the start of the run', () => {
  expect(ticksOf({ from: 100, to: 10_100 }, 100, 5)).toEqual([100, 2100, 4100, 6100, 8100, 10_100])
})

test('zooming keeps the moment under the pointer, and zooming out ends at the whole', () => {
  const whole = { from: 0, to: 1000 }
  expect(zoomed(whole, whole, 500, 0.5)).toEqual({ from: 250, to: 750 })
  expect(zoomed({ from: 250, to: 750 }, whole, 500, 2)).toBeNull()
})
