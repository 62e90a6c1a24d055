import { Refused } from '#core/model/failure.ts'
import type { BlocksWorld } from './blocks.ts'
import { findBlock, findType, parseReference, referenceOf } from './find-block.ts'
import type { StoredBlock } from './stored-block.ts'

/** `block:type/name#field`; the field may be left out where the type has only one. */
export const readSecret = async (world: BlocksWorld, text: string): Promise<string> => {
  const { field } = parseReference(text)
  const block = await findBlock(world, text)
  return readSecretOf(world, block, field ?? onlyField(world, block))
}

const onlyField = (world: BlocksWorld, block: StoredBlock): string => {
  const fields = Object.keys(findType(world, block.type).secrets)
  const [field] = fields
  if (field !== undefined && fields.length === 1) return field
  const reference = referenceOf(block)
  const message =
    field === undefined
      ? `${reference} has no secret. Its settings are read in expressions: {{ blocks.${block.type}.${block.name}.… }}.`
      : `${reference} has several secrets. Write which: ${fields.map((each) => `${reference}#${each}`).join(', ')}.`
  throw new Refused({ code: 'invalid', message })
}

export const readSecretOf = async (world: BlocksWorld, block: StoredBlock, field: string): Promise<string> => {
  const version = block.secrets[field]
  if (version === undefined) throw unset(world, block, field)
  const value = await world.secrets.get({ home: world.home.id, block: block.id, field, version })
  if (value === null) {
    const message = `The secret “${field}” of ${referenceOf(block)} was set, but its place no longer has it.${remedy(block, field)}`
    throw new Refused({ code: 'not-found', message })
  }
  world.masker.add(value)
  return value
}

const unset = (world: BlocksWorld, block: StoredBlock, field: string): Refused => {
  const fields = Object.keys(findType(world, block.type).secrets)
  const known = fields.includes(field)
  const message = known
    ? `The secret “${field}” of ${referenceOf(block)} is not set.${remedy(block, field)}`
    : `${referenceOf(block)} has no secret “${field}”. It has: ${fields.join(', ') || 'none'}.`
  return new Refused({ code: known ? 'not-found' : 'invalid', message })
}

const remedy = ({ type, name }: StoredBlock, field: string): string =>
  ` Set it under Blocks, or pipe it in: … | millrace block edit ${/\s/.test(name) ? `"${type}/${name}"` : `${type}/${name}`} --stdin ${field}`
