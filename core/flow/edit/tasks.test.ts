import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refused } from '#core/model/failure.ts'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'

const edit = (text: string, operation: EditOperation): string => {
  const edited = applyEdit(text, operation)
  expect(applyEdit(edited.text, edited.inverse).text).toBe(text)
  return edited.text
}

const codeOf = (text: string, operation: EditOperation) => {
  try {
    return applyEdit(text, operation).text
  } catch (error) {
    if (error instanceof Refused) return error.failure.code
    throw error
  }
}

const flow = `# Reads and cleans.
millrace: 1
name: rides
variables:
  folder: "{{ tasks.fetch.file.name }}"
tasks:
  # Gets the month.
  fetch:
    type: http.download   # from the web
    with: { url: 'https://x/{{ color }}' }
  trips:
    type: table.read
    inputs: { files: fetch.file }
    after: fetch
  clean:
    type: table.filter
    for_each: fetch
    inputs:
      table: [trips.table, fetch.file] # both
    after:
      - fetch # first
      - trips
    with:
      where: |
        n > {{ tasks.fetch.file.bytes | plus: 1 }} -- fetch
        and x = '{{ "tasks.fetch" }}'
      note: 'it''s {{ tasks[''fetch''].file.path }}'
layout: { fetch: [0, 0], trips: [240, 0] }
`

describe('a renamed task', () => {
  const renamed = edit(flow, { kind: 'rename-task', task: 'fetch', to: 'get-month' })
  test('is renamed wherever it is meant, and nothing else is', () => {
    expect(renamed).toBe(
      flow
        .replace('{{ tasks.fetch.file.name }}', '{{ tasks.get-month.file.name }}')
        .replace('  fetch:\n', '  get-month:\n')
        .replace('files: fetch.file', 'files: get-month.file')
        .replace('after: fetch', 'after: get-month')
        .replace('for_each: fetch', 'for_each: get-month')
        .replace('[trips.table, fetch.file]', '[trips.table, get-month.file]')
        .replace('- fetch # first', '- get-month # first')
        .replace('tasks.fetch.file.bytes', 'tasks.get-month.file.bytes')
        .replace("tasks[''fetch'']", "tasks[''get-month'']")
        .replace('layout: { fetch', 'layout: { get-month'),
    )
  })
  test('keeps quotes and escapes', () => {
    const text = `tasks:\n  "a": {type: t}\n  b: {type: t, inputs: {x: "a.o", 'y': ['a.o']}, with: {q: "\\u00e9 {{ tasks[\\"a\\"].n }}"}}\n`
    expect(edit(text, { kind: 'rename-task', task: 'a', to: 'long' })).toBe(
      `tasks:\n  "long": {type: t}\n  b: {type: t, inputs: {x: "long.o", 'y': ['long.o']}, with: {q: "\\u00e9 {{ tasks[\\"long\\"].n }}"}}\n`,
    )
  })
  test('is renamed in conditions without braces, in tags, and in hooks', () => {
    const text =
      'tasks:\n  a: { type: t }\n  b: { type: t, when: tasks.a.n > 1, with: { m: "{% if tasks.a.n %}a{% endif %}{% raw %}{{ tasks.a }}{% endraw %}" } }\nhooks:\n  on_failure:\n    c: { type: t, with: { m: "{{ tasks.a.n }}" } }\n'
    const wanted = text
      .replace('tasks:\n  a:', 'tasks:\n  z:')
      .replace('when: tasks.a', 'when: tasks.z')
      .replace('if tasks.a', 'if tasks.z')
      .replace('"{{ tasks.a.n', '"{{ tasks.z.n')
    expect(edit(text, { kind: 'rename-task', task: 'a', to: 'z' })).toBe(wanted)
    expect(edit(text, { kind: 'rename-task', task: 'c', to: 'z' })).toBe(text.replace(' c: {', ' z: {'))
  })
  test('is renamed where its name is broken over two lines', () => {
    const text = 'tasks:\n  abc: { type: t }\n  b:\n    with:\n      q: "{{ tasks.a\\\n        bc.n }}"\n'
    expect(parse(edit(text, { kind: 'rename-task', task: 'abc', to: 'z' }))).toEqual({
      tasks: { z: { type: 't' }, b: { with: { q: '{{ tasks.z.n }}' } } },
    })
  })
  test('is renamed once where tasks share what names it, and not where its name means something else', () => {
    const shared =
      'tasks:\n  a: { type: t }\n  b: { inputs: &in { x: a.o } }\n  c: { inputs: *in }\n  d: { <<: { after: [a] } }\n'
    expect(edit(shared, { kind: 'rename-task', task: 'a', to: 'z' })).toBe(
      'tasks:\n  z: { type: t }\n  b: { inputs: &in { x: z.o } }\n  c: { inputs: *in }\n  d: { <<: { after: [z] } }\n',
    )
    const named =
      'name: &n a\ntasks:\n  a: { type: t }\n  b: { after: *n }\n  c: { after: &m a, note: *m }\n  &k d: { after: a }\n  e: { after: *k }\n'
    expect(edit(named, { kind: 'rename-task', task: 'a', to: 'z' })).toBe(
      'name: &n a\ntasks:\n  z: { type: t }\n  b: { after: z }\n  c: { after: z, note: &m a }\n  &k d: { after: z }\n  e: { after: *k }\n',
    )
    expect(edit(named, { kind: 'rename-task', task: 'd', to: 'y' })).toBe(named.replace('&k d:', '&k y:'))
  })
  test('cannot have the name of another, nor be one that is not there', () => {
    expect(codeOf(flow, { kind: 'rename-task', task: 'fetch', to: 'trips' })).toBe('conflict')
    expect(codeOf(flow, { kind: 'rename-task', task: 'gone', to: 'x' })).toBe('not-found')
  })
})

