import type { FieldDescription, JsonSchema } from '#core/model/field-description.ts'
import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { isMap } from './values.ts'

type Schema = JsonSchema

const isSchema = (value: JsonValue | undefined): value is Schema => isMap(value)

const branchesOf = ({ schema }: FieldDescription): readonly Schema[] => {
  const branches = schema['oneOf'] ?? schema['anyOf']
  return Array.isArray(branches) ? (branches as readonly JsonValue[]).filter(isSchema) : []
}

const propertiesOf = (branch: Schema): Schema => (isSchema(branch['properties']) ? branch['properties'] : {})

const constantOf = (branch: Schema, name: string): JsonValue | undefined => {
  const property = propertiesOf(branch)[name]
  return isSchema(property) ? property['const'] : undefined
}

/** The field by whose value one of several kinds of object is chosen, as `rule` is in a list of checks. */
export const variantField = (field: FieldDescription): FieldDescription | null => {
  const branches = branchesOf(field)
  if (branches.length < 2) return null
  return field.fields?.find(({ name }) => branches.every((branch) => constantOf(branch, name) !== undefined)) ?? null
}

const branchFor = (field: FieldDescription, chosen: JsonValue | undefined): Schema | null => {
  const by = variantField(field)
  return by ? (branchesOf(field).find((branch) => constantOf(branch, by.name) === chosen) ?? null) : null
}

/** The fields that an object with this value has. */
export const fieldsFor = (field: FieldDescription, value: JsonValue | undefined): readonly FieldDescription[] => {
  const all = field.fields ?? []
  const by = variantField(field)
  if (!by) return all
  const branch = branchFor(field, isMap(value) ? value[by.name] : undefined)
  if (!branch) return [by]
  const properties = propertiesOf(branch)
  const { required } = branch
  return all
    .filter(({ name }) => name in properties)
    .map((one) => ({ ...one, required: Array.isArray(required) && required.includes(one.name) }))
}

/** Chooses another kind of object; what only the former kind had goes. */
export const chooseVariant = (
  field: FieldDescription,
  path: EditPath,
  value: JsonValue | undefined,
  chosen: JsonValue,
): EditOperation => {
  const by = variantField(field)
  const branch = branchFor(field, chosen)
  const set: EditOperation = { kind: 'set', path: [...path, by?.name ?? ''], value: chosen }
  const kept = branch ? propertiesOf(branch) : {}
  const lost = isMap(value) ? Object.keys(value).filter((name) => !(name in kept)) : []
  const removals = lost.map((name): EditOperation => ({ kind: 'remove', path: [...path, name] }))
  return removals.length === 0 ? set : { kind: 'batch', operations: [set, ...removals] }
}

/** What a new item of a list, or value of a map, begins as; null where it begins with what is typed. */
export const firstValue = (item: FieldDescription | undefined): JsonValue | null => {
  if (!item || item.widget !== 'map' || !item.fields) return null
  const by = variantField(item)
  if (by) return { [by.name]: by.choices?.[0] ?? '' }
  const needed = item.fields.filter(({ required, choices }) => required && choices)
  return Object.fromEntries(needed.map(({ name, choices }) => [name, choices?.[0] ?? '']))
}
