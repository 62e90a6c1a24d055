import Sqlite from 'better-sqlite3'
import { chmodSync } from 'node:fs'
import { refusalOf } from '#core/world/sqlite/refusal.ts'

/**
 * A lock the operating system frees when the process dies, on every platform: an exclusive SQLite transaction on an empty
 * file, held for life. Nothing else in the process may open the file: closing it would free the lock.
 */
export type Lock = { release(): void }

/** Null when another process (or this one) holds it. */
export const takeLock = (path: string): Lock | null => {
  let file: Sqlite.Database | null = null
  try {
    // Two that come at the same moment may meet in the middle: the one that came first waits for the other to give up.
    file = new Sqlite(path, { timeout: 100 })
    file.exec('begin exclusive')
    chmodSync(path, 0o600)
    const held = file
    return { release: () => held.close() }
  } catch (error) {
    file?.close()
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw refusalOf(error, path)
  }
}
