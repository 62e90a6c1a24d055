import type { BlockType } from '#core/kinds/block-type.ts'
import { coerceTexts } from '#core/kinds/coerce-texts.ts'
import type { BlockEdit, NewBlock } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockRow } from '#core/model/store.ts'
import { formatSecretName, type SecretName } from '#core/model/secrets.ts'
import type { BlocksWorld } from './blocks.ts'
import { problemOfName, problemsOfSecrets, problemsOfSettings, refuseProblems } from './check-block.ts'
import { refuseUsed } from './block-uses.ts'
import { findBlock, findRow, findType, referenceOf } from './find-block.ts'
import { nestedWorld, problemsOfNested } from './nested-blocks.ts'
import { readSecretOf } from './read-secret.ts'
import { factsOf, sayNothing } from './secret-facts.ts'
import {
  blockRowOf,
  parseBlockRow,
  secretNames,
  upgradeSettings,
  type Settings,
  type StoredBlock,
} from './stored-block.ts'

/**
 * Changes of blocks. A secret is written in three steps, each durable: its name is recorded as pending, the value goes to
 * the place for secrets, the block that uses it is committed. After a crash between them `reconcile` finds by the pending
 * names what no block uses. The value a block used before is taken away only after the commit.
 */
export const createBlock = async (world: BlocksWorld, block: NewBlock): Promise<StoredBlock> => {
  const created = newBlock(world, block)
  await refuseNested(world, created)
  await refuseTaken(world, block)
  return commit(world, created, block.secrets ?? {})
}

/** Checked, and without its secrets. */
export const newBlock = (world: BlocksWorld, block: NewBlock): StoredBlock => {
  const type = findType(world, block.type)
  const settings = mergeSettings(type, block.settings, block.texts ?? {})
  refuseProblems(referenceOf(block), [
    ...problemsOfName(block.name),
    ...problemsOfSettings(type, settings),
    ...problemsOfSecrets(type, block.secrets ?? {}, block.allowShort ?? false),
  ])
  const at = world.now()
  const plain = { id: world.newId(), type: block.type, name: block.name, version: type.version, revision: 1 }
  return { ...plain, settings, secrets: {}, facts: {}, usedAt: null, createdAt: at, updatedAt: at }
}

export const editBlock = async (world: BlocksWorld, text: string, edit: BlockEdit): Promise<StoredBlock> => {
  const before = await findBlock(world, text)
  const type = findType(world, before.type)
  const merged = { ...upgradeSettings(type, before), ...mergeSettings(type, edit.settings ?? {}, edit.texts ?? {}) }
  const unset = new Set(edit.unset)
  const settings = Object.fromEntries(Object.entries(merged).filter(([field]) => !unset.has(field)))
  const secrets = edit.secrets ?? {}
  refuseProblems(referenceOf(before), [
    ...problemsOfSettings(type, settings),
    ...problemsOfSecrets(type, secrets, edit.allowShort ?? false),
  ])
  await refuseNested(world, { ...before, settings })
  return commit(world, { ...nextRevision(world, before), version: type.version, settings }, secrets)
}

const refuseNested = async (world: BlocksWorld, block: StoredBlock): Promise<void> => {
  const holder = { type: findType(world, block.type), name: block.name, settings: block.settings }
  const problems = await problemsOfNested(nestedWorld(world), holder)
  refuseProblems(
    referenceOf(block),
    problems.map(({ message }) => message),
  )
}

export const duplicateBlock = async (world: BlocksWorld, text: string, name: string): Promise<StoredBlock> => {
  const source = await findBlock(world, text)
  const at = world.now()
  const copy = { ...source, id: world.newId(), name, revision: 1, usedAt: null, createdAt: at, updatedAt: at }
  refuseProblems(referenceOf(copy), problemsOfName(name))
  await refuseTaken(world, copy)
  const values: Record<string, string> = {}
  for (const field of Object.keys(source.secrets)) values[field] = await readSecretOf(world, source, field)
  return commit(world, { ...copy, secrets: {}, facts: {} }, values)
}

/** Refuses while anything names it, unless forced. */
export const deleteBlock = async (world: BlocksWorld, text: string, force: boolean): Promise<void> => {
  const row = await findRow(world, text)
  if (!force) await refuseUsed(world, row)
  const names = namesOf(world, row)
  await world.store.commit({ remove: row.id, pending: names.map(formatSecretName) })
  await forget(world, names)
}

