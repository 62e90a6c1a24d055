import type { BlockType } from '#core/kinds/block-type.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** How values are written into SQL. The one is what nearly all databases read, the other what Google's read. */
export type SqlDialect = 'sql' | 'googlesql'

/** The setting that names the database whose SQL the others hold. */
export const databaseIn = (
  settings: Readonly<Record<string, JsonValue>>,
  fields: ReadonlyMap<string, FieldDescription>,
): JsonValue | undefined => {
  const field = [...fields.values()].find(({ widget, blocks }) => widget === 'block' && blocks?.includes('database'))
  return field && settings[field.name]
}

export const dialectOf = (
  database: JsonValue | undefined,
  blocks: ReadonlyMap<string, BlockType> | undefined,
): SqlDialect => {
  const reference = typeof database === 'string' ? parseBlockReference(database) : null
  return (reference && blocks?.get(reference.type)?.dialect) ?? 'sql'
}
