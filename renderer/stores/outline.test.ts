import { expect, test } from 'vitest'
import type { JsonValue } from '#core/model/handle.ts'
import { outlineOf, wiresInto, wiresOutOf } from './outline.ts'

const flow = (tasks: Readonly<Record<string, JsonValue>>): JsonValue => ({ name: 'some', tasks })
const wiresOf = (tasks: Readonly<Record<string, JsonValue>>) =>
  outlineOf(flow(tasks)).wires.map(({ id, by }) => `${by} ${id}`)

test('data, order and mentions are wires, each drawn once', () => {
  const task = {
    inputs: { files: ['a.file', 'b.file', 'a.file'], table: 'c.table' },
    after: ['d', 'd'],
    with: {
      where: '{{ tasks.a.rows }} < {{ tasks["e"].rows }}',
      deep: [{ text: '{{ tasks.f.out }} {{ tasks.f.out }}' }],
    },
    when: '{{ tasks.x.rows > 0 }}',
  }
  expect(wiresOf({ a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, x: task })).toEqual([
    'input a.file->x.files',
    'input b.file->x.files',
    'input c.table->x.table',
    'after d->x',
    'mention e->x',
    'mention f->x',
  ])
})

test('a mapped task that follows another is drawn after it', () => {
  expect(wiresOf({ a: { for_each: '{{ months }}' }, b: { for_each: 'a' } })).toEqual(['mention a->b'])
})

test('what is no wire, or leads to no task, is left out', () => {
  expect(wiresOf({ a: { inputs: { table: 'gone.table', file: 'a', some: 7, dot: '.x' }, after: [null] } })).toEqual([])
  expect(outlineOf(null)).toMatchObject({ tasks: [], wires: [], name: '' })
})

test('a task that stays the same object keeps its part of the outline, and a changed one loses it', () => {
  const [a, b] = [{ type: 'x' }, { type: 'y', inputs: { table: 'a.table' } }]
  const before = outlineOf(flow({ a, b }))
  const after = outlineOf(flow({ a, b: { ...b, inputs: {} } }))
  expect([after.tasks[0] === before.tasks[0], after.tasks[1] === before.tasks[1]]).toEqual([true, false])
  expect([wiresInto(before, 'b').length, wiresOutOf(before, 'a').length, after.wires]).toEqual([1, 1, []])
})
