import Sqlite from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import { guarded } from './refusal.ts'

export type Database = Sqlite.Database

export type Durability =
  /** A commit survives a power cut once the log has been synced, see wal-sync.ts. */
  | 'synced'
  /** A commit survives the death of the process; a power cut may take the last ones. */
  | 'normal'

/** `path` may be `:memory:`. */
export const openDatabase = (path: string, durability: Durability): Database =>
  guarded(path, () => {
    const database = new Sqlite(path, { timeout: 5000 })
    try {
      // Takes effect in a new database only; lets deleted logs give their space back.
      database.pragma('auto_vacuum = incremental')
      const mode = database.pragma('journal_mode = wal', { simple: true })
      if (mode !== 'wal' && path !== ':memory:') refuseWithoutLog(path)
      database.pragma('synchronous = normal')
      // On macOS a plain fsync leaves the data in the drive's cache.
      database.pragma(`fullfsync = ${durability === 'synced' ? 1 : 0}`)
      database.pragma('foreign_keys = on')
      database.pragma('temp_store = memory')
      database.pragma('journal_size_limit = 67108864')
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })

const refuseWithoutLog = (path: string): never => {
  throw new Refused({
    code: 'unavailable',
    message: `${path} is on a disk without shared memory (a network folder?). Choose a home on a local disk with --home DIR.`,
  })
}

/** The version of a database file without opening it, so that not a byte of it changes; 0 when it is none yet. */
export const databaseVersion = (header: Buffer): number =>
  header.length >= 64 && header.toString('latin1', 0, 16) === 'SQLite format 3\0' ? header.readUInt32BE(60) : 0
