import { isAccepted } from '#core/flow/check-blocks.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import { describeFields } from '#core/kinds/describe-fields.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { BlockRow } from '#core/model/store.ts'
import type { BlocksWorld } from './blocks.ts'
import { referenceOf } from './find-block.ts'
import { parseBlockRow, upgradeSettings, type Settings } from './stored-block.ts'

/** A block that a setting names. */
type NestedReference = {
  readonly field: string
  readonly title: string
  readonly text: string
  /** Capabilities or types; empty means any. */
  readonly accepts: readonly string[]
}

const known = new WeakMap<BlockType, readonly FieldDescription[]>()

const fieldsOf = (type: BlockType): readonly FieldDescription[] => {
  const fields = known.get(type) ?? describeFields(type.config)
  known.set(type, fields)
  return fields
}

export const nestedIn = (type: BlockType, settings: Settings): readonly NestedReference[] =>
  fieldsOf(type).flatMap((field) => within(field, { name: field.name, value: settings[field.name] }))

type Named = { readonly name: string; readonly value: JsonValue | undefined }

const within = (field: FieldDescription, { name, value }: Named): readonly NestedReference[] => {
  if (typeof value === 'string') {
    return field.widget === 'block'
      ? [{ field: name, title: field.title, text: value, accepts: field.blocks ?? [] }]
      : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]: [string, JsonValue]) => {
    const next = field.item ?? field.fields?.find((each) => each.name === key)
    return next ? within(next, { name: `${name}.${key}`, value: inner }) : []
  })
}

export type NestedWorld = Pick<BlocksWorld, 'catalogue'> & {
  find(type: string, name: string): Promise<BlockRow | undefined>
}

export const nestedWorld = ({ catalogue, store }: BlocksWorld): NestedWorld => ({ catalogue, find: store.find })

type Holder = { readonly type: BlockType; readonly name: string; readonly settings: Settings }

type NestedProblem = { readonly nested: NestedReference; readonly missing: boolean; readonly message: string }

/** What is wrong with the blocks that settings name: missing, of a wrong type, or naming this one in turn. */
export const problemsOfNested = async (world: NestedWorld, holder: Holder): Promise<readonly NestedProblem[]> => {
  const problems: NestedProblem[] = []
  for (const nested of nestedIn(holder.type, holder.settings)) {
    const problem = await problemOf(world, holder, nested)
    if (problem) problems.push({ nested, missing: false, ...problem, message: `${nested.field}: ${problem.message}` })
  }
  return problems
}

type Found = { readonly missing?: true; readonly message: string } | null

const problemOf = async (world: NestedWorld, holder: Holder, nested: NestedReference): Promise<Found> => {
  const { title, text, accepts } = nested
  const reference = parseBlockReference(text)
  if (!reference) return { message: `“${text}” names no block. Write block:type/name.` }
  const type = world.catalogue.blocks.get(reference.type)
  if (reference.field !== null || !type || !isAccepted(type, accepts)) {
    const fitting = [...world.catalogue.blocks.values()].filter((other) => isAccepted(other, accepts))
    const remedy = `${title} takes a block of type ${fitting.map((other) => other.type).join(' or ')}.`
    return { message: `${text} does not fit here. ${remedy}` }
  }
  const row = await world.find(reference.type, reference.name)
  if (!row) return { missing: true, message: `${text} does not exist. Make it, or choose another.` }
  const own = { type: holder.type.type, name: holder.name }
  const way = await wayBetween(world, row, own)
  if (way === null) return null
  return { message: `Blocks cannot name each other in a circle: ${[referenceOf(own), ...way].join(' → ')}.` }
}

type Name = { readonly type: string; readonly name: string }

/** The references by which a block leads to another, or null when it does not. */
const wayBetween = async (world: NestedWorld, from: BlockRow, to: Name): Promise<readonly string[] | null> => {
  const seen = new Set<string>()
  const visit = async (row: BlockRow): Promise<readonly string[] | null> => {
    const reference = referenceOf(row)
    if (reference === referenceOf(to)) return [reference]
    if (seen.has(reference)) return null
    seen.add(reference)
    for (const { text } of nestedOf(world, row)) {
      const named = parseBlockReference(text)
      const next = named && (await world.find(named.type, named.name))
      const way = next && (await visit(next))
      if (way) return [reference, ...way]
    }
    return null
  }
  return visit(from)
}

/** None for a row that cannot be read. */
const nestedOf = ({ catalogue }: NestedWorld, row: BlockRow): readonly NestedReference[] => {
  const type = catalogue.blocks.get(row.type)
  try {
    return type ? nestedIn(type, upgradeSettings(type, parseBlockRow(row))) : []
  } catch {
    return []
  }
}
