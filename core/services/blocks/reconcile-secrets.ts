import { Refused } from '#core/model/failure.ts'
import type { BlockRow } from '#core/model/store.ts'
import { formatSecretName, parseSecretName, type SecretName } from '#core/model/secrets.ts'
import type { BlocksWorld } from './blocks.ts'
import { parseBlockRow, type StoredBlock } from './stored-block.ts'

/** Ends what a crash left between the steps of a change: secrets no block uses are deleted, names in use are struck off. */
export const reconcileSecrets = async (world: BlocksWorld): Promise<{ removed: number; left: number }> => {
  const pending = await world.store.pending()
  if (pending.length === 0) return { removed: 0, left: 0 }
  const isUsed = await namesInUse(world)
  const names = pending.map((text) => ({ text, name: parseSecretName(text) }))
  const settled = names.filter(({ name }) => name === null || isUsed(name)).map(({ text }) => text)
  const orphans = names.flatMap(({ name }) => (name === null || isUsed(name) ? [] : name))
  const removed = await removeAll(world, orphans)
  await world.store.commit({ settled: [...settled, ...removed.map(formatSecretName)] })
  return { removed: removed.length, left: orphans.length - removed.length }
}

const namesInUse = async (world: BlocksWorld): Promise<(name: SecretName) => boolean> => {
  const rows = await world.store.list()
  const blocks = new Map(rows.map((row) => [row.id, versionsOf(row)]))
  return ({ home, block, field, version }) => {
    if (home !== world.home.id || !blocks.has(block)) return false
    const versions = blocks.get(block)
    return versions ? versions[field] === version : true
  }
}

/** Null for a row that cannot be read: then nothing of its block is taken for an orphan. */
const versionsOf = (row: BlockRow): StoredBlock['secrets'] | null => {
  try {
    return parseBlockRow(row).secrets
  } catch {
    return null
  }
}

const removeAll = async (world: BlocksWorld, names: readonly SecretName[]): Promise<readonly SecretName[]> => {
  const removed: SecretName[] = []
  if (names.length === 0 || (await world.secrets.status()).state !== 'ready') return removed
  for (const name of names) {
    try {
      await world.secrets.delete(name)
      removed.push(name)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
  }
  return removed
}
