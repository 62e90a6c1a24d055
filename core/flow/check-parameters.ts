import type { JsonSchema } from '#core/model/field-description.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterTypes, type Parameter, type Parameters, type ParameterType } from '#core/model/parameter.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { inside, reportAt, type Place } from './finding.ts'
import { isReserved, namePattern, reservedNames } from './names.ts'
import { faultInWords, fitValue, isParameterType } from './parameter-check.ts'
import { keywords } from './parameter-keywords.ts'
import { checkBlock, type BlockChecks } from './check-blocks.ts'
import { choice, isObject, inWords, listOf, text, type JsonObject, isList } from './readers.ts'

const own = {
  type: choice('What kind of value it takes.', parameterTypes),
  title: text('Its name on forms.'),
  description: text('What it is for.'),
  types: listOf('For block parameters: the block types it accepts.', text('A block type.')),
} as const

/** Keywords that hold schemas, and the types they say something about. */
const nested: Readonly<Record<string, ParameterType>> = {
  items: 'array', properties: 'object', required: 'object', additionalProperties: 'object',
} // prettier-ignore

const allKeys = [...Object.keys(own), 'default', ...Object.keys(keywords), ...Object.keys(nested)]

export const parameterSchema: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: {
    ...Object.fromEntries(Object.entries(own).map(([key, reader]) => [key, reader.schema])),
    default: {},
    ...Object.fromEntries(Object.entries(keywords).map(([key, { schema }]) => [key, schema])),
    items: { type: 'object' },
    properties: { type: 'object', additionalProperties: { type: 'object' } },
    required: { type: 'array', items: { type: 'string' } },
    additionalProperties: { type: ['boolean', 'object'] },
  },
  additionalProperties: false,
}

/** Any name that expressions will see bare: a parameter, a variable, an item. */
export const checkName = (name: string, what: string, place: Place, taken: ReadonlySet<string>): void => {
  if (isReserved(name) || taken.has(name)) {
    const reserved = reservedNames.some((word) => word === name)
    const by = taken.has(name) ? 'another parameter or variable has it' : 'expressions use the word for something else'
    const message = `A ${what} may not be called “${name}”: ${reserved ? `expressions find ${name}.… under it` : by}.`
    reportAt(place, { code: 'name-collision', at: 'key', message, remedy: `Choose another name, such as ${name}_1.` })
  } else if (!namePattern.test(name)) {
    const message = `“${name}” is no name for a ${what}.`
    const remedy = 'Use letters, digits, _ and -, and begin with a letter.'
    reportAt(place, { code: 'bad-name', at: 'key', message, remedy })
  }
}

const checkType = (schema: JsonObject, place: Place, nestedSchema: boolean): ParameterType | null | 'any' => {
  const { type } = schema
  if (isParameterType(type)) return type
  if (nestedSchema && type === undefined) return 'any'
  const types = parameterTypes.join(', ')
  const message = type === undefined ? 'A parameter needs a type.' : `There is no parameter type ${inWords(type)}.`
  const remedy = typeof type === 'string' ? didYouMean(type, parameterTypes) : `Choose from ${types}.`
  reportAt(inside(place, 'type'), { code: 'bad-parameter-type', message, remedy })
  return null
}

const checkNested = (key: string, argument: JsonValue, place: Place): boolean => {
  const complain = (takes: string): false => {
    reportAt(place, {
      code: 'bad-keyword',
      message: `“${key}” takes ${takes}, not ${inWords(argument)}.`,
      remedy: 'See JSON Schema.',
    })
    return false
  }
  if (key === 'required') {
    const names = isList(argument) && argument.every((name) => typeof name === 'string')
    return names || complain('a list of property names (a parameter without a default is required by itself)')
  }
  if (key === 'additionalProperties' && typeof argument === 'boolean') return true
  if (!isObject(argument)) return complain('a mapping')
  if (key !== 'properties') return checkKeywords(argument, place, true) !== null
  return Object.entries(argument).every(([name, schema]) =>
    isObject(schema) ? checkKeywords(schema, inside(place, name), true) !== null : complain('a mapping of schemas'),
  )
}

