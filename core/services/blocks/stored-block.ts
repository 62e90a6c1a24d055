import { z } from 'zod'
import type { BlockType } from '#core/kinds/block-type.ts'
import type { SecretFacts } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { BlockRow } from '#core/model/store.ts'
import type { SecretName } from '#core/model/secrets.ts'

export type Settings = Readonly<Record<string, JsonValue>>

/** A row of the store, parsed. Its settings are of its type's version `version`. */
export type StoredBlock = Omit<BlockRow, 'settings' | 'secrets' | 'facts'> & {
  readonly settings: Settings
  readonly secrets: Readonly<Record<string, number>>
  /** By secret field that is set and of which anything may be shown. */
  readonly facts: Readonly<Record<string, SecretFacts>>
}

const jsonText = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue('not JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

const Facts = z.object({ shown: z.record(z.string(), z.string()), expiresAt: z.number().nullable() })

const Row = z.object({
  id: z.string().min(1),
  type: z.string(),
  name: z.string(),
  version: z.int().min(1),
  revision: z.int().min(1),
  settings: jsonText(z.record(z.string(), z.json())),
  secrets: jsonText(z.record(z.string(), z.int().min(1))),
  facts: jsonText(z.record(z.string(), Facts)),
  usedAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
})

export const parseBlockRow = (row: BlockRow): StoredBlock => {
  const { data, error } = Row.safeParse(row)
  if (data) return data
  const fields = error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new Refused({
    code: 'data',
    message: `The stored block:${row.type}/${row.name} cannot be read (${fields}). Delete it and make it again.`,
  })
}

export const blockRowOf = (block: StoredBlock): BlockRow => ({
  ...block,
  settings: JSON.stringify(block.settings),
  secrets: JSON.stringify(block.secrets),
  facts: JSON.stringify(block.facts),
})

/** Settings of any older version of a type as the present one has them. */
export const upgradeSettings = (type: BlockType, block: Pick<StoredBlock, 'version' | 'settings'>): Settings => {
  if (block.version > type.version) {
    throw new Refused({
      code: 'invalid',
      message: `It was made by a newer Millrace (version ${block.version} of ${type.type}; this one knows ${type.version}). Update Millrace.`,
    })
  }
  let settings: Record<string, JsonValue> = { ...block.settings }
  for (let version = block.version; version < type.version; version += 1) {
    const step = type.upgrade?.[version]
    if (!step) throw new Error(`Block type ${type.type} has no upgrade step from version ${version}`)
    settings = step(settings)
  }
  return settings
}

export const secretNames = (home: string, block: Pick<StoredBlock, 'id' | 'secrets'>): readonly SecretName[] =>
  Object.entries(block.secrets).map(([field, version]) => ({ home, block: block.id, field, version }))
