import { z } from 'zod'
import type { FieldMeta, Widget } from '#core/model/field-description.ts'

/**
 * Builders for the settings of task types and block types. Each makes a zod schema that carries what a form, the docs
 * and the template engine need to know; describeFields (fields.ts) reads it back.
 */
export type FieldOptions = Omit<FieldMeta, 'widget' | 'blocks' | 'language'>

const described = <S extends z.ZodType>(
  schema: S,
  widget: Widget,
  options: Partial<FieldMeta> & { title: string },
): S =>
  schema.meta({
    title: options.title,
    ...(options.help && { description: options.help }),
    field: { ...options, widget },
  })

const durationText = /^(\d+(\.\d+)?(ms|[smhdw])\s*)+$|^\d+(\.\d+)?$/
const bytesText = /^\d+(\.\d+)?\s*([kKMGT]i?)?B?$/

export const field = {
  text: (options: FieldOptions) => described(z.string(), 'text', options),
  multiline: (options: FieldOptions) => described(z.string(), 'multiline', options),
  /** In SQL an expression becomes a quoted literal. */
  sql: (options: FieldOptions) => described(z.string().min(1), 'sql', options),
  /** In shell text an expression becomes one quoted word. */
  shell: (options: FieldOptions) => described(z.string().min(1), 'shell', options),
  code: (options: FieldOptions & { language: string }) => described(z.string().min(1), 'code', options),
  number: (options: FieldOptions) => described(z.number(), 'number', options),
  integer: (options: FieldOptions) => described(z.number().int(), 'number', options),
  boolean: (options: FieldOptions) => described(z.boolean(), 'boolean', options),
  choice: <const T extends readonly [string, ...string[]]>(values: T, options: FieldOptions) =>
    described(z.enum(values), 'choice', options),
  /** A path; relative ones mean the folder of the flow's file. */
  path: (options: FieldOptions) => described(z.string().min(1), 'path', options),
  url: (options: FieldOptions) => described(z.string().min(1), 'url', options),
  /** `10s`, `1m 30s`, or seconds. See model/duration.ts. */
  duration: (options: FieldOptions) =>
    described(
      z.union([z.number().nonnegative(), z.string().regex(durationText, 'A duration such as 10s or 1m 30s')]),
      'duration',
      options,
    ),
  /** `10 MB`, `1 GiB`, or a number of bytes. See parseBytes (bytes.ts). */
  bytes: (options: FieldOptions) =>
    described(
      z.union([z.number().nonnegative(), z.string().regex(bytesText, 'A size such as 10 MB')]),
      'bytes',
      options,
    ),
  /** A block, named `block:type/name`. `blocks` lists capabilities (`storage`, `database`) or block types. */
  block: (options: FieldOptions & { blocks: readonly string[] }) =>
    described(
      z.string().regex(/^block:[a-z][a-z0-9-]*\/[^/%&><]+$/, 'A block such as block:duckdb/warehouse'),
      'block',
      options,
    ),
  /** Environment variables filled from blocks: `{ NAME: block:secret/x }` or `block:type/name#field`. */
  secrets: (options: FieldOptions) =>
    described(
      z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().startsWith('block:')),
      'secrets',
      options,
    ),
  list: <S extends z.ZodType>(item: S, options: FieldOptions) => described(z.array(item), 'list', options),
  map: <S extends z.ZodType>(value: S, options: FieldOptions) => described(z.record(z.string(), value), 'map', options),
  json: (options: FieldOptions) => described(z.json(), 'json', options),
}
