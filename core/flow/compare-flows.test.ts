import { expect, test } from 'vitest'
import { compareFlows } from './compare-flows.ts'

const flow = {
  name: 'rides',
  parameters: { color: { type: 'string', default: 'green' } },
  tasks: {
    read: { type: 'table.read', with: { path: 'a.csv', types: { n: 'BIGINT' } } },
    clean: { type: 'table.filter', inputs: { table: 'read.table' }, with: { where: 'n > 0' } },
  },
  layout: { read: [0, 0] },
}

test('a flow does not differ from itself, wherever its tasks stand', () => {
  expect(compareFlows(flow, { ...flow, layout: { read: [9, 9] } })).toEqual([])
  expect(compareFlows(flow, { ...flow, tasks: { clean: flow.tasks.clean, read: flow.tasks.read } })).toEqual([])
})

test('tells tasks and parameters that came and went, and each setting that changed', () => {
  const after = {
    name: 'rides',
    description: 'Rides.',
    parameters: {},
    tasks: {
      read: { type: 'table.read', with: { path: 'b.csv', types: { n: 'BIGINT', m: 'DOUBLE' } }, retries: 3 },
      save: { type: 'table.write' },
    },
  }
  expect(compareFlows(flow, after).map(({ kind, path }) => `${kind} ${path.join('.')}`)).toEqual([
    'removed parameters.color',
    'changed tasks.read.with.path',
    'added tasks.read.with.types.m',
    'added tasks.read.retries',
    'removed tasks.clean',
    'added tasks.save',
    'added description',
  ])
  expect(compareFlows(null, flow).map(({ path }) => path.join('.'))).toContain('tasks.read')
})