describe('a removed task', () => {
  test('takes along what names it, its comment and its place', () => {
    expect(edit(flow, { kind: 'remove-task', task: 'fetch' })).toBe(
      flow
        .replace(/ {2}# Gets[^]*?(?= {2}trips)/, '')
        .replace('    inputs: { files: fetch.file }\n    after: fetch\n', '')
        .replace('    for_each: fetch\n', '')
        .replace('[trips.table, fetch.file]', '[trips.table]')
        .replace('      - fetch # first\n', '')
        .replace('fetch: [0, 0], ', ''),
    )
  })
  test('leaves no empty lists behind', () => {
    const text =
      'tasks:\n  a: { type: t }\n  b:\n    type: t\n    inputs:\n      x: a.o\n      y: [a.o, a.p]\n    after: [a]\n'
    expect(edit(text, { kind: 'remove-task', task: 'a' })).toBe('tasks:\n  b:\n    type: t\n')
    expect(edit('tasks:\n  a: { type: t }\n', { kind: 'remove-task', task: 'a' })).toBe('tasks: {}\n')
  })
  test('hands on what others share with it', () => {
    const text =
      'tasks:\n  a: &a\n    type: t\n    with: &w { x: 1 }\n  b:\n    <<: *a\n    after: a\n  c: { with: *w }\n'
    expect(edit(text, { kind: 'remove-task', task: 'a' })).toBe(
      'tasks:\n  b:\n    <<: &a\n      type: t\n      with: &w { x: 1 }\n  c: { with: *w }\n',
    )
  })
  test('leaves empty what others share', () => {
    const text =
      'tasks:\n  a: { type: t }\n  b: { inputs: &in { x: [a.o] }, after: &l [a] }\n  c: { inputs: *in, after: *l }\n'
    expect(edit(text, { kind: 'remove-task', task: 'a' })).toBe(
      'tasks:\n  b: { inputs: &in {}, after: &l [] }\n  c: { inputs: *in, after: *l }\n',
    )
  })
  test('may be one of a hook', () => {
    const text = 'tasks: {}\nhooks:\n  on_failure:\n    a: { type: t }\n    b: { after: a }\n'
    expect(edit(text, { kind: 'remove-task', task: 'a' })).toBe('tasks: {}\nhooks:\n  on_failure:\n    b: {}\n')
    expect(codeOf(text, { kind: 'remove-task', task: 'c' })).toBe('not-found')
  })
})

describe('an added task', () => {
  const definition = { type: 'table.write', inputs: { table: 'clean.table' }, with: { format: 'csv' } }
  test('is written like the others, with its place', () => {
    expect(edit(flow, { kind: 'add-task', task: 'save', definition, position: [480, 0] })).toBe(
      flow.replace(
        'layout: { fetch: [0, 0], trips: [240, 0] }',
        '  save:\n    type: table.write\n    inputs:\n      table: clean.table\n    with:\n      format: csv\nlayout: { fetch: [0, 0], trips: [240, 0], save: [480, 0] }',
      ),
    )
  })
  test('may be the first', () => {
    const first: EditOperation = { kind: 'add-task', task: 'save', definition: { type: 't' }, position: [1, 2] }
    expect(edit('millrace: 1\ntasks:\n', first)).toBe(
      'millrace: 1\ntasks:\n  save:\n    type: t\nlayout:\n  save: [1, 2]\n',
    )
    expect(edit('name: x # y', first)).toBe('name: x # y\ntasks:\n  save:\n    type: t\nlayout:\n  save: [1, 2]')
    expect(JSON.parse(edit('{\n  "millrace": 1\n}', first))).toEqual({
      millrace: 1,
      tasks: { save: { type: 't' } },
      layout: { save: [1, 2] },
    })
    expect(parse(edit('{}', first))).toEqual({ tasks: { save: { type: 't' } }, layout: { save: [1, 2] } })
  })
  test('goes before another when asked, and cannot be there twice', () => {
    const text = 'tasks:\n  # of b\n  b: { type: t }\n'
    expect(edit(text, { kind: 'add-task', task: 'a', definition: { type: 't' }, before: 'b' })).toBe(
      'tasks:\n  a: { type: t }\n  # of b\n  b: { type: t }\n',
    )
    expect(codeOf(text, { kind: 'add-task', task: 'b', definition: { type: 't' } })).toBe('conflict')
  })
})

describe('a port', () => {
  const text = 'tasks:\n  a:\n    type: t # reads\n    with: {}\n  b: { type: t, inputs: { x: a.o } }\n'
  const connect = (source: string, task: string, from: string, many: boolean) =>
    edit(source, { kind: 'connect', task, port: 'x', from: { task: from, output: 'o' }, many })
  const disconnect = (source: string, from?: string) =>
    edit(source, { kind: 'disconnect', task: 'b', port: 'x', ...(from && { from: { task: from, output: 'o' } }) })

  test('takes one output, or a list where it takes many', () => {
    expect(connect(text, 'a', 'c', false)).toBe(text.replace('# reads\n', '# reads\n    inputs: { x: c.o }\n'))
    expect(connect(text, 'b', 'c', false)).toBe(text.replace('a.o', 'c.o'))
    const two = connect(text, 'b', 'c', true)
    expect(two).toBe(text.replace('a.o', '[a.o, c.o]'))
    expect(connect(two, 'b', 'd', true)).toBe(text.replace('a.o', '[a.o, c.o, d.o]'))
    expect(connect(two, 'b', 'c', true)).toBe(two)
    expect(connect(two, 'b', 'c', false)).toBe(text.replace('a.o', 'c.o'))
  })
  test('lets go of one output or all', () => {
    expect(disconnect(text, 'a')).toBe(text.replace(', inputs: { x: a.o }', ''))
    expect(disconnect(text.replace('a.o', '[a.o, c.o]'), 'a')).toBe(text.replace('a.o', 'c.o'))
    expect(disconnect(text.replace('a.o', '[a.o, c.o, d.o]'), 'c')).toBe(text.replace('a.o', '[a.o, d.o]'))
    expect(disconnect(text.replace('a.o', '[a.o, c.o], y: a.o'))).toBe(text.replace('x: a.o', 'y: a.o'))
    expect(codeOf(text, { kind: 'disconnect', task: 'b', port: 'x', from: { task: 'z', output: 'o' } })).toBe(
      'not-found',
    )
    expect(codeOf(text, { kind: 'connect', task: 'z', port: 'x', from: { task: 'a', output: 'o' }, many: true })).toBe(
      'not-found',
    )
  })
  test('that is shared changes for its task alone', () => {
    const shared = 'tasks:\n  a: { inputs: &in { x: c.o } }\n  b: { inputs: *in }\n'
    expect(connect(shared, 'b', 'd', true)).toBe(
      'tasks:\n  a: { inputs: &in { x: c.o } }\n  b: { inputs: { x: [c.o, d.o] } }\n',
    )
  })
})

describe('places on the canvas', () => {
  test('change number by number, are added and forgotten', () => {
    const text = 'layout:\n  a: [ 0,   0 ] # here\n  b: [1, 1]\n'
    const positions = { a: [0, 12.5], c: [3, 4] } as const
    expect(edit(text, { kind: 'set-positions', positions })).toBe(
      'layout:\n  a: [ 0,   12.5 ] # here\n  b: [1, 1]\n  c: [3, 4]\n',
    )
    expect(edit(text, { kind: 'set-positions', positions: { a: null, d: [5, 6] } })).toBe(
      'layout:\n  b: [1, 1]\n  d: [5, 6]\n',
    )
    expect(edit(text, { kind: 'set-positions', positions: { a: null, b: null, c: null } })).toBe('layout: {}\n')
    expect(edit('a: 1', { kind: 'set-positions', positions: { a: [1, 2], b: [3, 4] } })).toBe(
      'a: 1\nlayout:\n  a: [1, 2]\n  b: [3, 4]',
    )
  })
})

test('name, description and parameters of a flow can be set and removed', () => {
  const text = 'millrace: 1\nname: x # the name\ntasks: {}\n'
  expect(edit(text, { kind: 'set-flow-field', field: 'name', value: 'y' })).toBe(text.replace('x #', 'y #'))
  expect(
    edit(text, { kind: 'set-flow-field', field: 'parameters', value: { n: { type: 'integer', default: 1 } } }),
  ).toBe(text.replace('tasks', 'parameters:\n  n:\n    type: integer\n    default: 1\ntasks'))
  expect(edit(text, { kind: 'set-flow-field', field: 'name', value: null })).toBe('millrace: 1\ntasks: {}\n')
  expect(edit(text, { kind: 'set-flow-field', field: 'description', value: null })).toBe(text)
})
