import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { JsonValue } from '#core/model/handle.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { flowJsonSchema } from './flow-json-schema.ts'
import { isList, isObject } from './readers.ts'

const schema = flowJsonSchema(catalogue)

const definition = (reference: string): JsonValue | undefined => {
  let part: JsonValue | undefined = schema
  for (const step of reference.replace('#/', '').split('/')) part = isObject(part) ? part[step] : undefined
  return part
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

type Check = (value: JsonValue, argument: JsonValue, all: { readonly [key: string]: JsonValue }) => boolean

const kindOf = (value: JsonValue) => {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  return typeof value
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isList(value) ? value : [])

/** As much of JSON Schema as the flow schema uses: a second reader of it, to hold it against documents. */
const checks: Readonly<Record<string, Check>> = {
  $ref: (value, reference) => fits(value, definition(textOf(reference)) ?? false),
  type: (value, types) =>
    (isList(types) ? types : [types]).some((type) => (type === 'integer' ? Number.isInteger(value) : kindOf(value) === type)),
  const: (value, wanted) => value === wanted,
  enum: (value, choices) => listOf(choices).includes(value),
  pattern: (value, pattern) => typeof value !== 'string' || new RegExp(textOf(pattern)).test(value),
  minimum: (value, limit) => typeof value !== 'number' || value >= Number(limit),
  required: (value, names) => !isObject(value) || listOf(names).every((name) => Object.hasOwn(value, textOf(name))),
  anyOf: (value, branches) => listOf(branches).some((branch) => fits(value, branch)),
  oneOf: (value, branches) => listOf(branches).filter((branch) => fits(value, branch)).length === 1,
  allOf: (value, branches) => listOf(branches).every((branch) => fits(value, branch)),
  not: (value, other) => !fits(value, other),
  if: (value, condition, all) => fits(value, condition) || fits(value, all['else'] ?? true),
  items: (value, item) => !isList(value) || value.every((part) => fits(part, item)),
  propertyNames: (value, names) => !isObject(value) || Object.keys(value).every((name) => fits(name, names)),
  properties: (value, properties) =>
    !isObject(value) || !isObject(properties) ||
    Object.entries(properties).every(([name, part]) => !Object.hasOwn(value, name) || fits(value[name] ?? null, part)),
  additionalProperties: (value, rest, { properties, patternProperties }) => {
    if (!isObject(value)) return true
    const known = isObject(properties) ? Object.keys(properties) : []
    const patterns = isObject(patternProperties) ? Object.keys(patternProperties) : []
    const extra = Object.entries(value).filter(([name]) => !known.includes(name) && !patterns.some((pattern) => new RegExp(pattern).test(name)))
    return extra.every(([, part]) => fits(part, rest))
  },
} // prettier-ignore

const fits = (value: JsonValue, to: JsonValue): boolean =>
  isObject(to)
    ? Object.entries(to).every(([key, argument]) => checks[key]?.(value, argument, to) ?? true)
    : to !== false

const flow = (task: string, before = '') =>
  parse(
    `millrace: 1\nname: a\n${before}tasks:\n  f: { type: http.download, with: { url: u } }\n  a: ${task}\n`,
  ) as JsonValue

test.each([
  '{ type: log.message, with: { message: "{{ x }}", level: "{{ y }}" }, retries: 3, retry_delay: [1s, 2] }',
  '{ type: table.read, inputs: { files: f.file }, with: { header: "{{ h }}" } }',
  '{ type: table.read, inputs: { files: [f.file] } }',
  '{ type: table.filter, version: 1, inputs: { table: f.file }, with: { condition: x } }',
  '{ type: flow.run, with: { flow: x, parameters: { a: [1, { b: null }] } }, for_each: [1], as: x }',
  '{ type: table.select, inputs: { table: x.y }, with: { columns: [{ name: a, from: b }] } }',
])('a right task fits the schema: %s', (task) => {
  expect(fits(flow(task, 'parameters: { p: { type: integer, minimum: 3 } }\nx-shared: 1\n'), schema)).toBe(true)
})

test.each([
  '{ type: log.mesage, with: { message: x } }',
  '{ with: { message: x } }',
  '{ type: log.message }',
  '{ type: log.message, with: {} }',
  '{ type: log.message, with: { mesage: x } }',
  '{ type: log.message, with: { message: x, level: loud } }',
  '{ type: log.message, with: { message: x }, retrys: 2 }',
  '{ type: log.message, with: { message: x }, run_if: sometimes }',
  '{ type: table.read }',
  '{ type: table.read, inputs: { file: f.file } }',
  '{ type: table.filter, inputs: { table: [f.file] }, with: { where: x } }',
  '{ type: table.filter, inputs: { table: f.file }, with: { condition: x } }',
])('a wrong one does not: %s', (task) => {
  expect(fits(flow(task), schema)).toBe(false)
})

test('every reference leads somewhere, and nothing of the forms is left in it', () => {
  const references = JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)
  for (const [, reference] of references) expect(definition(reference ?? '')).toBeDefined()
  expect(JSON.stringify(schema)).not.toContain('"widget"')
})
