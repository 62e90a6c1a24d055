import type { BlockUses } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockRow } from '#core/model/store.ts'
import { blockReferencesIn } from '#core/services/runs/block-references.ts'
import type { BlocksWorld } from './blocks.ts'
import { findRow, referenceOf } from './find-block.ts'
import { parseBlockRow } from './stored-block.ts'

const none: BlockUses = { flows: [], blocks: [], runs: [] }

export const usesOfAll = async (world: BlocksWorld): Promise<Readonly<Record<string, BlockUses>>> => {
  const rows = await world.store.list()
  const references = rows.map(referenceOf)
  const flows = await world.flows.uses(references)
  const blocks = namedByBlocks(rows)
  const runs = world.flows.runs()
  const uses = references.map((reference): [string, BlockUses] => [
    reference,
    {
      flows: flows.get(reference) ?? none.flows,
      blocks: blocks.get(reference) ?? none.blocks,
      runs: runs.get(reference) ?? none.runs,
    },
  ])
  return Object.fromEntries(uses)
}

export const usesOf = async (world: BlocksWorld, text: string): Promise<BlockUses> => {
  const reference = referenceOf(await findRow(world, text))
  return (await usesOfAll(world))[reference] ?? none
}

/** By the reference that is named: the blocks that name it, other than itself. */
const namedByBlocks = (rows: readonly BlockRow[]): ReadonlyMap<string, BlockUses['blocks']> => {
  const uses = new Map<string, { reference: string; fields: string[] }[]>()
  for (const row of rows) {
    for (const [named, fields] of namedIn(row)) {
      const own = referenceOf(row)
      if (named !== own) uses.set(named, [...(uses.get(named) ?? []), { reference: own, fields }])
    }
  }
  return uses
}

const namedIn = (row: BlockRow): ReadonlyMap<string, string[]> => {
  const fields = new Map<string, string[]>()
  for (const [field, value] of Object.entries(settingsOf(row)))
    for (const reference of blockReferencesIn(value)) fields.set(reference, [...(fields.get(reference) ?? []), field])
  return fields
}

/** None of a row that cannot be read. */
const settingsOf = (row: BlockRow) => {
  try {
    return parseBlockRow(row).settings
  } catch {
    return {}
  }
}

/** Lists all that would miss the block. */
export const refuseUsed = async (world: BlocksWorld, row: BlockRow): Promise<void> => {
  const { flows, blocks, runs } = await usesOf(world, referenceOf(row))
  const lines = [
    ...flows.map(({ name, places }) => `the flow “${name}”${tasksIn(places)}`),
    ...blocks.map(({ reference, fields }) => `${reference} (${fields.join(', ')})`),
    ...runs.map(({ name }) => `the flow run “${name}”, which has not ended`),
  ]
  if (lines.length === 0) return
  const message = `${referenceOf(row)} is used and was not deleted. These name it:`
  const remedy = 'Name another block there first, or force it: then they fail where they need it.'
  throw new Refused({ code: 'conflict', message: [message, ...lines.map((line) => `  ${line}`), remedy].join('\n') })
}

const tasksIn = (places: BlockUses['flows'][number]['places']): string => {
  const names = [
    ...new Set(places.map(({ task, path }) => (task === null ? path.slice(0, 2).join('.') : `task ${task}`))),
  ]
  return names.length === 0 ? '' : ` (${names.join(', ')})`
}
