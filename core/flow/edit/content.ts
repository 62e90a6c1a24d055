import type { JsonValue } from '#core/model/handle.ts'
import type { ScalarValue } from './scalar-text.ts'
import { isJsonList, isJsonMap } from './values.ts'

/** What is to be written: a value, with the anchors and aliases that keep others whole. */
export type Content =
  /** `source` is how it was written before, where that can be kept. */
  | { readonly kind: 'scalar'; readonly value: ScalarValue; readonly source?: string; readonly anchor?: string }
  | { readonly kind: 'alias'; readonly name: string }
  | {
      readonly kind: 'map'
      readonly entries: readonly ContentEntry[]
      readonly flow?: boolean
      readonly anchor?: string
    }
  | { readonly kind: 'list'; readonly items: readonly Content[]; readonly flow?: boolean; readonly anchor?: string }

export type ContentEntry = { readonly key: Content; readonly value: Content }

export const contentOf = (value: JsonValue): Content => {
  if (isJsonList(value)) return { kind: 'list', items: value.map(contentOf) }
  if (isJsonMap(value)) return { kind: 'map', entries: Object.entries(value).map(([key, item]) => entryOf(key, item)) }
  return { kind: 'scalar', value }
}

export const entryOf = (key: string, value: JsonValue): ContentEntry => ({
  key: { kind: 'scalar', value: key },
  value: contentOf(value),
})

/** A map of one key of a map of one key …, with the value at the bottom. */
export const nested = (path: readonly string[], value: JsonValue): JsonValue =>
  path.reduceRight<JsonValue>((inner, key) => Object.fromEntries([[key, inner]]), value)

/** Only short lists of plain values stand on one line where nothing says how the document has it. */
export const isShortList = (content: Content): boolean =>
  content.kind === 'list' &&
  content.items.every(({ kind }) => kind === 'scalar' || kind === 'alias') &&
  JSON.stringify(content.items.map((item) => (item.kind === 'scalar' ? item.value : ''))).length < 80

export const hasSeveralLines = (content: Content): boolean => {
  if (content.kind === 'list') return content.items.some(hasSeveralLines)
  if (content.kind === 'map') return content.entries.some(({ value }) => hasSeveralLines(value))
  return content.kind === 'scalar' && typeof content.value === 'string' && content.value.includes('\n')
}

export const isEmptyContent = (content: Content): boolean =>
  (content.kind === 'map' && content.entries.length === 0) || (content.kind === 'list' && content.items.length === 0)
