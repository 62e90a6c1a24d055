import type { Catalogue } from '#core/kinds/catalogue.ts'
import { settingsSchema } from '#core/kinds/describe-fields.ts'
import type { JsonSchema } from '#core/model/field-description.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import { hookNames } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterSchema } from './check-parameters.ts'
import { flowKeys } from './flow-keys.ts'
import { namePattern, taskIdPattern } from './names.ts'
import { isObject, isList } from './readers.ts'
import { taskKeys } from './task-keys.ts'

const schemasOf = (keys: Readonly<Record<string, { readonly schema: JsonSchema }>>): { [key: string]: JsonValue } =>
  Object.fromEntries(Object.entries(keys).map(([key, { schema }]) => [key, schema]))

const expression: JsonSchema = { type: 'string', pattern: '\\{[{%]' }

/** Definitions of one type's schema get a place of their own. */
const moveReferences = (value: JsonValue, home: string): JsonValue => {
  if (isList(value)) return value.map((item: JsonValue) => moveReferences(item, home))
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([key, part]) => {
    if (key === 'field') return []
    if (key === '$ref' && typeof part === 'string') return [[key, part.replace('#/$defs/', `#/$defs/${home}.`)]]
    return [[key, moveReferences(part, home)]]
  })
  return Object.fromEntries(entries) as JsonValue
}

/** Any setting may be an expression; what it gives is checked when it is known. */
const orExpression = (schema: JsonValue): JsonValue => {
  if (!isObject(schema)) return schema
  const { title, description, default: fallback, ...rest } = schema
  const about = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) }
  const shown = fallback === undefined ? about : { ...about, default: fallback }
  const plainText = rest['type'] === 'string' && Object.keys(rest).every((key) => key === 'type' || key === 'minLength')
  return plainText || Object.keys(rest).length === 0 ? { ...shown, ...rest } : { ...shown, anyOf: [rest, expression] }
}

type Section = { readonly says: JsonSchema; readonly $defs: { readonly [name: string]: JsonValue } }

const settingsOf = (type: TaskType): { schema: JsonSchema; $defs: Section['$defs'] } => {
  const { $schema: _, $defs, properties, ...rest } = settingsSchema(type.config)
  const own = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => [
    name,
    orExpression(moveReferences(schema, type.type)),
  ])
  const moved = Object.entries(isObject($defs) ? $defs : {}).map(([name, schema]) => [
    `${type.type}.${name}`,
    moveReferences(schema, type.type),
  ])
  return {
    schema: { ...rest, properties: Object.fromEntries(own) as JsonValue, additionalProperties: false },
    $defs: Object.fromEntries(moved) as Section['$defs'],
  }
}

const reference: JsonSchema = { type: 'string', pattern: '^[^.]+\\..+$' }

const inputsOf = (type: TaskType): JsonSchema => {
  const ports = Object.entries(type.inputs)
  const properties = ports.map(([name, { title, help, kind, many }]) => [
    name,
    {
      title,
      description: `${help ?? title} (${kind}${many ? ', one or many' : ''})`,
      ...(many ? { anyOf: [reference, { type: 'array', items: reference }] } : reference),
    },
  ])
  const required = ports.filter(([, { optional }]) => !optional).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as JsonValue,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

const sectionOf = (type: TaskType): Section => {
  const { schema, $defs } = settingsOf(type)
  const inputs = inputsOf(type)
  const needed = [
    ...(inputs['required'] === undefined ? [] : ['inputs']),
    ...(isList(schema['required']) && schema['required'].length > 0 ? ['with'] : []),
  ]
  // Settings for an older version of the type have other names.
  const settings = type.version > 1 ? { if: { required: ['version'] }, else: { properties: { with: schema } } } : null
  const says = {
    description: `${type.title}. ${type.summary}`,
    properties: { inputs, ...(settings === null && { with: schema }) },
    ...settings,
    ...(needed.length > 0 && { required: needed }),
  }
  return { says, $defs }
}

// The same as if and then; but an object with a key `then` would pass for a promise.
const ifThen = (condition: JsonSchema, consequence: JsonSchema): JsonSchema => ({
  if: { not: condition },
  else: consequence,
})

const taskSchema = (types: readonly TaskType[], sections: readonly Section[]): JsonSchema => ({
  type: 'object',
  required: ['type'],
  properties: {
    ...schemasOf(taskKeys),
    type: {
      description: 'What the task does.',
      oneOf: types.map(({ type, title, summary }) => ({ const: type, title, description: summary })),
    },
  },
  additionalProperties: false,
  allOf: types.map(({ type }, index) =>
    ifThen({ properties: { type: { const: type } }, required: ['type'] }, sections[index]?.says ?? {}),
  ),
})

const named = (pattern: RegExp, schema: JsonSchema): JsonSchema => ({
  type: 'object',
  propertyNames: { pattern: pattern.source },
  additionalProperties: schema,
})

/** JSON Schema (draft 2020-12) of a flow document with the task types of the catalogue, for editors. */
export const flowJsonSchema = (catalogue: Catalogue): JsonSchema => {
  const types = [...catalogue.tasks.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1))
  const sections = types.map(sectionOf)
  const tasks = named(taskIdPattern, { $ref: '#/$defs/task' })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Millrace flow',
    type: 'object',
    required: ['millrace', 'tasks'],
    properties: {
      ...schemasOf(flowKeys),
      parameters: {
        description: 'Values that each run may set.',
        ...named(namePattern, { $ref: '#/$defs/parameter' }),
      },
      variables: { description: 'Values made from parameters, in order.', ...named(namePattern, {}) },
      tasks: { description: 'The tasks, by id.', ...tasks },
      hooks: {
        description: 'Tasks that run when the flow run has ended.',
        type: 'object',
        properties: Object.fromEntries(hookNames.map((name) => [name, tasks])),
        additionalProperties: false,
      },
    },
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    $defs: {
      parameter: parameterSchema,
      task: taskSchema(types, sections),
      ...Object.fromEntries(sections.flatMap(({ $defs }) => Object.entries($defs))),
    },
  }
}
