import type { JsonSchema } from '#core/model/field-description.ts'
import { parseDuration } from '#core/model/duration.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { inside, reportAt, type Place } from './finding.ts'

/** How one key of a flow document is read, and its JSON Schema: told once, here. */
export type Reader<T> = {
  readonly schema: JsonSchema
  /** Undefined where the value was wrong, which is then reported. */
  readonly read: (value: JsonValue, place: Place) => T | undefined
}

export type JsonObject = { readonly [key: string]: JsonValue }

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value)

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** A value as people would say it. */
export const inWords = (value: JsonValue): string => {
  if (isList(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The last name of the path, for messages. */
const nameOf = (place: Place): string => place.path.findLast((step) => typeof step === 'string') ?? 'flow'

const wrong = (place: Place, value: JsonValue, takes: string, remedy: string): undefined =>
  reportAt(place, {
    code: 'bad-value',
    message: `“${nameOf(place)}” takes ${takes}, not ${inWords(value)}.`,
    remedy,
  })

const described = (help: string, schema: JsonSchema): JsonSchema => ({ description: help, ...schema })

export const text = (help: string): Reader<string> => ({
  schema: described(help, { type: 'string' }),
  read: (value, place) =>
    typeof value === 'string' ? value : wrong(place, value, 'text', 'Put it in quotes if text is meant.'),
})

export const yesNo = (help: string): Reader<boolean> => ({
  schema: described(help, { type: 'boolean' }),
  read: (value, place) =>
    typeof value === 'boolean' ? value : wrong(place, value, 'true or false', 'Write true or false, without quotes.'),
})

export const wholeNumber = (help: string, minimum: number): Reader<number> => ({
  schema: described(help, { type: 'integer', minimum }),
  read: (value, place) =>
    typeof value === 'number' && Number.isInteger(value) && value >= minimum
      ? value
      : wrong(place, value, `a whole number from ${minimum}`, `Write a number such as ${Math.max(minimum, 3)}.`),
})

export const number = (help: string, minimum: number): Reader<number> => ({
  schema: described(help, { type: 'number', minimum }),
  read: (value, place) =>
    typeof value === 'number' && value >= minimum
      ? value
      : wrong(place, value, `a number from ${minimum}`, 'Write a number such as 0.5.'),
})

/** Milliseconds. */
export const duration = (help: string): Reader<number> => ({
  schema: described(help, { type: ['string', 'number'] }),
  read: (value, place) => {
    const parsed = typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null
    if (parsed !== null) return parsed
    const message = `“${nameOf(place)}” takes a duration, not ${inWords(value)}.`
    return reportAt(place, {
      code: 'bad-duration',
      message,
      remedy: 'Write it like 30s, 5m, 1h 30m, 1d or 500ms.',
    })
  },
})

export const choice = <const T extends string>(help: string, values: readonly T[]): Reader<T> => ({
  schema: described(help, { enum: values }),
  read: (value, place) => {
    const found = values.find((candidate) => candidate === value)
    if (found !== undefined) return found
    const remedy = didYouMean(inWords(value), values)
    return wrong(place, value, values.join(', '), remedy)
  },
})

/** One item alone may be written without the list. */
export const listOf = <T>(help: string, item: Reader<T>): Reader<readonly T[]> => ({
  schema: described(help, { anyOf: [{ type: 'array', items: item.schema }, item.schema] }),
  read: (value, place) => {
    if (!isList(value)) {
      const only = item.read(value, place)
      return only === undefined ? undefined : [only]
    }
    const items = value.map((entry, index) => item.read(entry, inside(place, index)))
    return items.filter((entry) => entry !== undefined)
  },
})

export const mapping = (help: string): Reader<JsonObject> => ({
  schema: described(help, { type: 'object' }),
  read: (value, place) =>
    isObject(value) ? value : wrong(place, value, 'a mapping', 'Write keys and values below it, indented.'),
})

/** Taken as it is, and checked elsewhere or not at all. */
export const anything = (help: string, schema: JsonSchema = {}): Reader<JsonValue> => ({
  schema: described(help, schema),
  read: (value) => value,
})

/** A key that the format has and nothing follows from. */
export const withoutEffect = (key: string, remedy: string): Reader<JsonValue> => ({
  schema: described(`Has no effect. ${remedy}`, {}),
  read: (value, place) => {
    const message = `“${key}” has no effect.`
    reportAt(place, { code: 'unused-key', at: 'key', severity: 'warning', message, remedy })
    return value
  },
})

export type Read<R> = { -readonly [K in keyof R]?: R[K] extends Reader<infer T> ? T : never }

/** Reads the keys of a mapping and reports those that nobody knows. A key without a value counts as left out. */
export const readKeys = <R extends Readonly<Record<string, Reader<unknown>>>>(
  object: JsonObject,
  readers: R,
  place: Place,
): Read<R> => {
  const found: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    if (!Object.hasOwn(readers, key)) {
      if (key.startsWith('x-')) continue
      const free = place.path.length === 0 ? ' Keys that begin with “x-” are left alone, for anchors.' : ''
      const remedy = () => `${didYouMean(key, Object.keys(readers))}${free}`
      reportAt(inside(place, key), {
        code: 'unknown-key',
        at: 'key',
        message: `There is no key “${key}” here.`,
        remedy,
      })
      continue
    }
    const read = value === null ? undefined : readers[key]?.read(value, inside(place, key))
    if (read !== undefined) found[key] = read
  }
  return found as Read<R>
}
