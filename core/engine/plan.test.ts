import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TaskDocument } from '#core/model/flow-document.ts'
import { planFlow } from './plan.ts'
import { flow, table, task } from './testing/flows.ts'

const fused = (tasks: readonly TaskDocument[]): string[] => {
  const plan = planFlow(flow(tasks))
  return plan.tasks.flatMap((one) =>
    one.fusedWith === null ? [] : [`${one.document.id}>${plan.tasks[one.fusedWith]?.document.id ?? ''}`],
  )
}

test('tasks stand after what they wait for, however the document orders them', () => {
  const edges = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 60 })
  fc.assert(
    fc.property(edges, fc.array(fc.nat(), { minLength: 31, maxLength: 31 }), (pairs, shuffle) => {
      const ids = Array.from({ length: 31 }, (_, index) => `t${index}`)
      const tasks = ids.map((id, index) =>
        task(id, {
          after: pairs.flatMap(([a, b]) => (Math.max(a, b) === index && a !== b ? [`t${Math.min(a, b)}`] : [])),
        }),
      )
      const shuffled = tasks.map((one, index) => ({ one, key: shuffle[index] ?? 0 })).toSorted((a, b) => a.key - b.key)
      const plan = planFlow(flow(shuffled.map(({ one }) => one)))
      for (const planned of plan.tasks) {
        for (const above of planned.upstream) expect(above).toBeLessThan(planned.index)
        for (const below of planned.downstream) expect(plan.tasks[below]?.upstream).toContain(planned.index)
      }
      expect(plan.tasks.map(({ document }) => document.id).toSorted()).toEqual(ids.toSorted())
    }),
    { numRuns: 50 },
  )
})

test('tasks that wait for one another are refused by name', () => {
  const circle = flow([task('a', { after: ['b'] }), task('b', { from: 'a' }), task('c')])
  expect(() => planFlow(circle)).toThrow('These tasks wait for one another: a, b.')
  expect(() => planFlow(flow([task('a', { after: ['x'] })]))).toThrow('Task “a” waits for “x”, which does not exist.')
})

test('tables that only the next task takes are fused', () => {
  expect(fused([table('a'), table('b', 'a'), table('c', 'b', 'reads'), table('d', 'c')])).toEqual(['a>b', 'b>c'])
})

test('what somebody else looks at, is kept, or has rules of its own is not fused', () => {
  const [a, b] = [table('a'), table('b', 'a')]
  expect(fused([a, b, table('c', 'a')])).toEqual([])
  expect(fused([a, b, task('c', { mentions: ['a'] })])).toEqual([])
  expect(fused([a, b, task('c'), { ...b, id: 'd', after: ['c'] }])).toEqual([])
  for (const change of [
    { when: 'x' },
    { cache: { key: 'inputs', expires: null } },
    { timeout: 5 },
    { runIf: 'all_done' as const },
    { inputs: { files: ['a', 'c'].map((id) => ({ task: id, output: 'out' })) } },
    { after: ['a'] },
    { mentions: ['a'] },
    { disabled: true },
    { forEach: { kind: 'items', items: [] } as const },
    { traits: { ...b.traits, runs: 'inline' as const } },
    { traits: { ...b.traits, tables: 'none' as const } },
  ]) {
    expect(fused([a, task('c'), { ...b, ...change }])).toEqual([])
  }
  expect(fused([{ ...a, keep: true }, b])).toEqual([])
})

test('hooks stand last and may look at tasks of the flow', () => {
  const hooks = { on_failure: [task('tell', { mentions: ['a'] })], on_completion: [], on_cancellation: [] }
  const plan = planFlow(flow([task('a')], { hooks }))
  expect(plan.tasks.map(({ document, hook }) => [document.id, hook])).toEqual([
    ['a', null],
    ['tell', 'on_failure'],
  ])
  expect(plan.mainCount).toBe(1)
})

test('a task that follows a follower has the items of the first', () => {
  const like = (id: string, of: string) => task(id, { forEach: { kind: 'like', task: of } })
  const plan = planFlow(flow([like('c', 'b'), like('b', 'a'), task('a', { forEach: { kind: 'items', items: [1] } })]))
  expect(plan.tasks.map(({ document, itemsOf }) => [document.id, itemsOf])).toEqual([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ])
})
