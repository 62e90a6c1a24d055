import { closeSync, openSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import { openDatabase, type Database } from '#core/world/sqlite/database.ts'
import { migrate, newestBackup, readMigrations, type Migration } from '#core/world/sqlite/migrate.ts'
import { guarded, refusalOf } from '#core/world/sqlite/refusal.ts'

export type Migrations = { readonly state: readonly Migration[]; readonly logs: readonly Migration[] }

export type Databases = { readonly state: Database; readonly logs: Database; close(): void }

export const readAllMigrations = (folder: string): Migrations => ({
  state: readMigrations(join(folder, 'state')),
  logs: readMigrations(join(folder, 'logs')),
})

/** Opens both and brings them up to date; closes what it opened when it cannot. `dir` null: in memory. */
export const openDatabases = (dir: string | null, migrations: Migrations): Databases => {
  const state = openMigrated(dir, 'state', migrations.state)
  try {
    const logs = openMigrated(dir, 'logs', migrations.logs)
    return {
      state,
      logs,
      close: () => {
        logs.close()
        state.close()
      },
    }
  } catch (error) {
    state.close()
    throw error
  }
}

const openMigrated = (dir: string | null, name: 'state' | 'logs', migrations: readonly Migration[]): Database => {
  const path = dir === null ? ':memory:' : join(dir, `${name}.db`)
  const backups = dir === null ? null : join(dir, 'backups')
  let database: Database | null = null
  try {
    if (dir !== null) makePrivate(path)
    database = openDatabase(path, name === 'state' ? 'synced' : 'normal')
    migrate(database, migrations, backups)
    return database
  } catch (error) {
    database?.close()
    const refusal = refusalOf(error, path)
    if (!(refusal instanceof Refused) || refusal.failure.code !== 'data' || backups === null) throw refusal
    throw new Refused(
      { ...refusal.failure, message: `${refusal.message} ${remedy(name, path, backups)}` },
      { cause: error },
    )
  }
}

/** SQLite gives the files beside a database the same rights. */
const makePrivate = (path: string): void => guarded(path, () => closeSync(openSync(path, 'a', 0o600)))

const remedy = (name: 'state' | 'logs', path: string, backups: string): string => {
  const file = basename(path)
  const backup = newestBackup(path, backups)
  if (backup)
    return `There is a backup from before the last upgrade: ${backup}. Move ${file}, ${file}-wal and ${file}-shm away and copy it to ${path}.`
  if (name === 'logs')
    return `It holds only logs: move ${file}, ${file}-wal and ${file}-shm away, and all else goes on without them.`
  return `There is no backup of it. Move ${file}, ${file}-wal and ${file}-shm away to begin anew; the flows in the home stay.`
}
