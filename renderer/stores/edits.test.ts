import { expect, test } from 'vitest'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { addTask, duplicateTasks, faultOfId, freshId, insertIntoWire, removeTasks, wouldCycle } from './edits.ts'
import { outlineOf } from './outline.ts'

const flow = outlineOf({
  name: 'x',
  tasks: {
    read: { type: 'table.read' },
    clean: { type: 'table.filter', inputs: { table: 'read.table' }, with: { where: 'a > 1' } },
    save: { type: 'table.write', inputs: { table: 'clean.table' }, after: ['read'] },
  },
  layout: { read: [0, 0], clean: [300, 0] },
})

const filter: TaskTypeSummary = {
  type: 'table.filter',
  version: 1,
  title: 'Filter rows',
  summary: '',
  group: 'transform',
  icon: 'funnel',
  aliases: [],
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'Rows kept' } },
  fields: [],
  examples: [],
  traits: { runs: 'worker', tables: 'lazy', effect: false, optional: [], many: [] },
}

test.each([
  ['read', 'read_2'],
  ['New task!', 'new_task_'],
  ['9 lives', 'lives'],
  ['', 'task'],
])('a task like “%s” gets the id %s', (base, id) => {
  expect(freshId(new Set(['read']), base)).toBe(id)
})

test('a task that is added at a wire takes what the wire carries', () => {
  const from = { task: 'read', output: 'table', kind: 'table' }
  expect(addTask(flow, { type: filter, position: [10, 20], from })).toEqual({
    label: 'Add filter rows',
    added: ['filter'],
    operation: {
      kind: 'batch',
      operations: [
        { kind: 'add-task', task: 'filter', definition: { type: 'table.filter' }, position: [10, 20] },
        { kind: 'connect', task: 'filter', port: 'table', from: { task: 'read', output: 'table' }, many: false },
      ],
    },
  })
})

test('copies keep the wires among them and those that come in from others', () => {
  const { operation, added } = duplicateTasks(flow, ['clean', 'save'])
  expect(added).toEqual(['clean_2', 'save_2'])
  expect(operation).toMatchObject({
    operations: [
      {
        task: 'clean_2',
        definition: { inputs: { table: 'read.table' }, with: { where: 'a > 1' } },
        position: [340, 40],
      },
      { task: 'save_2', definition: { inputs: { table: 'clean_2.table' }, after: ['read'] } },
    ],
  })
})

test('wires of a task that goes need no removal of their own', () => {
  expect(removeTasks(flow, ['read'], flow.wires).operation).toMatchObject({
    operations: [
      { kind: 'disconnect', task: 'save' },
      { kind: 'remove-task', task: 'read' },
    ],
  })
})

test('a wire that only orders takes its own entry of after with it, and no other', () => {
  const ordered = outlineOf({ tasks: { a: {}, b: {}, c: {}, d: { after: ['a', 'b', 'c'] }, e: { after: 'a' } } })
  const wires = ordered.wires.filter(({ from, to }) => from.task === 'b' || to.task === 'e')
  expect(removeTasks(ordered, [], wires).operation).toEqual({
    kind: 'batch',
    operations: [
      { kind: 'set', path: ['tasks', 'd', 'after'], value: ['a', 'c'] },
      { kind: 'remove', path: ['tasks', 'e', 'after'] },
    ],
  })
})

test('a task that is put into a wire takes what it carried and gives on what it makes', () => {
  const wire = flow.wires.find(({ to }) => to.task === 'save' && to.port === 'table')
  expect(wire && insertIntoWire(flow, { type: filter, position: [0, 0], wire, kind: 'table', many: false })).toEqual({
    label: 'Insert filter rows',
    added: ['filter'],
    operation: {
      kind: 'batch',
      operations: [
        {
          kind: 'batch',
          operations: [
            { kind: 'add-task', task: 'filter', definition: { type: 'table.filter' }, position: [0, 0] },
            { kind: 'connect', task: 'filter', port: 'table', from: { task: 'clean', output: 'table' }, many: false },
          ],
        },
        { kind: 'connect', task: 'save', port: 'table', from: { task: 'filter', output: 'table' }, many: false },
      ],
    },
  })
})

test('expressions that read another task, and its items, are wires that only order', () => {
  const { wires } = outlineOf({
    tasks: {
      a: {},
      b: { with: { x: '{{ tasks.a.file.path }} {{ tasks["c"].rows }}' } },
      c: { for_each: 'a', after: 'a' },
    },
  })
  expect(wires.map(({ id, by }) => [id, by])).toEqual([
    ['a->b', 'mention'],
    ['c->b', 'mention'],
    ['a->c', 'after'],
  ])
})

test('notes and frames are read out of the layout, and are no tasks', () => {
  const { tasks, marks } = outlineOf({
    tasks: { a: {} },
    layout: { a: [0, 0], $notes: { n1: { at: [1, 2], size: [3, 4], text: 'Hello' }, bad: 1 }, $frames: [] },
  })
  expect(tasks).toHaveLength(1)
  expect(marks).toEqual([{ kind: 'note', id: 'n1', position: [1, 2], size: [3, 4], text: 'Hello' }])
})

test.each([
  ['clean', null],
  ['read', 'There is a task “read” already.'],
  ['Clean up', 'Use lower-case letters, digits, _ and -, and begin with a letter.'],
])('the id %s for the task clean', (id, fault) => {
  expect(faultOfId(flow, 'clean', id)).toBe(fault)
})

test('a wire back to where it came from is a circle, also over others', () => {
  expect(wouldCycle(flow, 'save', 'read')).toBe(true)
  expect(wouldCycle(flow, 'read', 'read')).toBe(true)
  expect(wouldCycle(flow, 'read', 'save')).toBe(false)
})
