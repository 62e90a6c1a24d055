import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { LogStore } from '#core/model/log-store.ts'
import type { StateStore } from '#core/model/store.ts'
import type { ConfigService } from './config.ts'
import { purge, undoTime } from './history.ts'
import { forgetUploads, type UploadsWorld } from './uploads.ts'

export type RetentionWorld = {
  readonly store: StateStore
  readonly logs: LogStore
  readonly home: string
  readonly config: Pick<ConfigService, 'retention'>
  openFiles: UploadsWorld['openFiles']
  now(): number
}

/** Where workers remember inferred column types. */
export const typesFolder = (home: string): string => path.join(home, 'types')

const hour = 3_600_000

/** Where it is remembered when the policy was last applied to the whole of it. */
const appliedKey = 'retention-applied-at'

/** Milliseconds after which an engine that ends leaves the rest to the next one. */
const longestEnd = 2000

/**
 * Gives up runs that the policy no longer keeps: shortly after the start, then every hour, and when the engine ends, since
 * most commands are shorter than that.
 */
export const keepWithinPolicy = (world: RetentionWorld): { stop(): Promise<void> } => {
  let last: Promise<void> = Promise.resolve()
  const apply = () => {
    last = last.then(() => giveUpOverdue(world)).catch(() => undefined)
  }
  const first = setTimeout(apply, 60_000).unref()
  const hourly = setInterval(apply, hour).unref()
  return {
    stop: async () => {
      clearTimeout(first)
      clearInterval(hourly)
      await last
      await giveUpAtTheEnd(world).catch(() => undefined)
    },
  }
}

/** When that was long ago, or when there is too much already: the results of the last minutes may be large. */
const giveUpAtTheEnd = async (world: RetentionWorld): Promise<void> => {
  const { store, config, now } = world
  const applied = Number(store.config.all()[appliedKey] ?? 0)
  if (now() - applied < hour && store.deletion.resultBytes() <= config.retention().bytes) return
  await giveUpOverdue(world, now() + longestEnd)
}

/** Also purges what was deleted before and not taken back. What is not done by `until` is due the next time. */
const giveUpOverdue = async (world: RetentionWorld, until = Infinity): Promise<void> => {
  const { store, config, now } = world
  const settled = now() - undoTime
  store.deletion.mark(store.deletion.overdue(config.retention(), now()), settled)
  if (!(await purge(world, store.deletion.due(settled), () => now() > until))) return
  await forgetUploads(world)
  await forgetOld(typesFolder(world.home), now() - config.retention().age)
  store.config.set(appliedKey, String(now()))
}

/** Column types that were inferred before a time; they are inferred again when a file is read again. */
const forgetOld = async (folder: string, before: number): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const file = path.join(folder, name)
    if ((await stat(file)).mtimeMs < before) await rm(file, { force: true })
  }
}
