import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { readFlow } from '#core/flow/read-flow.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { madeFrom } from './provenance.ts'

const common = { version: 1, title: 'Test', summary: 'For tests.', group: 'source', icon: 'x', examples: [] } as const
const out = { file: { kind: 'file', title: 'File' } } as const

const fetch = defineTask({
  ...common,
  type: 'test.fetch',
  config: z.object({
    url: field.url({ title: 'Address' }).optional(),
    paths: field.list(field.path({ title: 'Path' }), { title: 'Paths' }).default([]),
    database: field.block({ title: 'Database', blocks: [] }).optional(),
    name: field.text({ title: 'Name' }).default('x'),
  }),
  inputs: {},
  outputs: out,
  run: () => Promise.reject(new Error('not run')),
})

const pass = defineTask({
  ...common,
  type: 'test.pass',
  config: z.object({ path: field.path({ title: 'Path' }).default('.') }),
  inputs: { files: { kind: 'file', title: 'Files', many: true } },
  outputs: out,
  run: () => Promise.reject(new Error('not run')),
})

const catalogue = catalogueOf([fetch, pass], [])

const documentOf = (tasks: string): FlowDocument => {
  const { document, problems } = readFlow(`millrace: 1\nname: f\ntasks:\n${tasks}`, { catalogue })
  if (!document) throw new Error(JSON.stringify(problems))
  return document
}

const sources = (document: FlowDocument, writer: string, settings: Readonly<Record<string, JsonValue>>) =>
  madeFrom(
    {
      catalogue,
      flowFolder: '/flows',
      taskRun: (key) => (key in settings ? { settings: settings[key] ?? null, outputs: {} } : null),
    },
    document,
    writer,
  )

test('web addresses, files and blocks of the tasks at the beginning are named, each once', () => {
  const document = documentOf(`  a: { type: test.fetch }
  b: { type: test.fetch }
  c: { type: test.fetch }
  both: { type: test.pass, inputs: { files: [a.file, b.file] } }
  save: { type: test.pass, inputs: { files: [both.file, a.file] } }
`)
  const settings = {
    a: { url: 'https://example.org/a.csv', paths: [], name: 'https://example.org/not-read' },
    b: { paths: ['data/*.csv', '/b.csv'], database: 'block:duckdb/warehouse' },
    c: { url: 'https://example.org/c.csv' },
    both: { path: 'not-read' },
  }
  expect(sources(document, 'save', settings)).toEqual([
    'https://example.org/a.csv',
    'file:///flows/data/*.csv',
    'file:///b.csv',
    'block:duckdb/warehouse',
  ])
})

test('an item follows its own item, and what takes all items is made from all of them', () => {
  const document = documentOf(`  a: { type: test.fetch, for_each: [1, 2] }
  each: { type: test.pass, for_each: a, inputs: { files: a.file } }
  all: { type: test.pass, inputs: { files: each.file } }
`)
  const settings = { 'a[0]': { url: 'https://one' }, 'a[1]': { url: 'https://two' } }
  expect(sources(document, 'each[1]', settings)).toEqual(['https://two'])
  expect(sources(document, 'all', settings)).toEqual(['https://one', 'https://two'])
})