/** None for a row that cannot be read: it can still be deleted, but nobody knows its secrets any more. */
const namesOf = (world: BlocksWorld, row: BlockRow): readonly SecretName[] => {
  try {
    return secretNames(world.home.id, parseBlockRow(row))
  } catch {
    return []
  }
}

const problemsOfName = (name: string): readonly string[] => {
  const problem = problemOfName(name)
  return problem === null ? [] : [problem]
}

const mergeSettings = (type: BlockType, settings: Settings, texts: Readonly<Record<string, string>>): Settings => ({
  ...settings,
  ...coerceTexts(type.config, texts),
})

export const nextRevision = (world: BlocksWorld, block: StoredBlock): StoredBlock => ({
  ...block,
  revision: block.revision + 1,
  updatedAt: world.now(),
})

export const refuseTaken = async (world: BlocksWorld, block: { type: string; name: string }): Promise<void> => {
  if (!(await world.store.find(block.type, block.name))) return
  const message = `${referenceOf(block)} exists already. Choose another name, or edit it.`
  throw new Refused({ code: 'conflict', message })
}

/** `block` holds the secrets it had; `changes` sets new ones, or clears them with null. */
const commit = async (
  world: BlocksWorld,
  block: StoredBlock,
  changes: Readonly<Record<string, string | null>>,
): Promise<StoredBlock> => {
  const kept = Object.entries(block.secrets).filter(([field]) => !Object.hasOwn(changes, field))
  const values = Object.entries(changes).filter((change): change is [string, string] => change[1] !== null)
  const set = values.map(([field]) => [field, block.revision] as const)
  const after = { ...block, secrets: Object.fromEntries([...kept, ...set]), facts: factsAfter(world, block, changes) }
  const added = secretNames(world.home.id, { id: block.id, secrets: Object.fromEntries(set) })
  const replaced = Object.entries(block.secrets).filter(([field]) => Object.hasOwn(changes, field))
  const dropped = secretNames(world.home.id, { id: block.id, secrets: Object.fromEntries(replaced) })

  await writeSecrets(
    world,
    added,
    values.map(([, value]) => value),
  )
  try {
    const settled = added.map(formatSecretName)
    await world.store.commit({ put: blockRowOf(after), settled, pending: dropped.map(formatSecretName) })
  } catch (error) {
    await forget(world, added)
    throw error
  }
  await forget(world, dropped)
  return after
}

const factsAfter = (
  world: BlocksWorld,
  { type, facts }: StoredBlock,
  changes: Readonly<Record<string, string | null>>,
): StoredBlock['facts'] => {
  const kept = Object.entries(facts).filter(([field]) => !Object.hasOwn(changes, field))
  const found = Object.entries(changes).flatMap(([field, value]) => {
    if (value === null) return []
    const read = factsOf(findType(world, type), field, value)
    return sayNothing(read) ? [] : [[field, read] as const]
  })
  return Object.fromEntries([...kept, ...found])
}

const writeSecrets = async (
  world: BlocksWorld,
  names: readonly SecretName[],
  values: readonly string[],
): Promise<void> => {
  if (names.length === 0) return
  await refuseUnlessReady(world)
  await world.store.commit({ pending: names.map(formatSecretName) })
  try {
    for (const [index, name] of names.entries()) {
      const value = values[index] ?? ''
      world.masker.add(value)
      await world.secrets.set(name, value)
    }
  } catch (error) {
    await forget(world, names)
    throw error
  }
}

const refuseUnlessReady = async ({ secrets }: BlocksWorld): Promise<void> => {
  const { state, message } = await secrets.prepare()
  if (state !== 'ready') throw new Refused({ code: 'unavailable', message: `The secret was not saved. ${message}` })
}

/** What cannot be deleted now stays pending, and reconcile deletes it at the next start. */
const forget = async (world: BlocksWorld, names: readonly SecretName[]): Promise<void> => {
  if (names.length === 0) return
  try {
    for (const name of names) await world.secrets.delete(name)
    await world.store.commit({ settled: names.map(formatSecretName) })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
}
