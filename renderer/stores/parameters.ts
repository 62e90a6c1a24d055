import { parseDuration } from '#core/model/duration.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterTypes, type ParameterType } from '#core/model/parameter.ts'
import { listOf, mapAt, textAt } from './outline.ts'

/** A parameter of the open flow as a form asks for it, read out of its plain data. */
export type ParameterField = {
  readonly name: string
  readonly type: ParameterType
  readonly title: string
  readonly description: string | null
  readonly required: boolean
  readonly default: JsonValue
  readonly choices: readonly JsonValue[]
  /** For `block`: the block types it takes; empty means any. */
  readonly blockTypes: readonly string[]
  readonly minimum: number | null
  readonly maximum: number | null
  /** For `array`: the type of its items when a line of text can hold one, else null. */
  readonly items: 'string' | 'integer' | 'number' | null
}

export type Values = Readonly<Record<string, JsonValue>>

const typeOf = (text: string | null): ParameterType => parameterTypes.find((type) => type === text) ?? 'string'

const numberAt = (value: JsonValue | undefined): number | null => (typeof value === 'number' ? value : null)

const itemsOf = (parameter: Values): ParameterField['items'] => {
  const type = textAt(parameter['items'], 'type')
  return type === 'string' || type === 'integer' || type === 'number' ? type : null
}

export const parametersOf = (flow: JsonValue): readonly ParameterField[] =>
  Object.entries(mapAt(flow, 'parameters')).map(([name, raw]) => {
    const parameter = mapAt(raw)
    return {
      name,
      type: typeOf(textAt(raw, 'type')),
      title: textAt(raw, 'title') ?? name,
      description: textAt(raw, 'description'),
      required: !('default' in parameter),
      default: parameter['default'] ?? null,
      choices: listOf(parameter['enum']),
      blockTypes: listOf(parameter['types']).filter((type): type is string => typeof type === 'string'),
      minimum: numberAt(parameter['minimum']),
      maximum: numberAt(parameter['maximum']),
      items: itemsOf(parameter),
    }
  })

/** What a form holds while somebody types: text as typed where the type is not text. */
export type Draft = Readonly<Record<string, JsonValue>>

const isEmpty = (value: JsonValue | undefined): boolean => value === undefined || value === null || value === ''

const written = (value: JsonValue, field: ParameterField): JsonValue => {
  if (field.choices.length > 0 || typeof value === 'boolean' || typeof value === 'string') return value
  if (field.type === 'array' && field.items !== null) return listOf(value).map(String).join('\n')
  if (field.type === 'array' || field.type === 'object') return JSON.stringify(value, null, 2)
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** The form's first content: what was used last, else the default. */
export const draftOf = (fields: readonly ParameterField[], last: Values): Draft =>
  Object.fromEntries(
    fields.map((field) => {
      const value = Object.hasOwn(last, field.name) ? last[field.name] : field.default
      return [field.name, value === null || value === undefined ? emptyOf(field) : written(value, field)]
    }),
  )

const emptyOf = ({ type }: ParameterField): JsonValue => (type === 'boolean' ? false : '')

export type Read = { readonly value: JsonValue } | { readonly fault: string }

const readNumber = (text: string, whole: boolean): Read => {
  const value = Number(text.trim())
  if (text.trim() === '' || !Number.isFinite(value)) return { fault: 'Write a number.' }
  return whole && !Number.isSafeInteger(value) ? { fault: 'Write a whole number.' } : { value }
}

const readJson = (text: string, takes: 'list' | 'map'): Read => {
  try {
    const value = JSON.parse(text) as JsonValue
    const fits = takes === 'list' ? Array.isArray(value) : mapAt(value) === value
    return fits ? { value } : { fault: takes === 'list' ? 'Write a list: [1, 2].' : 'Write a mapping: {"a": 1}.' }
  } catch {
    return { fault: 'This is no JSON yet.' }
  }
}

const readLines = (text: string, items: 'string' | 'integer' | 'number'): Read => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (items === 'string') return { value: lines }
  const numbers = lines.map((line) => readNumber(line, items === 'integer'))
  const wrong = numbers.findIndex((one) => 'fault' in one)
  if (wrong >= 0) return { fault: `Line ${wrong + 1} is no ${items === 'integer' ? 'whole number' : 'number'}.` }
  return { value: numbers.flatMap((one) => ('value' in one ? [one.value] : [])) }
}

const withinBounds = (read: Read, { minimum, maximum }: ParameterField): Read => {
  if ('fault' in read || typeof read.value !== 'number') return read
  if (minimum !== null && read.value < minimum) return { fault: `At least ${minimum}.` }
  return maximum !== null && read.value > maximum ? { fault: `At most ${maximum}.` } : read
}

const readText = (text: string, field: ParameterField): Read => {
  switch (field.type) {
    case 'integer':
    case 'number':
      return withinBounds(readNumber(text, field.type === 'integer'), field)
    case 'array':
      return field.items === null ? readJson(text, 'list') : readLines(text, field.items)
    case 'object':
      return readJson(text, 'map')
    case 'duration':
      return parseDuration(text) === null ? { fault: 'Write a duration such as 30s or 1h 30m.' } : { value: text }
    default:
      return { value: text }
  }
}

/** The value of one field of the form. The engine checks it again, with every keyword. */
const readField = (field: ParameterField, value: JsonValue | undefined): Read | null => {
  if (isEmpty(value)) {
    if (field.required) return { fault: 'This is needed.' }
    if (field.default === '') return { value: '' }
    if (field.type === 'array' && Array.isArray(field.default)) return { value: [] }
    return null
  }
  if (field.choices.length > 0 || typeof value !== 'string') return { value: value ?? null }
  return readText(value, field)
}

export type Reading = { readonly values: Values; readonly faults: Readonly<Record<string, string>> }

/** All fields of the form: what to run with, and what is wrong. Fields left empty take their default. */
export const readDraft = (fields: readonly ParameterField[], draft: Draft): Reading => {
  const values: Record<string, JsonValue> = {}
  const faults: Record<string, string> = {}
  for (const field of fields) {
    const read = readField(field, draft[field.name])
    if (read === null) continue
    if ('fault' in read) faults[field.name] = read.fault
    else values[field.name] = read.value
  }
  return { values, faults }
}

const keyOf = (file: string) => `parameters:${file}`

/** What the flow of this file was run with last. */
export const lastValues = (file: string): Values => {
  try {
    return mapAt(JSON.parse(localStorage.getItem(keyOf(file)) ?? '{}') as JsonValue)
  } catch {
    return {}
  }
}

/** Values that are just the default are not kept, so that a new default is taken up. */
export const rememberValues = (file: string, fields: readonly ParameterField[], values: Values): void => {
  const kept = fields.filter(
    ({ name, default: usual }) => Object.hasOwn(values, name) && JSON.stringify(values[name]) !== JSON.stringify(usual),
  )
  localStorage.setItem(keyOf(file), JSON.stringify(Object.fromEntries(kept.map(({ name }) => [name, values[name]]))))
}
