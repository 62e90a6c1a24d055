import type { JsonValue } from './handle.ts'

export const parameterTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'datetime',
  'duration',
  'file',
  'block',
  'array',
  'object',
] as const

export type ParameterType = (typeof parameterTypes)[number]

/** As written in a flow document: a type and JSON Schema keywords (enum, minimum, items, pattern …). */
export type Parameter = {
  readonly type: ParameterType
  readonly title?: string
  readonly description?: string
  readonly default?: JsonValue
  /** For `block`: the block types it accepts; empty means any. */
  readonly types?: readonly string[]
  /** Every other keyword, unchanged. */
  readonly keywords: Readonly<Record<string, JsonValue>>
}

export type Parameters = Readonly<Record<string, Parameter>>
export type ParameterValues = Readonly<Record<string, JsonValue>>
