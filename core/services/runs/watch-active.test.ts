import { expect, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import { createLiveRuns } from './live-runs.ts'
import { watchActive } from './watch-active.ts'

const flowRun = (id: string, state: Partial<FlowRun['state']>, rest: Partial<FlowRun> = {}) =>
  ({
    kind: 'flow-run',
    flowRun: { id, name: `name-${id}`, flow: `flow-${id}`, parent: null, state, ...rest } as FlowRun,
  }) as const

const running = { type: 'RUNNING', name: 'Running' } as const
const paused = { type: 'PAUSED', name: 'Paused' } as const
const completed = { type: 'COMPLETED', name: 'Completed' } as const

test('the names of what goes on are told once for each change, without what is paused or a subflow', () => {
  const live = createLiveRuns()
  const told: string[] = []
  const stop = watchActive(live, ({ names }) => told.push(names.join(' ')))
  live.publish([flowRun('a', running), flowRun('b', running)])
  live.publish([flowRun('a', running)])
  live.publish([flowRun('c', running, { parent: { flowRun: 'a', taskRun: 'sub' } })])
  live.publish([flowRun('b', paused)])
  live.publish([flowRun('b', completed)])
  live.publish([flowRun('a', completed), flowRun('d', running)])
  live.publish([flowRun('d', completed)])
  stop()
  live.publish([flowRun('e', running)])
  expect(told).toEqual(['name-a name-b', 'name-a', 'name-d', ''])
})

test('of each that goes on no more it is told what became of it', () => {
  const live = createLiveRuns()
  const told: string[] = []
  watchActive(live, ({ ended }) => told.push(...ended))
  live.publish(['a', 'b', 'c'].map((id) => flowRun(id, running)))
  live.publish([flowRun('a', completed), flowRun('b', paused)])
  live.publish([flowRun('c', { name: 'TimedOut' })])
  expect(told).toEqual(['flow-a (name-a) has completed', 'flow-b (name-b) is paused', 'flow-c (name-c) has failed'])
})
