import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { readFlow } from './read-flow.ts'

const load = defineTask({
  type: 'some.load',
  version: 1,
  title: 'Load',
  summary: 'Loads.',
  group: 'store',
  icon: 'database',
  config: z.object({ objects: field.list(field.text({ title: 'Object' }), { title: 'Objects' }).default([]) }),
  inputs: { files: { kind: 'file', title: 'Files', many: true, optional: true } },
  needsOne: { inputs: ['files'], settings: ['objects'] },
  outputs: { file: { kind: 'file', title: 'File' } },
  examples: [],
  run: () => Promise.reject(new Error('Nothing runs here.')),
})

const problemsOf = (task: string) =>
  readFlow(`millrace: 1\nname: a\ntasks:\n  a: ${task}\n  b: { type: some.load, with: { objects: [x] } }\n`, {
    catalogue: catalogueOf([load], []),
  }).problems

test('a task whose work may come in several ways needs one of them', () => {
  const nothing = { code: 'missing-input', path: ['tasks', 'a', 'inputs', 'files'] }
  expect(problemsOf('{ type: some.load }')).toMatchObject([nothing])
  expect(problemsOf('{ type: some.load, inputs: { files: [] }, with: { objects: [] } }')).toMatchObject([nothing])
  expect(problemsOf('{ type: some.load }')[0]?.remedy).toContain('the input “files” or the setting “objects”')
})

test('each of them will do, and a misspelt one is one mistake', () => {
  expect(problemsOf('{ type: some.load, inputs: { files: b.file } }')).toEqual([])
  expect(problemsOf('{ type: some.load, with: { objects: ["gs://b/x"] } }')).toEqual([])
  expect(problemsOf('{ type: some.load, with: { objects: "{{ run.name }}" } }')).toEqual([])
  expect(problemsOf('{ type: some.load, inputs: { file: b.file } }')).toMatchObject([{ code: 'unknown-port' }])
})
