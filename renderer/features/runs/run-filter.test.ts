import { expect, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import { everything, isNews, spanOf } from './run-filter.ts'

const run = {
  flow: 'green-taxi',
  name: 'quiet-heron',
  state: { name: 'Running', at: 0, message: null },
  tags: ['load'],
  parent: null,
} as unknown as FlowRun

test('days are those of the calendar here, both included', () => {
  const between = { span: 'between', from: '2026-11-19', to: '2026-11-20' } as const
  expect(spanOf(between, 0)).toEqual({
    since: new Date(2026, 10, 19).getTime(),
    before: new Date(2026, 10, 21).getTime(),
  })
  expect(spanOf({ ...between, to: '' }, 0).before).toBeNull()
  expect(spanOf({ ...everything, span: 'hour' }, 5_000_000)).toEqual({ since: 1_400_000, before: null })
})

test('a new run is told of when it fits the filter', () => {
  expect(isNews(everything, run)).toBe(true)
  expect(isNews({ ...everything, text: 'HERON', tag: 'load', flow: 'green-taxi' }, run)).toBe(true)
  expect(isNews({ ...everything, states: ['Failed'] }, run)).toBe(false)
  expect(isNews(everything, { ...run, parent: { flowRun: 'a', taskRun: 'b' } })).toBe(false)
})
