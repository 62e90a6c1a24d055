import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { timeOrderedId } from './time-ordered-id.ts'

test('ids are UUIDs of version 7 that sort by the time they were made', () => {
  const times = [0, 1, 0xffff, 0x1_0000, Date.now(), Date.now() + 1, 2 ** 47]
  const ids = times.map((time) => timeOrderedId(time, randomUUID()))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ids.toSorted()).toEqual(ids)
})

test('ids of one millisecond differ', () => {
  expect(timeOrderedId(1, randomUUID())).not.toBe(timeOrderedId(1, randomUUID()))
})
