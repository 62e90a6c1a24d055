import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { editOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'

/** The new text, after making sure that the edit can be taken back and crosses the wire. */
const edit = (text: string, operation: EditOperation): string => {
  const parsed = editOperation.parse(JSON.parse(JSON.stringify(operation)))
  const edited = applyEdit(text, parsed)
  expect(applyEdit(edited.text, edited.inverse).text).toBe(text)
  expect(applyEdit(text, { kind: 'splice', splices: edited.splices }).text).toBe(edited.text)
  return edited.text
}

const set = (text: string, path: (string | number)[], value: JsonValue) => edit(text, { kind: 'set', path, value })
const remove = (text: string, ...path: (string | number)[]) => edit(text, { kind: 'remove', path })
const failureOf = (text: string, operation: EditOperation) => {
  try {
    return applyEdit(text, operation).text
  } catch (error) {
    if (error instanceof Refused) return error.failure
    throw error
  }
}

describe('what is not edited', () => {
  const text = [
    '\uFEFF# head\r\n---\r\nmillrace: 1   # version\r\nname:   "a"\r\nx-mine: &x [ 1,2 ]  # own\r\n',
    "tasks:\r\n   b: {type: log.message,with: {text: 'hä? 😀'}}\r\n\r\n   # about a\r\n   a: \r\n",
    '     type:  table.read\r\n     x-y: *x\r\n     retries: 0x3\r\n...\r\n# tail',
  ].join('')
  test('stays byte for byte', () => {
    expect(set(text, ['tasks', 'a', 'retries'], 5)).toBe(text.replace('0x3', '5'))
    expect(set(text, ['tasks', 'b', 'with', 'text'], 'ü')).toBe(text.replace('hä? 😀', 'ü'))
    expect(set(text, ['tasks', 'a', 'note'], 'n')).toBe(text.replace('0x3\r\n', '0x3\r\n     note: n\r\n'))
    expect(remove(text, 'tasks', 'a', 'type')).toBe(text.replace('     type:  table.read\r\n', ''))
  })
  test('stays when the value is the same already', () => {
    expect(applyEdit(text, { kind: 'set', path: ['tasks', 'a', 'retries'], value: 3 }).splices).toEqual([])
    expect(applyEdit(text, { kind: 'set', path: ['tasks', 'a', 'x-y'], value: [1, 2] }).splices).toEqual([])
  })
  test('a missing line break at the end stays missing', () => {
    expect(set('a: 1', ['b'], 2)).toBe('a: 1\nb: 2')
    expect(remove('a: 1\nb: 2', 'b')).toBe('a: 1')
    expect(remove('a: 1\nb: 2', 'a')).toBe('b: 2')
  })
  test('further documents of a stream stay', () => {
    const stream = 'a: 1\n---\na: 2\n'
    expect(set(stream, ['b'], 3)).toBe('a: 1\nb: 3\n---\na: 2\n')
    expect(remove(stream, 'a')).toBe('{}\n---\na: 2\n')
  })
  test('an empty text takes a first key', () => {
    expect(set('', ['name'], 'x')).toBe('name: x')
    expect(set('# head\n', ['name'], 'x')).toBe('# head\nname: x\n')
    expect(set('# head\n---\n', ['a', 'b'], 1)).toBe('# head\n---\na:\n  b: 1\n')
  })
})

describe('new text', () => {
  test('is indented as its neighbours', () => {
    expect(set('a:\n    b: 1\n', ['a', 'c', 'd'], 1)).toBe('a:\n    b: 1\n    c:\n        d: 1\n')
    expect(set('a:\n- x: 1\n', ['b'], [{ y: 1, z: 2 }])).toBe('a:\n- x: 1\nb:\n- y: 1\n  z: 2\n')
    expect(set('a:\n  - 1\nb: 2', ['b'], { c: [{ d: 1 }] })).toBe('a:\n  - 1\nb:\n  c:\n    - d: 1')
  })
  test('has the style of others of its kind', () => {
    const text = 'tasks:\n  a:\n    with: {x: 1}\n  b:\n    type: t\n'
    expect(set(text, ['tasks', 'b', 'with'], { y: 2 })).toBe(`${text}    with: {y: 2}\n`)
    expect(set('a: { b: { c: 1 } }', ['a', 'b'], { d: ['x', { e: 1 }] })).toBe('a: { b: { d: [x, { e: 1 }] } }')
    expect(set('a: [1, 2]\n', ['a'], [3, 4])).toBe('a: [3, 4]\n')
    expect(set('a: { b: 1 }\n', ['a'], { c: 2 })).toBe('a: { c: 2 }\n')
  })
  test('in JSON is JSON', () => {
    const text = '{\n  "name": "x",\n  "tasks": {}\n}\n'
    const edited = set(text, ['tasks', 'a'], { type: 't', list: ['yes', 1] })
    expect(edited).toBe('{\n  "name": "x",\n  "tasks": { "a": { "type": "t", "list": ["yes", 1] } }\n}\n')
    expect(JSON.parse(set(edited, ['new'], 'v'))).toMatchObject({ name: 'x', new: 'v' })
  })
  test('is set apart by a blank line where all are', () => {
    expect(set('a: 1\n\nb: 2\n', ['c'], 3)).toBe('a: 1\n\nb: 2\n\nc: 3\n')
  })
  test('goes before a key, above what is said about it', () => {
    const text = 'a: 1\n\n# about b\nb: 2\n'
    expect(edit(text, { kind: 'insert-key', path: [], key: 'n', value: 0, before: 'b' })).toBe(
      'a: 1\n\nn: 0\n\n# about b\nb: 2\n',
    )
    expect(edit('- a: 1\n', { kind: 'insert-key', path: [0], key: 'n', value: 0, before: 'a' })).toBe(
      '- n: 0\n  a: 1\n',
    )
    expect(edit('{ a: 1 }', { kind: 'insert-key', path: [], key: 'n', value: 0, before: 'a' })).toBe('{ n: 0, a: 1 }')
  })
  test('goes where a flow usually has it', () => {
    const text = 'millrace: 1\nname: x\ntasks:\n  a:\n    type: t\n    with: {}\n'
    expect(set(text, ['description'], 'd')).toBe(text.replace('tasks:', 'description: d\ntasks:'))
    expect(set(text, ['tasks', 'a', 'inputs', 'table'], 'b.table')).toContain(
      'type: t\n    inputs:\n      table: b.table\n    with',
    )
  })
  test('in braces over several lines has its own line', () => {
    const text = 'a: {\n  b: 1, # one\n  c: 2 # two\n}\n'
    expect(set(text, ['a', 'd'], 3)).toBe('a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3\n}\n')
    expect(set('a: [\n  1,\n]\n', ['a'], [1])).toBe('a: [\n  1,\n]\n')
    expect(edit('a: [\n  1,\n]\n', { kind: 'insert-item', path: ['a'], index: 1, value: 2 })).toBe(
      'a: [\n  1,\n  2,\n]\n',
    )
    expect(edit('a: [1, ]', { kind: 'insert-item', path: ['a'], index: 0, value: 2 })).toBe('a: [2, 1, ]')
  })
  test('fills what is empty', () => {
    expect(set('a: {} # c\n', ['a', 'b'], 1)).toBe('a: # c\n  b: 1\n')
    expect(set('a: # c\n', ['a', 'b'], 1)).toBe('a: # c\n  b: 1\n')
    expect(set('x: { a: {} }', ['x', 'a', 'b'], 1)).toBe('x: { a: { b: 1 } }')
    expect(set('x: {a, b: , "c":1}', ['x', 'a'], 1)).toBe('x: {a: 1, b: , "c":1}')
    expect(set('x: {a, b: , "c":1}', ['x', 'b'], 1)).toBe('x: {a, b: 1 , "c":1}')
    expect(set('x: [a: 1, b]', ['x', 0, 'c'], 2)).toBe('x: [{ a: 1, c: 2 }, b]')
  })
})

describe('what is removed', () => {
  test('takes its comments along, and no others', () => {
    const text = '# file\n\n# about a\na: 1 # one\n# about b\n# more\nb:\n  c: 1\n  # deep in b\n\n# loose\n\nd: 1\n'
    expect(remove(text, 'b')).toBe('# file\n\n# about a\na: 1 # one\n\n# loose\n\nd: 1\n')
    expect(remove(text, 'a')).toBe('# file\n\n# about b\n# more\nb:\n  c: 1\n  # deep in b\n\n# loose\n\nd: 1\n')
    expect(remove(text, 'd')).toBe(
      '# file\n\n# about a\na: 1 # one\n# about b\n# more\nb:\n  c: 1\n  # deep in b\n\n# loose\n\n',
    )
  })
  test('leaves {} or [] when it was the last, or nothing if asked', () => {
    expect(remove('a: # c\n  b: 1\n', 'a', 'b')).toBe('a: {} # c\n')
    expect(remove('a:\n- 1\n', 'a', 0)).toBe('a: []\n')
    expect(remove('a: { b: 1 }', 'a', 'b')).toBe('a: {}')
    expect(remove('- a: 1 # c\n- 2\n', 0, 'a')).toBe('- {}\n- 2\n')
    expect(remove('a: 1 # c\n', 'a')).toBe('{}\n')
    expect(edit('x: 1\na:\n  b: 1\n', { kind: 'remove', path: ['a', 'b'], prune: true })).toBe('x: 1\n')
    expect(edit('a:\n  b: 1\n  c: 2\n', { kind: 'remove', path: ['a', 'b'], prune: true })).toBe('a:\n  c: 2\n')
  })
  test('takes its comma along', () => {
    expect(remove('[a, b, c]', 0)).toBe('[b, c]')
    expect(remove('[a, b, c]', 1)).toBe('[a, c]')
    expect(remove('[a, b, c]', 2)).toBe('[a, b]')
    expect(remove('[a, b, ]', 1)).toBe('[a, ]')
    expect(remove('{ a: 1, b: 2 }', 'a')).toBe('{ b: 2 }')
    expect(remove('{a: 1, "b":2}', 'b')).toBe('{a: 1}')
    expect(remove('{\n  a: 1, # one\n  b: 2 # two\n}', 'b')).toBe('{\n  a: 1 # one\n}')
    expect(remove('{\n  a: 1, # one\n  # about b\n  b: 2,\n}', 'b')).toBe('{\n  a: 1, # one\n}')
    expect(remove('{ a: 1,\n  b: 2 }', 'a')).toBe('{ b: 2 }')
  })
  test('in a list of maps lets the next key follow the dash', () => {
    expect(remove('- a: 1\n  b: 2\n', 0, 'a')).toBe('- b: 2\n')
    expect(remove('- a: 1\n\n  # b\n  b: 2\n', 0, 'a')).toBe('-\n\n  # b\n  b: 2\n')
    expect(remove('- - 1\n  - 2\n', 0, 0)).toBe('- - 2\n')
  })
  test('does not hand its comments to a block scalar above', () => {
    expect(parse(remove('a: |+\n  x\nb: 1\n\n\nc: 2\n', 'b'))).toEqual({ a: 'x\n', c: 2 })
    expect(parse(remove('a: |\n  x\nb: 1\n\n  # deep\nc: 2\n', 'b'))).toEqual({ a: 'x\n', c: 2 })
  })
})

describe('what is moved within a list', () => {
  test('takes its comments along', () => {
    const text = 'a:\n  # one\n  - 1 # uno\n  - b: 2\n    c: 3\n\n  - 4'
    expect(edit(text, { kind: 'move-item', path: ['a'], from: 0, to: 2 })).toBe(
      'a:\n  - b: 2\n    c: 3\n  - 4\n\n  # one\n  - 1 # uno',
    )
    expect(edit('[a, "b", {c: d}]', { kind: 'move-item', path: [], from: 2, to: 0 })).toBe('[{c: d}, a, "b"]')
    expect(edit('[\n  a, # x\n  b # y\n]', { kind: 'move-item', path: [], from: 1, to: 0 })).toBe(
      '[\n  b, # y\n  a # x\n]',
    )
    expect(edit('- - 1\n  - 2\n', { kind: 'move-item', path: [0], from: 1, to: 0 })).toBe('- - 2\n  - 1\n')
  })
  test('keeps its value when it shares it with others it passes', () => {
    for (const text of ['- &a 1\n- *a\n- 2\n', '[&a 1, *a, 2]', '- &a 1\n- &a 2\n- *a\n']) {
      for (const [from, to] of [
        [0, 1],
        [1, 0],
        [0, 2],
        [2, 0],
      ] as const) {
        const list: unknown[] = parse(text) as unknown[]
        const wanted = list.toSpliced(from, 1).toSpliced(to, 0, list[from])
        expect(parse(edit(text, { kind: 'move-item', path: [], from, to })), text).toEqual(wanted)
      }
    }
  })
})

describe('refused, and nothing changed', () => {
  test.each<[string, string, EditOperation, string]>([
    ['a text with a mistake', 'a: [1\nb: 2', { kind: 'set', path: ['b'], value: 1 }, 'invalid'],
    ['a key that is there twice', 'a: 1\na: 2', { kind: 'set', path: ['a'], value: 3 }, 'invalid'],
    ['a path that leads nowhere', 'a: 1', { kind: 'remove', path: ['b', 'c'] }, 'not-found'],
    ['a path into a text', 'a: 1', { kind: 'set', path: ['a', 'b'], value: 1 }, 'invalid'],
    ['an index beyond the list', 'a: [1]', { kind: 'insert-item', path: ['a'], index: 3, value: 1 }, 'not-found'],
    ['a key that exists', 'a: 1\nb: 1', { kind: 'rename-key', path: ['a'], to: 'b' }, 'conflict'],
    ['a key of a list', 'a: [1]', { kind: 'insert-key', path: ['a'], key: 'b', value: 1 }, 'invalid'],
    ['the root', 'a: 1', { kind: 'set', path: [], value: {} }, 'invalid'],
    ['a text of another version', '%YAML 1.1\n---\na: yes', { kind: 'set', path: ['a'], value: 'on' }, 'invalid'],
    ['a circle', 'a: &a\n  b: *a\nc: *a', { kind: 'set', path: ['c', 'd'], value: 1 }, 'invalid'],
    [
      'a splice of another text',
      'a: 1',
      { kind: 'splice', splices: [{ at: 0, remove: 'b', insert: 'c' }] },
      'conflict',
    ],
  ])('%s', (_, text, operation, code) => {
    expect(failureOf(text, operation)).toMatchObject({ code, retryable: false })
  })
  test('a batch with one operation that cannot be done', () => {
    const operations: EditOperation[] = [
      { kind: 'set', path: ['a'], value: 2 },
      { kind: 'remove', path: ['x'] },
    ]
    expect(failureOf('a: 1', { kind: 'batch', operations })).toMatchObject({ code: 'not-found' })
  })
  test('aliases that stand for too much', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, index) => `k${index + 1}: &k${index + 1} [${`*k${index},`.repeat(9)}]`,
    ).join('\n')
    expect(failureOf(`k0: &k0 x\n${bomb}\nz: *k9\n`, { kind: 'set', path: ['z', 0], value: 1 })).toMatchObject({
      code: 'limit',
    })
  })
})

describe('several operations', () => {
  test('are one step back', () => {
    const operations: EditOperation[] = [
      { kind: 'set', path: ['a'], value: 'longer' },
      { kind: 'insert-key', path: [], key: 'n', value: { m: 1 } },
      { kind: 'set', path: ['n', 'm'], value: 22 },
      { kind: 'remove', path: ['b'] },
    ]
    expect(edit('a: 1 # c\nb: 2\n', { kind: 'batch', operations })).toBe('a: longer # c\nn:\n  m: 22\n')
  })
  test('a whole new text is one small splice that halves no character', () => {
    const { splices } = applyEdit('a: 😀\nb: 1\n', { kind: 'replace-text', text: 'a: 😁\nb: 1\n' })
    expect(splices).toEqual([{ at: 3, remove: '😀', insert: '😁' }])
    expect(edit('a: 1', { kind: 'replace-text', text: 'not: [yaml' })).toBe('not: [yaml')
  })
})
