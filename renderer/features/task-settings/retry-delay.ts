import type { JsonValue } from '#core/model/handle.ts'
import { isList, isMap, textOf } from '#renderer/forms/values.ts'

export type RetryDelayKind = 'delays' | 'exponential'

export const retryDelayKind = (value: JsonValue | undefined): RetryDelayKind =>
  value === 'exponential' || isMap(value) ? 'exponential' : 'delays'

/** `10s, 1m`, or the first delay where each is twice the one before. */
export const retryDelayText = (value: JsonValue | undefined): string => {
  if (value === 'exponential') return ''
  if (isMap(value)) return textOf(value['exponential'])
  return isList(value) ? value.map(textOf).join(', ') : textOf(value)
}

/** As the flow writes it; undefined when nothing is said. */
export const readRetryDelay = (kind: RetryDelayKind, text: string): JsonValue | undefined => {
  const delays = text.split(/[,;]/).map((part) => part.trim())
  const given = delays.filter((part) => part !== '')
  const [first, second] = given
  if (kind === 'exponential') return first === undefined ? 'exponential' : { exponential: first }
  if (first === undefined) return undefined
  return second === undefined ? first : given
}
