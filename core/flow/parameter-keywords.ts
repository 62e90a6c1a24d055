import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import type { JsonSchema } from '#core/model/field-description.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ParameterType } from '#core/model/parameter.ts'
import { inWords, isList } from './readers.ts'

/** A keyword of JSON Schema that a parameter may carry. */
export type Keyword = {
  /** The parameter types it says something about. */
  readonly types: readonly ParameterType[] | 'any'
  readonly schema: JsonSchema
  /** What the keyword itself takes, in words; null when `argument` is fine. */
  readonly misuse: (argument: JsonValue) => string | null
  /** What is wrong with a value, as the end of a sentence (“is larger than 12”), or null. */
  readonly fault: (value: JsonValue, argument: JsonValue) => string | null
}

const texts = ['string', 'file', 'date', 'datetime', 'duration', 'block'] as const
const numbers = ['integer', 'number'] as const

const takesNumber = (argument: JsonValue) => (typeof argument === 'number' ? null : 'a number')
const takesCount = (argument: JsonValue) =>
  typeof argument === 'number' && Number.isInteger(argument) && argument >= 0 ? null : 'a whole number from 0'

const same = (left: JsonValue, right: JsonValue): boolean => canonical(left) === canonical(right)

const canonical = (value: JsonValue): string =>
  JSON.stringify(value, (_, part: JsonValue) =>
    typeof part === 'object' && part !== null && !isList(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

const bound = (fits: (value: number, limit: number) => boolean, words: string): Keyword => ({
  types: numbers,
  schema: { type: 'number' },
  misuse: takesNumber,
  fault: (value, limit) =>
    typeof value !== 'number' || typeof limit !== 'number' || fits(value, limit) ? null : `is ${words} ${limit}`,
})

/** As JSON Schema counts them: code points. */
const characters = (text: string) => Array.from(text).length

const length = (
  types: readonly ParameterType[],
  fits: (size: number, limit: number) => boolean,
  words: string,
): Keyword => ({
  types,
  schema: { type: 'integer', minimum: 0 },
  misuse: takesCount,
  fault: (value, limit) => {
    const size = typeof value === 'string' ? characters(value) : isList(value) ? value.length : null
    if (size === null || typeof limit !== 'number' || fits(size, limit)) return null
    return `has ${size} ${typeof value === 'string' ? 'characters' : 'items'}, ${words} ${limit}`
  },
})

const longestPattern = 1_000
const longestMatched = 10_000

/** Runs the expression under a deadline: a pattern can take longer than the universe lasts. */
const matches = (pattern: string, text: string): boolean | null => {
  if (text.length > longestMatched) return null
  try {
    const result: unknown = runInNewContext(
      'pattern.test(text)',
      { pattern: new RegExp(pattern, 'u'), text },
      { timeout: 200 },
    )
    return result === true
  } catch {
    return null
  }
}

const isPattern = (argument: JsonValue): boolean => {
  if (typeof argument !== 'string' || argument.length > longestPattern) return false
  try {
    return new RegExp(argument, 'u') instanceof RegExp
  } catch {
    return false
  }
}

const pattern: Keyword = {
  types: texts,
  schema: { type: 'string', format: 'regex' },
  misuse: (argument) => (isPattern(argument) ? null : `a regular expression of at most ${longestPattern} characters`),
  fault: (value, argument) => {
    if (typeof value !== 'string' || typeof argument !== 'string') return null
    const found = matches(argument, value)
    if (found === null) return `could not be compared with the pattern ${argument} in time`
    return found ? null : `does not match the pattern ${argument}`
  },
}

const formats: Readonly<Record<string, z.ZodType>> = {
  date: z.iso.date(),
  'date-time': z.iso.datetime({ offset: true, local: true }),
  time: z.iso.time(),
  email: z.email(),
  uri: z.url(),
  uuid: z.uuid(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
}

const format: Keyword = {
  types: texts,
  schema: { enum: Object.keys(formats) },
  misuse: (argument) =>
    typeof argument === 'string' && Object.hasOwn(formats, argument)
      ? null
      : `one of ${Object.keys(formats).join(', ')}`,
  fault: (value, argument) =>
    typeof argument !== 'string' || formats[argument]?.safeParse(value).success !== false ? null : `is no ${argument}`,
}

const enumeration: Keyword = {
  types: 'any',
  schema: { type: 'array', minItems: 1 },
  misuse: (argument) => (isList(argument) && argument.length > 0 ? null : 'a list of the values to choose from'),
  fault: (value, choices) => {
    if (!isList(choices) || choices.some((choice: JsonValue) => same(choice, value))) return null
    return `is none of ${choices.map((choice: JsonValue) => (typeof choice === 'string' ? choice : inWords(choice))).join(', ')}`
  },
}

const multipleOf: Keyword = {
  types: numbers,
  schema: { type: 'number', exclusiveMinimum: 0 },
  misuse: (argument) => (typeof argument === 'number' && argument > 0 ? null : 'a number above 0'),
  fault: (value, step) => {
    if (typeof value !== 'number' || typeof step !== 'number') return null
    const times = value / step
    return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times))
      ? null
      : `is no multiple of ${step}`
  },
}

const uniqueItems: Keyword = {
  types: ['array'],
  schema: { type: 'boolean' },
  misuse: (argument) => (typeof argument === 'boolean' ? null : 'true or false'),
  fault: (value, wanted) => {
    if (wanted !== true || !isList(value)) return null
    return new Set(value.map(canonical)).size === value.length ? null : 'has an item twice'
  },
}

/** Keywords with one value of their own; `items`, `properties` and `required` hold schemas and are in parameter-check.ts. */
export const keywords: Readonly<Record<string, Keyword>> = {
  enum: enumeration,
  minimum: bound((value, limit) => value >= limit, 'smaller than'),
  maximum: bound((value, limit) => value <= limit, 'larger than'),
  exclusiveMinimum: bound((value, limit) => value > limit, 'not larger than'),
  exclusiveMaximum: bound((value, limit) => value < limit, 'not smaller than'),
  multipleOf,
  minLength: length(texts, (size, limit) => size >= limit, 'fewer than'),
  maxLength: length(texts, (size, limit) => size <= limit, 'more than'),
  pattern,
  format,
  minItems: length(['array'], (size, limit) => size >= limit, 'fewer than'),
  maxItems: length(['array'], (size, limit) => size <= limit, 'more than'),
  uniqueItems,
}
