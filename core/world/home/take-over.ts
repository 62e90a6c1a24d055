import { setTimeout as wait } from 'node:timers/promises'
import { bornOf, hangs, heartbeat, isAlive, lastSign, readOwner, type OwnerRecord } from './owner.ts'
import { takeLock, type Lock } from './lock.ts'

export type Paths = { readonly lock: string; readonly owner: string }

/** No sign of life for long. A machine that just woke up looks so for a moment; `isStillHung` waits that out. */
export const looksHung = (paths: Paths): boolean => {
  const sign = lastSign(paths.owner)
  return sign !== null && Date.now() - sign > hangs
}

/** Ends an owner that hangs and takes its lock; null when it lives after all, or cannot be ended. */
export const takeFromHung = async (paths: Paths): Promise<Lock | null> => {
  const owner = readOwner(paths.owner)
  if (!owner || !(await isStillHung(paths, owner))) return null
  if (!isSameProcess(owner)) return null
  process.kill(owner.pid, 'SIGKILL')
  for (let attempt = 0; attempt < 50; attempt++) {
    const lock = takeLock(paths.lock)
    if (lock) return lock
    await wait(50)
  }
  return null
}

const isStillHung = async (paths: Paths, owner: OwnerRecord): Promise<boolean> => {
  const before = lastSign(paths.owner)
  await wait(2 * heartbeat)
  return looksHung(paths) && lastSign(paths.owner) === before && readOwner(paths.owner)?.token === owner.token
}

const isSameProcess = (owner: OwnerRecord): boolean =>
  isAlive(owner) && owner.pid !== process.pid && (owner.born === null || owner.born === bornOf(owner.pid))
