import type { BlocksWorld } from './blocks.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { BlockChange, BlockRename, BlockRow } from '#core/model/store.ts'
import { problemOfName, refuseProblems } from './check-block.ts'
import { findBlock, referenceOf } from './find-block.ts'
import { blockRowOf, parseBlockRow, type StoredBlock } from './stored-block.ts'
import { nextRevision, refuseTaken } from './write-block.ts'

type Renamed = {
  readonly block: StoredBlock
  readonly flows: readonly string[]
  readonly blocks: readonly string[]
}

/**
 * Whether all flows can follow is found out first. Then the block, and those that name it, change in one transaction
 * together with a note of the rename; then the flows, one by one; then the note is struck off. After a crash between them
 * `followRenames` goes on by the note.
 */
export const renameBlock = async (world: BlocksWorld, text: string, name: string): Promise<Renamed> => {
  const before = await findBlock(world, text)
  if (name === before.name) return { block: before, flows: [], blocks: [] }
  const after = { ...nextRevision(world, before), name }
  const problem = problemOfName(name)
  refuseProblems(referenceOf(after), problem === null ? [] : [problem])
  await refuseTaken(world, after)
  refuseRunning(world, referenceOf(before))
  const rename: BlockRename = { type: before.type, from: before.name, to: name }
  const plan = await world.flows.planRename(rename)
  const others = await othersAfter(world, rename)
  const block = { ...after, settings: renamedSettings(after.settings, rename) }
  await world.store.commit({ put: blockRowOf(block), renamed: rename }, ...others.map((put): BlockChange => ({ put })))
  try {
    await plan.follow()
  } catch (error) {
    throw notFollowed(block, error)
  }
  await world.store.commit({ followed: rename })
  return { block, flows: plan.flows, blocks: others.map(referenceOf) }
}

/** At the start: ends what a crash, or a file that could not be written, left of renames. */
export const followRenames = async (world: BlocksWorld): Promise<void> => {
  for (const rename of await world.store.pendingRenames()) {
    // The old name means another block by now.
    const isTaken = (await world.store.find(rename.type, rename.from)) !== undefined
    try {
      if (!isTaken) await (await world.flows.planRename(rename)).follow()
      await world.store.commit({ followed: rename })
    } catch {
      // It stays for the next start; until then the flow says which block it misses.
    }
  }
}

const refuseRunning = (world: BlocksWorld, reference: string): void => {
  const runs = world.flows.runs().get(reference) ?? []
  if (runs.length === 0) return
  const names = runs.map((run) => `“${run.name}”`).join(', ')
  const message = `${reference} was not renamed: flow runs that have not ended name it (${names}). Wait for them, or cancel them.`
  throw new Refused({ code: 'conflict', message, retryable: true })
}

const notFollowed = (block: StoredBlock, error: unknown): Refused =>
  new Refused(
    {
      code: 'unavailable',
      message: `The block is now ${referenceOf(block)}, but not every flow that names it could be changed: ${failureOf(error).message} The others follow at the next start of Millrace.`,
    },
    { cause: error },
  )

/** The other blocks whose settings name it, as they are afterwards. */
const othersAfter = async (world: BlocksWorld, rename: BlockRename): Promise<readonly BlockRow[]> => {
  const own = referenceOf({ type: rename.type, name: rename.from })
  const rows = (await world.store.list()).filter((row) => referenceOf(row) !== own)
  return rows.flatMap((row) => {
    const block = readable(row)
    if (!block) return []
    const settings = renamedSettings(block.settings, rename)
    const isSame = JSON.stringify(settings) === JSON.stringify(block.settings)
    return isSame ? [] : [blockRowOf({ ...nextRevision(world, block), settings })]
  })
}

const readable = (row: BlockRow): StoredBlock | null => {
  try {
    return parseBlockRow(row)
  } catch {
    return null
  }
}

const renamedSettings = (settings: StoredBlock['settings'], rename: BlockRename): StoredBlock['settings'] =>
  Object.fromEntries(Object.entries(settings).map(([field, value]) => [field, renamedIn(value, rename)]))

const renamedIn = (value: JsonValue, rename: BlockRename): JsonValue => {
  if (typeof value === 'string') {
    const reference = value.startsWith('block:') ? parseBlockReference(value) : null
    if (reference?.type !== rename.type || reference.name !== rename.from) return value
    return referenceOf({ type: rename.type, name: rename.to }) + (reference.field === null ? '' : `#${reference.field}`)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => renamedIn(item, rename))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, JsonValue]) => [key, renamedIn(item, rename)]),
  )
}
