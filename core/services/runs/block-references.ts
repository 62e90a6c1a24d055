import { formatBlockReference, parseBlockReference } from '#core/model/block-reference.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** Every `block:type/name` among the settings, however deep; without a secret's `#field`. */
export const blockReferencesIn = (value: JsonValue): readonly string[] => {
  if (typeof value === 'string') {
    const reference = value.startsWith('block:') ? parseBlockReference(value) : null
    return reference ? [formatBlockReference(reference)] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return [...new Set(Object.values(value).flatMap((inner: JsonValue) => blockReferencesIn(inner)))]
}
