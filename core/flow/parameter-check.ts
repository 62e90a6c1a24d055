import { parseBlockReference } from '#core/model/block-reference.ts'
import { parseDuration } from '#core/model/duration.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterTypes, type Parameter, type ParameterType } from '#core/model/parameter.ts'
import type { Path } from './finding.ts'
import { parseMoment } from './moment.ts'
import { keywords } from './parameter-keywords.ts'
import { inWords, isObject, isList } from './readers.ts'

/** A type with its keywords: of a parameter, of an array's items, of an object's property. */
export type Shape = Pick<Parameter, 'types' | 'keywords'> & { readonly type: ParameterType | null }

export const isParameterType = (value: JsonValue | undefined): value is ParameterType =>
  parameterTypes.some((type) => type === value)

const shapeOf = (schema: JsonValue | undefined): Shape | null => {
  if (!isObject(schema)) return null
  const { type, types, ...rest } = schema
  const names = isList(types) ? types.filter((name) => typeof name === 'string') : []
  return { type: isParameterType(type) ? type : null, types: names, keywords: rest }
}

/** What is wrong with a value, or a part of it. */
export type Fault = { readonly path: Path; readonly message: string }

type Reading = { readonly value: JsonValue } | { readonly fault: string }

const words: Readonly<Record<string, boolean>> = {
  true: true, yes: true, on: true, '1': true, false: false, no: false, off: false, '0': false,
} // prettier-ignore

const fault = (text: string): Reading => ({ fault: text })

const textOr =
  (says: string, fits: (text: string) => boolean) =>
  (value: JsonValue): Reading =>
    typeof value === 'string' && fits(value) ? { value } : fault(says)

const readNumber = (value: JsonValue, loose: boolean): Reading => {
  if (typeof value === 'number') return { value }
  const text = typeof value === 'string' && loose ? value.trim() : ''
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) || !Number.isFinite(Number(text)))
    return fault('is no number')
  return { value: Number(text) }
}

const readInteger = (value: JsonValue, loose: boolean): Reading => {
  const read = readNumber(value, loose)
  if ('fault' in read || !Number.isInteger(read.value)) return fault('is no whole number')
  return Number.isSafeInteger(read.value)
    ? read
    : fault('is too large to be kept exactly; a parameter of type string keeps it')
}

const readBoolean = (value: JsonValue, loose: boolean): Reading => {
  if (typeof value === 'boolean') return { value }
  const word = typeof value === 'string' && loose ? words[value.trim().toLowerCase()] : undefined
  return word === undefined ? fault('is neither true nor false') : { value: word }
}

const parseJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const readArray = (value: JsonValue, loose: boolean): Reading => {
  if (isList(value)) return { value }
  if (typeof value !== 'string' || !loose) return fault('is no list')
  const text = value.trim()
  if (!text.startsWith('[')) return { value: text === '' ? [] : text.split(',').map((item) => item.trim()) }
  const list = parseJson(text)
  return isList(list) ? { value: list } : fault('is no JSON list')
}

const readObject = (value: JsonValue, loose: boolean): Reading => {
  const object = typeof value === 'string' && loose ? parseJson(value) : value
  return isObject(object) ? { value: object } : fault('is no mapping')
}

const isBlock = (text: string): boolean => parseBlockReference(text)?.field === null

/** `loose`: text is read as the type it stands for, as on a command line. */
const readers: Readonly<Record<ParameterType, (value: JsonValue, loose: boolean) => Reading>> = {
  string: textOr('is no text', () => true),
  integer: readInteger,
  number: readNumber,
  boolean: readBoolean,
  date: textOr('is no date such as 2020-11-01', (text) => parseMoment(text)?.hasTime === false),
  datetime: textOr('is no time such as 2020-11-01T10:00:00Z', (text) => parseMoment(text) !== null),
  duration: (value) =>
    (typeof value === 'string' || typeof value === 'number') && parseDuration(value) !== null
      ? { value }
      : fault('is no duration such as 30s or 1h 30m'),
  file: textOr('is no path', (text) => text !== ''),
  block: textOr('is no block such as block:duckdb/warehouse', isBlock),
  array: readArray,
  object: readObject,
}

const under = (step: string | number, faults: readonly Fault[]): Fault[] =>
  faults.map(({ path, message }) => ({ path: [step, ...path], message }))

type Fitted = { readonly value: JsonValue; readonly faults: readonly Fault[] }

const fitItems = (items: readonly JsonValue[], shape: Shape, loose: boolean): Fitted => {
  const item = shapeOf(shape.keywords['items'])
  if (item === null) return { value: items, faults: [] }
  const fitted = items.map((value) => fitValue(value, item, loose))
  return {
    value: fitted.map(({ value }) => value),
    faults: fitted.flatMap(({ faults }, index) => under(index, faults)),
  }
}

const fitProperties = (object: Readonly<Record<string, JsonValue>>, shape: Shape, loose: boolean): Fitted => {
  const { properties, required, additionalProperties } = shape.keywords
  const known = isObject(properties) ? properties : {}
  const faults: Fault[] = []
  const entries = Object.entries(object).map(([name, value]) => {
    const property = Object.hasOwn(known, name) ? shapeOf(known[name]) : shapeOf(additionalProperties)
    if (!Object.hasOwn(known, name) && additionalProperties === false) {
      faults.push({ path: [name], message: 'is not known here' })
    }
    if (property === null) return [name, value]
    const fitted = fitValue(value, property, loose)
    faults.push(...under(name, fitted.faults))
    return [name, fitted.value]
  })
  for (const name of isList(required) ? required : []) {
    if (typeof name === 'string' && !Object.hasOwn(object, name)) faults.push({ path: [name], message: 'is missing' })
  }
  return { value: Object.fromEntries(entries) as JsonValue, faults }
}

const fitParts = (value: JsonValue, shape: Shape, loose: boolean): Fitted => {
  if (isList(value)) return fitItems(value, shape, loose)
  return isObject(value) ? fitProperties(value, shape, loose) : { value, faults: [] }
}

const blockFault = (value: JsonValue, { type, types }: Shape): string | null => {
  if (type !== 'block' || !types || types.length === 0 || typeof value !== 'string') return null
  return types.includes(parseBlockReference(value)?.type ?? '') ? null : `is no block of type ${types.join(' or ')}`
}

/** The value as its type and keywords want it, and everything that is wrong with it. */
export const fitValue = (given: JsonValue, shape: Shape, loose: boolean): Fitted => {
  const read: Reading = shape.type === null ? { value: given } : readers[shape.type](given, loose)
  if ('fault' in read) return { value: given, faults: [{ path: [], message: read.fault }] }
  const { value, faults } = fitParts(read.value, shape, loose)
  const own = Object.entries(shape.keywords).flatMap(([name, argument]) => {
    const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined
    if (!keyword || keyword.misuse(argument) !== null) return []
    const message = keyword.fault(value, argument)
    return message === null ? [] : [{ path: [], message }]
  })
  const block = blockFault(value, shape)
  return { value, faults: [...(block === null ? [] : [{ path: [], message: block }]), ...own, ...faults] }
}

/** `“months[0]” (13) is larger than 12`. */
export const faultInWords = (name: string, value: JsonValue, { path, message }: Fault): string => {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  let part: JsonValue | undefined = value
  for (const step of path)
    part = typeof part === 'object' && part !== null ? (part as Record<string, JsonValue>)[step] : undefined
  return `“${name}${steps}”${part === undefined ? '' : ` (${inWords(part)})`} ${message}`
}
