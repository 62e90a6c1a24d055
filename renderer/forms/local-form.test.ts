import { expect, test } from 'vitest'
import type { EditOperation } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { applyToValue } from './local-form.ts'

test.each<[string, JsonValue, EditOperation, JsonValue]>([
  ['a field is set', {}, { kind: 'set', path: ['a', 'b'], value: 1 }, { a: { b: 1 } }],
  ['a field goes', { a: 1, b: 2 }, { kind: 'remove', path: ['a'] }, { b: 2 }],
  ['the last one takes its map with it', { a: { b: 1 } }, { kind: 'remove', path: ['a', 'b'], prune: true }, {}],
  ['an item is added', { a: [1] }, { kind: 'insert-item', path: ['a'], index: 1, value: 2 }, { a: [1, 2] }],
  ['an item moves', { a: [1, 2, 3] }, { kind: 'move-item', path: ['a'], from: 2, to: 0 }, { a: [3, 1, 2] }],
  [
    'a key is renamed in its place',
    { a: { x: 1, y: 2 } },
    { kind: 'rename-key', path: ['a', 'x'], to: 'z' },
    { a: { z: 1, y: 2 } },
  ],
  ['nothing that is not there is removed', { a: 1 }, { kind: 'remove', path: ['b', 'c'], prune: true }, { a: 1 }],
])('%s', (_name, before, operation, after) => {
  expect(applyToValue(before, operation)).toEqual(after)
})
