import { expect, test } from 'vitest'
import { acceleratorOf, parseCommands } from './menu-commands.ts'

test.each([
  ['Mod+K', 'CommandOrControl+K'],
  ['Shift+Alt+T', 'Shift+Alt+T'],
  ['Mod+Enter', 'CommandOrControl+Enter'],
  ['F2', 'F2'],
  ['Mod++', 'CommandOrControl+Plus'],
  ['+', 'Plus'],
  ['Alt+ArrowLeft', 'Alt+Left'],
  ['Mod+Ä', null],
  ['Hyper+K', null],
])('%s is %s in the menu', (keys, accelerator) => {
  expect(acceleratorOf(keys)).toBe(accelerator)
})

test('what is no list of commands is nothing', () => {
  const undo = { id: 'edit.undo', title: 'Undo', group: 'Edit', keys: 'Mod+Z', enabled: true, role: null }
  expect(parseCommands([undo, { ...undo, keys: null, extra: () => 1 }])).toEqual([undo, { ...undo, keys: null }])
  for (const wrong of [
    null,
    'edit.undo',
    [undo, null],
    [{ ...undo, keys: 1 }],
    [{ ...undo, title: 'x'.repeat(300) }],
    [{ ...undo, enabled: 'no' }],
    [{ ...undo, role: 'quit' }],
  ])
    expect(parseCommands(wrong)).toBeNull()
  expect(parseCommands(Array.from({ length: 501 }, () => undo))).toBeNull()
})
