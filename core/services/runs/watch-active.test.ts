import { expect, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import { createLiveRuns } from './live-runs.ts'
import { watchActive } from './watch-active.ts'

const flowRun = (id: string, state: Partial<FlowRun['state']>, rest: Partial<FlowRun> = {}) =>
  ({ kind: 'flow-run', flowRun: { id, name: `name-${id}`, parent: null, state, ...rest } as FlowRun }) as const

const running = { type: 'RUNNING', name: 'Running' } as const
const paused = { type: 'PAUSED', name: 'Paused' } as const
const completed = { type: 'COMPLETED', name: 'Completed' } as const

test('the names of what goes on are told once for each change, without what is paused or a subflow', () => {
  const live = createLiveRuns()
  const told: string[] = []
  const stop = watchActive(live, (names) => told.push(names.join(' ')))
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
