import { parseBlockReference } from '#core/model/block-reference.ts'
import { obfuscated, type Block, type LastTest, type TestStage } from '#core/model/block.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import { describeFields } from '#core/kinds/describe-fields.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { BlockRow, BlockTest } from '#core/model/store.ts'
import { z } from 'zod'
import type { BlocksWorld } from './blocks.ts'
import { factsOfCertificates } from './certificate-facts.ts'
import { findType, parsedSettings, referenceOf } from './find-block.ts'
import { neededSecrets } from './needed-secrets.ts'
import { nestedIn, nestedWorld, problemsOfNested } from './nested-blocks.ts'
import { parseBlockRow, upgradeSettings, type Settings, type StoredBlock } from './stored-block.ts'

/** A row for people, also one that cannot be used. */
export const describeBlock = async (world: BlocksWorld, row: BlockRow): Promise<Block> => {
  const { id, type, name, usedAt, createdAt, updatedAt } = row
  const lastTest = lastTestOf(await world.store.lastTest(id))
  const plain = { id, type, name, reference: referenceOf(row), lastTest, lastUsedAt: usedAt, createdAt, updatedAt }
  return { ...plain, ...(await contentOf(world, row)) }
}

const Stages: z.ZodType<readonly TestStage[]> = z.array(
  z.object({
    stage: z.string(),
    ok: z.boolean(),
    duration: z.number(),
    message: z.string(),
    remedy: z.string().exactOptional(),
    offer: z.object({ action: z.literal('create'), title: z.string() }).exactOptional(),
  }),
)

const lastTestOf = (last: BlockTest | null): LastTest | null => {
  if (!last) return null
  return { at: last.at, passed: last.passed, stages: Stages.safeParse(last.stages).data ?? [] }
}

type Content = Pick<Block, 'settings' | 'secrets' | 'facts' | 'problem'>

const contentOf = async (world: BlocksWorld, row: BlockRow): Promise<Content> => {
  let shown: Omit<Content, 'problem'> = { settings: {}, secrets: {}, facts: {} }
  try {
    const block = parseBlockRow(row)
    const set: Block['secrets'] = Object.fromEntries(Object.keys(block.secrets).map((field) => [field, obfuscated]))
    shown = { settings: block.settings, secrets: set, facts: block.facts }
    const type = findType(world, row.type)
    const unset = Object.fromEntries(Object.keys(type.secrets).map((field) => [field, null]))
    const upgraded = upgradeSettings(type, block)
    const facts = { ...block.facts, ...factsOfCertificates(type, upgraded, world.now()) }
    shown = { settings: upgraded, secrets: { ...unset, ...set }, facts }
    const settings = await usableSettings(world, block)
    const own = problemOfSecrets(type, block, settings) ?? problemOfExpiry(type, facts, world.now())
    return { ...shown, problem: own ?? (await problemWithin(world, type, settings)) }
  } catch (error) {
    return { ...shown, problem: failureOf(error).message }
  }
}

/** The settings as they are used; refused where they, or the blocks they name, do not do. */
export const usableSettings = async (world: BlocksWorld, block: StoredBlock): Promise<Record<string, JsonValue>> => {
  const type = findType(world, block.type)
  const settings = parsedSettings(type, block)
  const [problem] = await problemsOfNested(nestedWorld(world), { type, name: block.name, settings })
  if (!problem) return settings
  const message = `${referenceOf(block)} cannot be used. ${problem.message}`
  throw new Refused({ code: problem.missing ? 'not-found' : 'invalid', message })
}

const problemOfSecrets = (type: BlockType, block: StoredBlock, settings: Settings): string | null => {
  const unset = neededSecrets(type, settings).filter((field) => !Object.hasOwn(block.secrets, field))
  if (unset.length === 0) return null
  return `${unset.map((field) => type.secrets[field]?.title ?? field).join(' and ')} must still be set.`
}

const titleOf = (type: BlockType, field: string): string =>
  type.secrets[field]?.title ?? describeFields(type.config).find(({ name }) => name === field)?.title ?? field

const problemOfExpiry = (type: BlockType, facts: Block['facts'], now: number): string | null => {
  for (const [field, { expiresAt }] of Object.entries(facts)) {
    if (expiresAt === null || expiresAt > now) continue
    const day = new Date(expiresAt).toISOString().slice(0, 10)
    return `${titleOf(type, field)} expired on ${day}. Replace it.`
  }
  return null
}

/** What is wrong with a block that this one names. */
const problemWithin = async (world: BlocksWorld, type: BlockType, settings: Settings): Promise<string | null> => {
  for (const { text } of nestedIn(type, settings)) {
    const reference = parseBlockReference(text)
    const row = reference && (await world.store.find(reference.type, reference.name))
    const problem = row ? (await contentOf(world, row)).problem : null
    if (problem !== null) return `${text}, which it names, cannot be used: ${problem}`
  }
  return null
}
