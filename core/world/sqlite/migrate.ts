import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { Database } from './database.ts'
import { guarded } from './refusal.ts'

export type Migration = { readonly number: number; readonly sql: string }

const pattern = /^(\d{4})-.+\.sql$/

/** Numbered from 1 without gaps: `0001-beginning.sql`. */
export const readMigrations = (folder: string): readonly Migration[] => {
  const migrations = readdirSync(folder)
    .filter((file) => pattern.test(file))
    .toSorted()
    .map((file) => ({ number: Number(pattern.exec(file)?.[1]), sql: readFileSync(join(folder, file), 'utf8') }))
  const misplaced = migrations.find(({ number }, index) => number !== index + 1)
  if (misplaced) throw new Error(`Migration ${misplaced.number} in ${folder} is out of order`)
  if (migrations.length === 0) throw new Error(`There are no migrations in ${folder}`)
  return migrations
}

export const versionOf = (database: Database): number => Number(database.pragma('user_version', { simple: true }))

/** Brings a database up to date in one transaction. One that holds something is backed up first. */
export const migrate = (database: Database, migrations: readonly Migration[], backups: string | null): void =>
  guarded(database.name, () => {
    const version = versionOf(database)
    const missing = migrations.filter(({ number }) => number > version)
    if (missing.length === 0) return
    if (version > 0 && backups !== null) backUp(database, version, backups)
    database
      .transaction(() => {
        for (const { number, sql } of missing) {
          database.exec(sql)
          database.pragma(`user_version = ${number}`)
        }
      })
      .immediate()
    // The version must stand in the file itself: it is read there before anything is opened.
    database.pragma('wal_checkpoint(truncate)')
  })

const backUp = (database: Database, version: number, folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = backupPath(database.name, version, folder)
  const unfinished = `${path}.part`
  rmSync(unfinished, { force: true })
  database.prepare('vacuum into ?').run(unfinished)
  const file = openSync(unfinished, 'r+')
  fsyncSync(file)
  closeSync(file)
  renameSync(unfinished, path)
}

/** One for each version that was left behind. */
const backupPath = (database: string, version: number, folder: string): string =>
  join(folder, `${basename(database, '.db')}-version-${version}.db`)

/** The newest backup of a database, or null. */
export const newestBackup = (database: string, folder: string): string | null => {
  if (!existsSync(folder)) return null
  const name = new RegExp(`^${basename(database, '.db')}-version-(\\d+)\\.db$`)
  const versions = readdirSync(folder).map((file) => Number(name.exec(file)?.[1] ?? 0))
  const newest = Math.max(0, ...versions)
  return newest === 0 ? null : backupPath(database, newest, folder)
}
