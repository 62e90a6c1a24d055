import type { Driver } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { TagLimit } from '#core/model/reports.ts'
import { stateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { LimitsService } from './services.ts'

export type LimitsWorld = {
  readonly driver: Pick<Driver, 'setLimit' | 'active' | 'view'>
  readonly store: Pick<StateStore, 'limits' | 'document'>
}

const limitName = (tag: string): string => `tag:${tag}`

/** Limits on how many task runs with a tag run at once, in all flows of the home. */
export const createLimits = ({ driver, store }: LimitsWorld): LimitsService => {
  const found = (tag: string): TagLimit => {
    const row = store.limits.list().find((limit) => limit.tag === tag)
    if (!row)
      throw new Refused({
        code: 'not-found',
        message: `The tag “${tag}” has no limit. See millrace concurrency-limit ls.`,
      })
    return { ...row, ...whoHolds({ driver, store }, tag) }
  }
  for (const { tag, limit } of store.limits.list()) driver.setLimit(limitName(tag), limit)
  return {
    list: () => store.limits.list().map((row) => ({ ...row, ...whoHolds({ driver, store }, row.tag) })),
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

const whoHolds = ({ driver, store }: LimitsWorld, tag: string): Pick<TagLimit, 'holders' | 'waiters'> => {
  const holders: string[] = []
  const waiters: string[] = []
  for (const id of driver.active()) {
    const view = driver.view(id)
    if (!view) continue
    const tasks = store.document(view.flowRun.document)?.document.tasks ?? []
    const tagged = new Set(tasks.filter(({ tags }) => tags.includes(tag)).map((task) => task.id))
    for (const run of view.taskRuns) {
      if (!tagged.has(run.task)) continue
      if (stateType(run.state) === 'RUNNING') holders.push(`${id}/${run.key}`)
      else if (run.waiting !== null) waiters.push(`${id}/${run.key}`)
    }
  }
  return { holders, waiters }
}
