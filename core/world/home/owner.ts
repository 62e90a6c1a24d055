import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/** The owner's file says who holds the lock; its time of change is the owner's sign of life. */
const ownerFile = z.object({
  pid: z.int().positive(),
  version: z.string(),
  since: z.int(),
  token: z.int(),
  /** When the process began, by its operating system; tells it from another one that got the same pid. Null: not known. */
  born: z.string().nullable(),
})

export type OwnerRecord = z.infer<typeof ownerFile>

export const heartbeat = 1000
/** Without a sign of life for so long an owner hangs; milliseconds. */
export const hangs = 10_000

export const writeOwner = (path: string, owner: OwnerRecord): void => {
  const unfinished = `${path}.part`
  writeFileSync(unfinished, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
  renameSync(unfinished, path)
}

/** Null when there is none, or it cannot be read. */
export const readOwner = (path: string): OwnerRecord | null => {
  try {
    return ownerFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

export const lastSign = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null

/** Only the time changes, so that a full disk does not make an owner look dead. */
export const giveSign = (path: string, now: number): void => {
  try {
    utimesSync(path, now / 1000, now / 1000)
  } catch {
    // The sign is for others; without the file they see a lock that is held and nobody's name.
  }
}

export const removeOwner = (path: string): void => rmSync(path, { force: true })

/** Field 22 of /proc/PID/stat; the name before it, in brackets, may hold spaces. */
export const bornOf = (pid: number): string | null => {
  if (process.platform !== 'linux') return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

export const isAlive = ({ pid, born }: OwnerRecord): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return born === null || process.platform !== 'linux' || bornOf(pid) === born
}
