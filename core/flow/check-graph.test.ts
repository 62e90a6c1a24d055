import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TaskDocument } from '#core/model/flow-document.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { checkCircles, rootFinder } from './check-graph.ts'
import type { Finding } from './finding.ts'
import { readFlow } from './read-flow.ts'

const [task] =
  readFlow('millrace: 1\nname: a\ntasks: { a: { type: log.message, with: { message: x } } }', { catalogue }).document
    ?.tasks ?? []

const circlesIn = (edges: readonly (readonly number[])[]) => {
  const documents = edges.map((after, index): TaskDocument => {
    if (!task) throw new Error('The flow is right.')
    return { ...task, id: `t${index}`, after: after.map((other) => `t${other}`) }
  })
  const findings: Finding[] = []
  checkCircles(documents, { path: [], report: (finding) => void findings.push(finding) })
  return findings.map(({ message }) => [...message.matchAll(/t\d+/g)].map(([id]) => Number(id.slice(1))))
}

test('tasks that wait only for earlier ones are in no circle, however many they are', () => {
  const forward = fc
    .array(fc.array(fc.nat(200), { maxLength: 4 }), { maxLength: 200 })
    .map((rows) => rows.map((row, index) => row.filter((other) => other < index)))
  fc.assert(
    fc.property(forward, (edges) => {
      expect(circlesIn(edges)).toEqual([])
    }),
  )
  const chain = Array.from({ length: 20_000 }, (_, index) => (index === 0 ? [] : [index - 1]))
  expect(circlesIn(chain)).toEqual([])
})

test('a circle is named by tasks each of which waits for the one before it', () => {
  const any = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(any, (edges) => {
      for (const circle of circlesIn(edges)) {
        if (circle.length === 1) expect(edges[circle[0] ?? -1]).toContain(circle[0])
        else {
          expect(circle[0]).toBe(circle.at(-1))
          expect(new Set(circle).size).toBe(circle.length - 1)
          for (const [index, step] of circle.slice(1).entries()) expect(edges[step]).toContain(circle[index])
        }
      }
    }),
  )
})

test('every back edge is noticed', () => {
  const chainWithBackEdge = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }))
  fc.assert(
    fc.property(chainWithBackEdge, ([a, b]) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)]
      const edges = Array.from({ length: 31 }, (_, index) => (index === 0 ? [] : [index - 1]))
      edges[early]?.push(late)
      expect(circlesIn(edges)).toHaveLength(1)
      expect(circlesIn(edges)[0]?.[0]).toBe(early)
    }),
  )
})

test('a task follows another to the one that has the items, circles or not', () => {
  const follows: Readonly<Record<string, string>> = { b: 'a', c: 'b', d: 'c', x: 'y', y: 'x' }
  const rootOf = rootFinder((id) => follows[id] ?? null)
  expect(['d', 'c', 'b', 'a'].map(rootOf)).toEqual(['a', 'a', 'a', 'a'])
  expect(['x', 'y']).toContain(rootOf('x'))
})
