import { z } from 'zod'
import { didYouMean } from '#core/model/did-you-mean.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import { describeFields } from '#core/kinds/describe-fields.ts'
import { parseBlockReference, type BlockReference } from '#core/model/block-reference.ts'
import type { BlockTypeSummary } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { BlockRow } from '#core/model/store.ts'
import type { BlocksWorld } from './blocks.ts'
import { problemsOfSettings } from './check-block.ts'
import { parseBlockRow, upgradeSettings, type StoredBlock } from './stored-block.ts'

export const parseReference = (text: string): BlockReference => {
  const reference = parseBlockReference(text.startsWith('block:') ? text : `block:${text}`)
  if (reference) return reference
  throw new Refused({
    code: 'invalid',
    message: `“${text}” does not name a block. Write block:type/name, for example block:secret/token.`,
  })
}

export const referenceOf = ({ type, name }: { type: string; name: string }): string => `block:${type}/${name}`

export const findType = ({ catalogue }: Pick<BlocksWorld, 'catalogue'>, type: string): BlockType => {
  const found = catalogue.blocks.get(type)
  if (found) return found
  const message = `There is no block type “${type}”. ${didYouMean(type, [...catalogue.blocks.keys()].toSorted())}`
  throw new Refused({ code: 'not-found', message })
}

/** People leave out the type of a block of which they have one. */
const refuseMereName = async ({ store }: BlocksWorld, text: string): Promise<void> => {
  if (text.includes('/')) return
  const named = (await store.list()).filter(({ name }) => name === text).map((row) => referenceOf(row).slice(6))
  if (named.length === 0) return
  const message = `“${text}” is the name of a block without its type. Write ${named.join(' or ')}.`
  throw new Refused({ code: 'invalid', message })
}

/** Also a row that cannot be read. */
export const findRow = async (world: BlocksWorld, text: string): Promise<BlockRow> => {
  await refuseMereName(world, text)
  const reference = parseReference(text)
  const row = await world.store.find(reference.type, reference.name)
  if (row) return row
  findType(world, reference.type)
  const names = (await world.store.list()).filter(({ type }) => type === reference.type).map(({ name }) => name)
  const message = `${referenceOf(reference)} does not exist. ${didYouMean(reference.name, names)}`
  throw new Refused({ code: 'not-found', message })
}

export const findBlock = async (world: BlocksWorld, text: string): Promise<StoredBlock> =>
  parseBlockRow(await findRow(world, text))

/** The settings as they are used: upgraded, checked, with defaults. */
export const parsedSettings = (type: BlockType, block: StoredBlock): Record<string, JsonValue> => {
  const settings = upgradeSettings(type, block)
  const [problem] = problemsOfSettings(type, settings)
  if (problem !== undefined) {
    throw new Refused({ code: 'invalid', message: `${referenceOf(block)} cannot be used. ${problem}` })
  }
  return z.record(z.string(), z.json()).parse(type.config.parse(settings))
}

export const describeType = (type: BlockType): BlockTypeSummary => {
  const { version, title, summary, icon, capabilities, secrets, examples, triesWriting = false } = type
  const settings = z.json().parse(z.toJSONSchema(type.config, { io: 'input' }))
  const fields = describeFields(type.config)
  const docs = (type.docs ?? '').trim()
  const described = { type: type.type, version, title, summary, icon, capabilities, docs, settings, fields }
  return { ...described, secrets, triesWriting, examples }
}
