import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import { parseBlockReference, type BlockReference } from '#core/model/block-reference.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { reportAt, type Place } from './finding.ts'
import { inWords } from './readers.ts'

export type BlockChecks = {
  readonly catalogue: Catalogue
  readonly blockExists?: ((reference: BlockReference) => boolean) | undefined
}

/** `accepts` lists capabilities or block types; empty means any. */
export const isAccepted = (type: BlockType, accepts: readonly string[]): boolean =>
  accepts.length === 0 ||
  accepts.includes(type.type) ||
  type.capabilities.some((capability) => accepts.includes(capability))

export type BlockUse = { readonly text: string; readonly accepts: readonly string[]; readonly place: Place }

const unknownType = (type: string, { place }: BlockUse, catalogue: Catalogue): null => {
  const remedy = () => didYouMean(type, catalogue.blocks.keys())
  reportAt(place, { code: 'unknown-block-type', message: `There is no block type “${type}”.`, remedy })
  return null
}

const findType = (use: BlockUse, catalogue: Catalogue): { reference: BlockReference; type: BlockType } | null => {
  const reference = parseBlockReference(use.text)
  if (reference === null) {
    const message = `${inWords(use.text)} names no block.`
    const remedy = 'Write block:type/name, for example block:duckdb/warehouse.'
    reportAt(use.place, { code: 'bad-block', message, remedy })
    return null
  }
  const type = catalogue.blocks.get(reference.type)
  return type === undefined ? unknownType(reference.type, use, catalogue) : { reference, type }
}

const checkExists = (reference: BlockReference, { place }: BlockUse, { blockExists }: BlockChecks): void => {
  if (blockExists === undefined || blockExists(reference)) return
  const { type, name } = reference
  const message = `There is no block “${name}” of type ${type}.`
  reportAt(place, { code: 'unknown-block', message, remedy: `Create it: millrace block create ${type} ${name}` })
}

/** A block for use as a whole, as in `storage: block:local-file-system/lake`. */
export const checkBlock = (use: BlockUse, checks: BlockChecks): void => {
  const found = findType(use, checks.catalogue)
  if (found === null) return
  const { reference, type } = found
  if (reference.field !== null) {
    const remedy = `Write it without “#${reference.field}”.`
    reportAt(use.place, { code: 'bad-block', message: 'A whole block is needed here, not one field of it.', remedy })
  } else if (!isAccepted(type, use.accepts)) {
    const fitting = [...checks.catalogue.blocks.values()].filter((other) => isAccepted(other, use.accepts))
    const message = `A block of type ${type.type} does not fit here; this takes ${use.accepts.join(' or ')}.`
    const remedy = `Choose a block of type ${fitting.map((other) => other.type).join(' or ') || use.accepts.join(' or ')}.`
    reportAt(use.place, { code: 'wrong-block', message, remedy })
  } else checkExists(reference, use, checks)
}

/** One secret: `block:secret/x` where the type has only one, else `block:type/name#field`. */
export const checkSecret = (use: Omit<BlockUse, 'accepts'>, checks: BlockChecks): void => {
  const found = findType({ ...use, accepts: [] }, checks.catalogue)
  if (found === null) return
  const { reference, type } = found
  const secrets = Object.keys(type.secrets)
  if (secrets.length === 0) {
    const message = `A block of type ${type.type} holds no secret.`
    reportAt(use.place, {
      code: 'wrong-block',
      message,
      remedy: 'Name a block of type secret, or a secret field of another.',
    })
  } else if (reference.field === null && secrets.length > 1) {
    const message = `A block of type ${type.type} has several secrets.`
    reportAt(use.place, { code: 'bad-block', message, remedy: `Say which: ${use.text}#${secrets[0]}.` })
  } else if (reference.field !== null && !secrets.includes(reference.field)) {
    const { field } = reference
    const message = `A block of type ${type.type} has no secret “${field}”.`
    reportAt(use.place, { code: 'bad-block', message, remedy: () => didYouMean(field, secrets) })
  } else checkExists(reference, { ...use, accepts: [] }, checks)
}
