import { lstat, readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessExcess, ProcessLimits } from '#core/kinds/task-context.ts'
import { processTable } from './process-table.ts'
import { findKin, type Kin } from './process-tree.ts'

/** Looks at what processes use until it is told to end, and says once when it is too much. */
export type LimitWatch = {
  /** Resolves to the excess, also one that only a last look at the disk shows. */
  end(): Promise<ProcessExcess | null>
}

/** What is there before the processes start does not count. */
export const prepareLimitWatch = async (limits: ProcessLimits): Promise<(watched: Watched) => LimitWatch> => {
  const disk = await diskLimit(limits)
  return (watched) => startWatch({ disk, memory: limits.memory }, watched)
}

export type Watched = { readonly kin: Kin; over(): void }

type DiskLimit = {
  readonly folders: readonly string[]
  readonly before: number
  readonly limit: number
  readonly lowered: boolean
}

/** Milliseconds between two looks, or more where looking itself takes long. */
const interval = 200
const shareOfTime = 10

/** What a disk keeps free whatever the limit says, so that the engine and others go on; half of it when it has little. */
const reserve = 10 ** 9

const diskLimit = async ({ disk, folders }: ProcessLimits): Promise<DiskLimit | null> => {
  if (disk === null || folders.length === 0) return null
  const { bavail, bsize } = await statfs(folders[0] ?? '')
  const free = bavail * bsize
  const room = Math.max(free - reserve, free / 2)
  return { folders, before: await sizeOf(folders), limit: Math.min(disk, room), lowered: room < disk }
}

const startWatch = (limits: { disk: DiskLimit | null; memory: number | null }, { kin, over }: Watched): LimitWatch => {
  const ended = new AbortController()
  let excess: ProcessExcess | null = null
  const look = async (): Promise<void> => {
    excess ??= memoryExcess(limits.memory, kin) ?? (await diskExcess(limits.disk))
  }
  const watch = async (): Promise<void> => {
    let pause = interval
    while (await waited(pause, ended.signal)) {
      const startedAt = performance.now()
      await look()
      if (excess) return over()
      pause = Math.max(interval, shareOfTime * (performance.now() - startedAt))
    }
  }
  const watching = limits.disk === null && limits.memory === null ? Promise.resolve() : watch()
  let ending: Promise<ProcessExcess | null> | null = null
  const end = async () => {
    ended.abort()
    await watching
    return (excess ??= await diskExcess(limits.disk))
  }
  return { end: () => (ending ??= end()) }
}

/** False when it was ended meanwhile. */
const waited = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  sleep(milliseconds, true, { signal }).catch(() => false)

const memoryExcess = (limit: number | null, kin: Kin): ProcessExcess | null => {
  if (limit === null) return null
  const rows = processTable()
  const found = new Set(findKin(kin, rows))
  const used = rows.reduce((sum, { pid, resident }) => sum + (found.has(pid) ? resident : 0), 0)
  return used > limit ? { of: 'memory', used, limit } : null
}

const diskExcess = async (disk: DiskLimit | null): Promise<ProcessExcess | null> => {
  if (disk === null) return null
  const { folders, before, limit, lowered } = disk
  const used = (await sizeOf(folders)) - before
  return used > limit ? { of: 'disk', used, limit, lowered } : null
}

/** So many files are looked at together. */
const batch = 64
/** The least that a file counts: with its name and all that, no file is free. */
const leastFile = 4096
const blockSize = 512

/** Bytes that the disk gives to all below these folders: a sparse file counts its blocks, and links are not followed. */
const sizeOf = async (folders: readonly string[]): Promise<number> => {
  let size = 0
  const unseen = [...folders]
  for (let folder = unseen.pop(); folder !== undefined; folder = unseen.pop()) {
    // What is gone meanwhile counts nothing.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const files: string[] = []
    for (const entry of entries) (entry.isDirectory() ? unseen : files).push(join(folder, entry.name))
    for (let at = 0; at < files.length; at += batch) {
      const sizes = await Promise.all(files.slice(at, at + batch).map(sizeOfFile))
      size += sizes.reduce((sum, one) => sum + one, 0)
    }
  }
  return size
}

const sizeOfFile = (path: string): Promise<number> =>
  lstat(path).then(
    ({ blocks }) => Math.max(leastFile, blocks * blockSize),
    () => 0,
  )
