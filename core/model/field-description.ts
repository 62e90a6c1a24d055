import type { JsonValue } from './handle.ts'

export const widgets = [
  'text', 'multiline', 'number', 'boolean', 'choice', 'sql', 'shell', 'code', 'path', 'url', 'duration', 'bytes', 'block', 'secrets',
  'list', 'map', 'json', 'columns',
] as const // prettier-ignore
export type Widget = (typeof widgets)[number]

export type FieldMeta = {
  readonly widget: Widget
  readonly title: string
  readonly help?: string
  readonly placeholder?: string
  /** For `block`: the capabilities or block types it accepts; empty means any. */
  readonly blocks?: readonly string[]
  /** For `code`: the language to highlight. */
  readonly language?: string
  /** For `path`: it names a folder. */
  readonly folder?: boolean
  /** Shown on the node as its second line. */
  readonly key?: boolean
  /** The field names a column of the table at this input port. */
  readonly columnsOf?: string
}

export type JsonSchema = { readonly [key: string]: JsonValue }

/** A setting as forms, docs, checks and the template engine need it: all of it comes from the zod schema. */
export type FieldDescription = FieldMeta & {
  /** Empty for the items of a list or the values of a map. */
  readonly name: string
  readonly required: boolean
  readonly default?: JsonValue
  readonly choices?: readonly JsonValue[]
  /** What every item of a list, or value of a map, is. */
  readonly item?: FieldDescription
  /** The fields of an object; of all of them where there is a choice of objects. */
  readonly fields?: readonly FieldDescription[]
  readonly schema: JsonSchema
}
