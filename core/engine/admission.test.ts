import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Limit } from '#core/model/run-event.ts'
import {
  createAdmission,
  leave,
  limitUses,
  nextVerdict,
  request,
  setLimit,
  waitsOn,
  type Admission,
} from './admission.ts'

const limit = (name: string, capacity: number | null = null): Limit => ({ name, capacity })
const ticket = (id: string, ...limits: Limit[]) => ({ id, limits, label: id })

const answers = (admission: Admission): string[] => {
  const found: string[] = []
  for (let verdict = nextVerdict(admission); verdict; verdict = nextVerdict(admission)) {
    found.push(verdict.kind === 'granted' ? verdict.ticket.id : `${verdict.ticket.id} refused by ${verdict.limit}`)
  }
  return found
}

test('a slot that comes free is handed to who waits, and lines take turns', () => {
  const admission = createAdmission()
  setLimit(admission, 'process', 1)
  for (const id of ['a1', 'a2', 'a3']) request(admission, ticket(id, limit('a'), limit('process')))
  request(admission, ticket('b1', limit('b'), limit('process')))
  expect(answers(admission)).toEqual(['a1'])
  expect(waitsOn(admission, 'b1')).toEqual({
    limit: { name: 'process', capacity: 1, used: 1, waiting: 3 },
    holders: ['a1'],
  })
  const order: string[] = []
  for (let last = 'a1'; last !== ''; last = order.at(-1) ?? '') {
    leave(admission, last)
    const [next = ''] = answers(admission)
    order.push(next)
  }
  expect(order).toEqual(['a2', 'b1', 'a3', ''])
})

test('a request that is taken back is not answered, and gives back what it was granted', () => {
  const admission = createAdmission()
  for (const id of ['a', 'b', 'c']) request(admission, ticket(id, limit('one', 1)))
  leave(admission, 'b')
  leave(admission, 'a')
  expect(answers(admission)).toEqual(['c'])
  leave(admission, 'c')
  expect(limitUses(admission)).toEqual([])
})

test('raising a limit lets more run, lowering it lets what runs finish, and 0 refuses what waits', () => {
  const admission = createAdmission()
  setLimit(admission, 'tag:x', 1)
  for (const id of ['a', 'b', 'c', 'd']) request(admission, ticket(id, limit('tag:x')))
  expect(answers(admission)).toEqual(['a'])
  setLimit(admission, 'tag:x', 2)
  expect(answers(admission)).toEqual(['b'])
  setLimit(admission, 'tag:x', 1)
  leave(admission, 'a')
  expect(answers(admission)).toEqual([])
  setLimit(admission, 'tag:x', 0)
  expect(answers(admission)).toEqual(['c refused by tag:x', 'd refused by tag:x'])
  request(admission, ticket('e', limit('tag:x')))
  expect(answers(admission)).toEqual(['e refused by tag:x'])
  setLimit(admission, 'tag:x', null)
  request(admission, ticket('f', limit('tag:x')))
  expect(answers(admission)).toEqual(['f'])
})

test('no limit is ever exceeded, and nobody waits while all its limits have room', () => {
  const names = ['p', 'q', 'r']
  const wish = fc.record({
    limits: fc.subarray(names),
    leaves: fc.nat(6),
    sets: fc.constantFrom(null, ...names),
    to: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
      const admission = createAdmission()
      const capacity = new Map(names.map((name) => [name, 2]))
      const asked = new Map<string, readonly string[]>()
      const holding = new Set<string>()
      for (const name of names) setLimit(admission, name, 2)
      const used = (name: string) => [...holding].filter((id) => asked.get(id)?.includes(name)).length
      const room = (name: string) => (capacity.get(name) ?? 0) - used(name)
      const take = () => {
        const granted = answers(admission)
        for (const id of granted) holding.add(id)
        for (const id of granted) for (const name of asked.get(id) ?? []) expect(room(name)).toBeGreaterThanOrEqual(0)
        for (const [id, wants] of asked) if (!holding.has(id)) expect(wants.some((name) => room(name) <= 0)).toBe(true)
        for (const use of limitUses(admission)) expect(use.used).toBe(used(use.name))
      }
      for (const [position, { limits, leaves, sets, to }] of wishes.entries()) {
        asked.set(`${position}`, limits)
        request(admission, ticket(`${position}`, ...limits.map((name) => limit(name))))
        take()
        const left = [...asked.keys()][leaves]
        if (left !== undefined) {
          asked.delete(left)
          holding.delete(left)
          leave(admission, left)
        }
        take()
        if (sets === null) continue
        capacity.set(sets, to)
        setLimit(admission, sets, to)
        take()
      }
    }),
    { numRuns: 200 },
  )
})

test('ten thousand requests on one slot are handed over one by one in no time', () => {
  const admission = createAdmission()
  const count = 10_000
  for (let id = 0; id < count; id++) request(admission, ticket(String(id), limit(`tag:${id % 7}`), limit('process', 1)))
  let handed = 0
  for (let verdict = nextVerdict(admission); verdict; verdict = nextVerdict(admission)) {
    handed++
    leave(admission, verdict.ticket.id)
  }
  expect(handed).toBe(count)
})