/** The keywords that are right; the others are reported, and what follows does not stumble over them. */
const checkKeywords = (schema: JsonObject, place: Place, nestedSchema = false): Parameter['keywords'] | null => {
  const type = checkType(schema, place, nestedSchema)
  const right: Record<string, JsonValue> = {}
  for (const [key, argument] of Object.entries(schema)) {
    if (Object.hasOwn(own, key) || key === 'default') continue
    const at = inside(place, key)
    const keyword = Object.hasOwn(keywords, key) ? keywords[key] : undefined
    const types = keyword?.types ?? (Object.hasOwn(nested, key) ? [nested[key]] : null)
    if (types === null) {
      const remedy = () => didYouMean(key, allKeys)
      reportAt(at, { code: 'unknown-key', at: 'key', message: `A parameter has no key “${key}”.`, remedy })
    } else if (type !== null && type !== 'any' && types !== 'any' && !types.includes(type)) {
      const message = `“${key}” says nothing about a parameter of type ${type}.`
      reportAt(at, {
        code: 'bad-keyword',
        at: 'key',
        message,
        remedy: `Delete it, or choose the type ${types.join(' or ')}.`,
      })
    } else if (keyword === undefined) {
      if (checkNested(key, argument, at)) right[key] = argument
    } else {
      const takes = keyword.misuse(argument)
      if (takes === null) right[key] = argument
      else
        reportAt(at, {
          code: 'bad-keyword',
          message: `“${key}” takes ${takes}, not ${inWords(argument)}.`,
          remedy: 'See JSON Schema.',
        })
    }
  }
  return type === null ? null : right
}

const checkDefault = (name: string, parameter: Parameter, place: Place, blocks: BlockChecks): void => {
  const value = parameter.default
  if (value === undefined || value === null) return
  const { faults } = fitValue(value, parameter, false)
  const first = faults[0]
  if (first !== undefined) {
    const message = `The default does not fit: ${faultInWords(name, value, first)}.`
    reportAt(inside(place, 'default', ...first.path), {
      code: 'bad-default',
      message,
      remedy: 'Give a default that fits, or none.',
    })
  } else if (parameter.type === 'block' && typeof value === 'string') {
    checkBlock({ text: value, accepts: parameter.types ?? [], place: inside(place, 'default') }, blocks)
  }
}

const checkBlockTypes = (types: readonly string[], place: Place, catalogue: Catalogue): void => {
  for (const [index, type] of types.entries()) {
    if (catalogue.blocks.has(type)) continue
    const remedy = () => didYouMean(type, catalogue.blocks.keys())
    reportAt(inside(place, 'types', index), {
      code: 'unknown-block-type',
      message: `There is no block type “${type}”.`,
      remedy,
    })
  }
}

const checkParameter = (name: string, schema: JsonValue, place: Place, blocks: BlockChecks): Parameter | null => {
  if (!isObject(schema)) {
    const message = `The parameter “${name}” needs a mapping with its type, not ${inWords(schema)}.`
    reportAt(place, { code: 'bad-parameter', message, remedy: `Write ${name}: { type: string }.` })
    return null
  }
  const right = checkKeywords(schema, place)
  const readOwn = <T>(key: keyof typeof own, read: (value: JsonValue, at: Place) => T | undefined): T | undefined => {
    const value = schema[key]
    return value === undefined || value === null ? undefined : read(value, inside(place, key))
  }
  const title = readOwn('title', own.title.read)
  const description = readOwn('description', own.description.read)
  const types = readOwn('types', own.types.read)
  if (types) checkBlockTypes(types, place, blocks.catalogue)
  if (right === null || !isParameterType(schema['type'])) return null
  const parameter: Parameter = {
    type: schema['type'],
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(schema['default'] !== undefined && { default: schema['default'] }),
    ...(types !== undefined && { types }),
    keywords: right,
  }
  checkDefault(name, parameter, place, blocks)
  return parameter
}

/** `null` for a parameter that is wrong: its name is known all the same, so that nothing else is reported for it. */
export const checkParameters = (
  section: JsonObject,
  place: Place,
  blocks: BlockChecks,
): { readonly parameters: Parameters; readonly names: ReadonlySet<string> } => {
  const parameters: Record<string, Parameter> = {}
  const names = new Set<string>()
  for (const [name, schema] of Object.entries(section)) {
    const at = inside(place, name)
    checkName(name, 'parameter', at, names)
    names.add(name)
    const parameter = checkParameter(name, schema, at, blocks)
    if (parameter !== null) parameters[name] = parameter
  }
  return { parameters, names }
}
