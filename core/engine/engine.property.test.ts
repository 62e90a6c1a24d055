import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTerminal } from '#core/model/state.ts'
import type { Rule } from './testing/monitor.ts'
import { scenario, type Scenario } from './testing/scenario.ts'
import { simulate } from './testing/simulation.ts'
import { isSkipped } from './testing/skip-oracle.ts'

/** fast-check prints the seed of a failing run; put it here with the path to see it again. */
const check = (disturbances: 'none' | 'all', holds: (one: Scenario) => Promise<void>) =>
  fc.assert(fc.asyncProperty(scenario(disturbances), holds), { numRuns: 150 })

const neverBreaks = (rule: Rule) =>
  check('all', async (one) => {
    expect((await simulate(one)).broken(rule)).toEqual([])
  })

test('never do more run at once than a limit allows', () => neverBreaks('limits'))
test('nothing starts before what it needs has ended', () => neverBreaks('order'))
test('nothing is tried more often than it may be', () => neverBreaks('attempts'))
test('a cancelled run starts nothing more but what always runs', () => neverBreaks('cancelled'))
test('a paused run starts nothing', () => neverBreaks('paused'))
test('a held task does not start', () => neverBreaks('held'))
test('a completed task run never runs again, also after a crash and a resume', () => neverBreaks('completed'))

test('every run ends', () =>
  check('all', async (one) => {
    for (const state of (await simulate(one)).states) expect(state && isTerminal(state)).toBe(true)
  }))

test('folding the stored events gives the state that was live', () =>
  check('all', async (one) => {
    expect((await simulate(one, 'looks')).differences).toEqual([])
  }))

test('whatever waits says why', () =>
  check('all', async (one) => {
    expect((await simulate(one, 'looks')).speechless).toEqual([])
  }))

test('a task is skipped exactly when its rules say so', () =>
  check('none', async (one) => {
    const { monitor } = await simulate(one)
    const { ended } = monitor.run('one')
    for (const task of one.document.tasks) {
      const { name } = ended.get(task.id)?.state ?? { name: 'nothing' }
      expect(`${task.id} ${name === 'Skipped'}`).toBe(`${task.id} ${isSkipped(one, task, ended)}`)
    }
  }))
