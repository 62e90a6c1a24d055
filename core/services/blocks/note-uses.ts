import type { BlocksWorld } from './blocks.ts'
import type { StoredBlock } from './stored-block.ts'

const minute = 60_000

/** Notes that a run uses a block: written at most once a minute for each, since runs ask again and again. */
export const noteUses = ({ store, now }: Pick<BlocksWorld, 'store' | 'now'>) => {
  const noted = new Map<string, number>()
  return ({ id, usedAt }: StoredBlock): void => {
    const at = now()
    const last = Math.max(noted.get(id) ?? 0, usedAt ?? 0)
    if (at - last < minute && at >= last) return
    noted.set(id, at)
    // Without room on the disk the run matters more than this.
    void store.recordUse(id, at).catch(() => undefined)
  }
}
