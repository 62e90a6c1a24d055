import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { Refused } from '#core/model/failure.ts'
import { guarded, refusalOf } from './refusal.ts'

/**
 * Makes what was committed survive a power cut: the write-ahead log is synced by ourselves, which lets the engine go on
 * meanwhile. SQLite (`synchronous = normal`) syncs it only before a checkpoint, and keeps the order of commits.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export type WalSync = {
  /** All commits before it survive when it returns. */
  now(): void
  /** All commits before it survive once it resolves. */
  soon(): Promise<void>
  /** Throws when a sync has failed: what a disk has refused once it may tell to have taken the next time. */
  check(): void
  close(): void
}

/** In a thread of Node's own. */
const syncInThread = promisify(fdatasync)

/** `path`: of the log, which is there once the database has been written; null for a database in memory. */
export const openWalSync = (path: string | null): WalSync => {
  if (path === null) return { now: () => {}, soon: async () => {}, check: () => {}, close: () => {} }
  // Windows syncs only what is open for writing.
  const file = guarded(path, () => openSync(path, 'r+'))
  let broken: Refused | null = null
  let underWay = 0
  let closing = false
  const release = () => {
    if (closing && underWay === 0) closeSync(file)
  }
  const fail = (error: unknown): never => {
    broken = new Refused(
      {
        code: 'unavailable',
        message: `The disk did not keep what was written to ${path}. Check the disk, then start Millrace again: what had been stored before is there.`,
      },
      { cause: refusalOf(error, path) },
    )
    throw broken
  }
  return {
    now: () => {
      try {
        fdatasyncSync(file)
      } catch (error) {
        fail(error)
      }
    },
    soon: async () => {
      underWay += 1
      try {
        await syncInThread(file)
      } catch (error) {
        fail(error)
      } finally {
        underWay -= 1
        release()
      }
    },
    check: () => {
      if (broken) throw broken
    },
    close: () => {
      closing = true
      release()
    },
  }
}
