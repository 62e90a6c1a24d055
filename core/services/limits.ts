import type { Driver } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { TagLimit } from '#core/model/reports.ts'
import type { StateStore } from '#core/model/store.ts'
import type { LimitsService } from './services.ts'

export type LimitsWorld = {
  readonly driver: Pick<Driver, 'setLimit' | 'slots'>
  readonly store: Pick<StateStore, 'limits'>
}

const limitName = (tag: string): string => `tag:${tag}`

/** Limits on how many task runs with a tag run at once, in all flows of the home. */
export const createLimits = ({ driver, store }: LimitsWorld): LimitsService => {
  const withSlots = (row: { tag: string; limit: number }): TagLimit => ({ ...row, ...driver.slots(limitName(row.tag)) })
  const found = (tag: string): TagLimit => {
    const row = store.limits.list().find((limit) => limit.tag === tag)
    if (!row)
      throw new Refused({
        code: 'not-found',
        about: 'tag-limit',
        message: `The tag “${tag}” has no limit.`,
      })
    return withSlots(row)
  }
  for (const { tag, limit } of store.limits.list()) driver.setLimit(limitName(tag), limit)
  return {
    list: () => store.limits.list().map(withSlots),
    inspect: found,
    set: (tag, limit) => {
      store.limits.set({ tag, limit })
      driver.setLimit(limitName(tag), limit)
      return found(tag)
    },
    delete: (tag) => {
      found(tag)
      store.limits.delete(tag)
      driver.setLimit(limitName(tag), null)
    },
  }
}
