import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Refused } from '#core/model/failure.ts'
import { applyEdit } from './apply-edit.ts'
import { copyTasks } from './copy-tasks.ts'
import { pasteTasks } from './paste-tasks.ts'

const flow = `millrace: 1
name: rides
tasks:
    fetch:
        type: http.download
        with: { url: 'https://x' }
    # Drops the empty ones.
    clean:
        type: table.filter   # a filter
        inputs: { table: trips.table }
        after: [fetch]
        with:
            where: |
                n > {{ tasks.fetch.file.bytes }}

    trips:
        type: table.read
        inputs: { files: fetch.file }
layout: { fetch: [0, 0], trips: [240, 0], clean: [480, 20] }
`

const codeOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refused) return error.failure.code
    throw error
  }
}

test('copied tasks are their own lines, comments and all, with their places', () => {
  expect(copyTasks(flow, ['clean', 'trips'])).toBe(`tasks:
  # Drops the empty ones.
  clean:
      type: table.filter   # a filter
      inputs: { table: trips.table }
      after: [fetch]
      with:
          where: |
              n > {{ tasks.fetch.file.bytes }}
  trips:
      type: table.read
      inputs: { files: fetch.file }
layout:
  clean: [480, 20]
  trips: [240, 0]
`)
})

test('in the same flow they get ids of their own and keep what they take from others', () => {
  const { text, inverse } = pasteTasks(flow, { text: copyTasks(flow, ['clean', 'trips']), position: [0, 300] })
  expect(text).toContain(`    # Drops the empty ones.
    clean_2:
        type: table.filter   # a filter
        inputs: { table: trips_2.table }
        after: [fetch]`)
  expect(parse(text)).toMatchObject({
    tasks: {
      trips_2: { inputs: { files: 'fetch.file' } },
      clean_2: { with: { where: 'n > {{ tasks.fetch.file.bytes }}\n' } },
    },
    layout: { clean: [480, 20], clean_2: [240, 320], trips_2: [0, 300] },
  })
  expect(applyEdit(text, inverse).text).toBe(flow)
})

test('in another flow wires from tasks that are not there are left out', () => {
  const other = 'millrace: 1\nname: other\ntasks: {}\n'
  const { text, inverse } = pasteTasks(other, { text: copyTasks(flow, ['clean', 'trips']), position: [10, 10] })
  expect(parse(text)).toEqual({
    millrace: 1,
    name: 'other',
    tasks: {
      clean: {
        type: 'table.filter',
        inputs: { table: 'trips.table' },
        with: { where: 'n > {{ tasks.fetch.file.bytes }}\n' },
      },
      trips: { type: 'table.read' },
    },
    layout: { clean: [250, 30], trips: [10, 10] },
  })
  expect(applyEdit(text, inverse).text).toBe(other)
})

test('what is shared by anchors is written out', () => {
  const shared = `tasks:
  a: { type: x.y, with: &w { n: 1 } }
  b:
    type: x.y
    with: *w
`
  expect(parse(copyTasks(shared, ['b']))).toEqual({ tasks: { b: { type: 'x.y', with: { n: 1 } } } })
})

test.each([
  ['nothing', ''],
  ['prose', 'hello there'],
  ['a list', '- 1\n- 2'],
  ['no tasks', 'tasks: {}'],
  ['a task that is no map', 'tasks: { a: 1 }'],
  ['a task without a type', 'tasks: { a: {} }'],
  ['an id that is none', 'tasks: { "../x": { type: a.b } }'],
  ['a forbidden key', 'tasks: { a: { type: a.b, __proto__: { x: 1 } } }'],
  ['two documents', 'tasks: { a: { type: a.b } }\n---\ntasks: { b: { type: a.b } }'],
  ['broken YAML', 'tasks: { a: { type: a.b }'],
  [
    'an alias bomb',
    `tasks:\n  a: { type: x, l: &l0 [1,1,1,1,1,1,1,1,1,1] }\n${Array.from({ length: 9 }, (_, n) => `  b${n}: { type: x, l: &l${n + 1} [${Array.from({ length: 10 }, () => `*l${n}`).join(',')}] }`).join('\n')}`,
  ],
  ['deep nesting', `tasks: { a: { type: x, l: ${'['.repeat(500)}${']'.repeat(500)} } }`],
])('%s is refused', (_, text) => {
  expect(codeOf(() => pasteTasks(flow, { text, position: [0, 0] }))).toBe('invalid')
})
