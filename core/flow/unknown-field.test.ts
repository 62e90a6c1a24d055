import { expect, test } from 'vitest'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { readFlow } from './read-flow.ts'
import { unknownField } from './unknown-field.ts'

const { document } = readFlow(
  `millrace: 1
name: a
tasks:
  fetch: { type: http.download, with: { url: rides.csv } }
  rides: { type: table.read, inputs: { files: fetch.file }, with: { columns: { id: BIGINT, day: DATE } } }
  clean: { type: table.filter, inputs: { table: rides.table }, with: { where: id > 1 } }
  chosen: { type: table.select, inputs: { table: clean.table }, with: { columns: [{ name: id }] } }
`,
  { catalogue },
)
const told = (id: string, path: string) => {
  const task = document?.tasks.find((one) => one.id === id)
  const type = catalogue.tasks.get(task?.type ?? '')
  if (!task || !type) throw new Error(id)
  return unknownField(
    task,
    type,
    path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
  )
}

test.each([
  ['clean', 'with.where'],
  ['clean', 'with.nulls'],
  ['clean', 'with'],
  ['clean', 'when'],
  ['clean', 'for_each'],
  ['clean', 'cache'],
  ['rides', 'with.columns.day'],
  ['chosen', 'with.columns.0.from'],
])('a field that is written or may be is known: %s %s', (task, path) => {
  expect(told(task, path)).toBeNull()
})

test.each([
  ['clean', 'with.wher', 'with.where'],
  ['clean', 'with.wher.x', 'with.where'],
  ['clean', 'wen', 'when'],
  ['rides', 'with.columns.dai', 'with.columns.day'],
  ['chosen', 'with.columns.0.nam', 'with.columns.0.name'],
])('a misspelt field is told: %s %s', (task, path, meant) => {
  expect(told(task, path)).toBe(`Task “${task}” has no field “${path}”. Did you mean “${meant}”?`)
})
