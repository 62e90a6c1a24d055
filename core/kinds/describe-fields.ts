import { z } from 'zod'
import type { JsonValue } from '#core/model/handle.ts'
import {
  widgets, type FieldDescription, type FieldMeta, type JsonSchema, type Widget,
} from '#core/model/field-description.ts' // prettier-ignore

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const widgetsByType: Readonly<Record<string, Widget>> = {
  number: 'number', integer: 'number', boolean: 'boolean', array: 'list', object: 'map', string: 'text',
} // prettier-ignore

const isWidget = (value: unknown): value is Widget => widgets.some((widget) => widget === value)

/** Schemas that a value may fit: the branches of a union (null left out), or the schema itself. */
const branchesOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(branches)) return [schema]
  return branches
    .filter(isObject)
    .filter((branch) => branch['type'] !== 'null')
    .flatMap(branchesOf)
}

/** Metadata of a nullable field stands on its only branch. */
const metaOf = (schema: JsonSchema, branches: readonly JsonSchema[]): Partial<FieldMeta> => {
  const meta = schema['field'] ?? (branches.length === 1 ? branches[0]?.['field'] : undefined)
  return isObject(meta) ? meta : {}
}

const choicesOf = (branches: readonly JsonSchema[]): readonly JsonValue[] => {
  const choices = branches.flatMap((branch) => {
    const values = branch['enum']
    if (Array.isArray(values)) return values as readonly JsonValue[]
    return branch['const'] === undefined ? [] : [branch['const']]
  })
  return choices
}

const guessWidget = (schema: JsonSchema, choices: readonly JsonValue[]): Widget => {
  if (choices.length > 0) return 'choice'
  const type = schema['type']
  return (typeof type === 'string' ? widgetsByType[type] : undefined) ?? 'json'
}

const titleOf = (name: string): string => {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const itemOf = (branches: readonly JsonSchema[]): FieldDescription | undefined => {
  for (const branch of branches) {
    const item = branch['items'] ?? branch['additionalProperties']
    if (isObject(item)) return describeField('', item, false)
  }
  return undefined
}

const fieldsOf = (branches: readonly JsonSchema[]): FieldDescription[] => {
  const found = new Map<string, FieldDescription>()
  for (const branch of branches) {
    const { properties, required } = branch
    if (!isObject(properties)) continue
    const names = Array.isArray(required) ? required : []
    for (const [name, schema] of Object.entries(properties)) {
      if (!isObject(schema)) continue
      const field = describeField(name, schema, names.includes(name))
      const before = found.get(name)
      const choices = [...(before?.choices ?? []), ...(field.choices ?? [])]
      found.set(name, { ...(before ?? field), ...(choices.length > 0 && { choices }) })
    }
  }
  return [...found.values()]
}

const describeField = (name: string, schema: JsonSchema, required: boolean): FieldDescription => {
  const branches = branchesOf(schema)
  const meta = metaOf(schema, branches)
  const choices = choicesOf(branches)
  const item = itemOf(branches)
  const fields = fieldsOf(branches)
  const fallback = schema['default']
  return {
    title: titleOf(name),
    ...meta,
    widget: isWidget(meta.widget) ? meta.widget : guessWidget(branches[0] ?? schema, choices),
    name,
    required,
    ...(fallback !== undefined && { default: fallback }),
    ...(choices.length > 0 && { choices }),
    ...(item !== undefined && { item }),
    ...(fields.length > 0 && { fields }),
    schema,
  }
}

/** What may be written: the schema of the input, before defaults are filled in. `field` stands beside the JSON Schema keywords. */
export const settingsSchema = (config: z.ZodObject): JsonSchema => {
  const { $defs, ...schema } = z.toJSONSchema(config, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Any JSON: a reference to a definition that says the same at length is of no use to a form or an editor.
      const meta = z.globalRegistry.get(zodSchema)?.['field']
      if (isObject(meta) && meta['widget'] === 'json') {
        delete jsonSchema.$ref
        delete jsonSchema.anyOf
      }
    },
  }) as unknown as JsonSchema
  return $defs !== undefined && JSON.stringify(schema).includes('"$ref"') ? { ...schema, $defs } : schema
}

/** The settings of a task type or block type, in the order they were defined. */
export const describeFields = (config: z.ZodObject): readonly FieldDescription[] => fieldsOf([settingsSchema(config)])
