import Sqlite from 'better-sqlite3'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { throwAwayFolder } from '#core/world/home/testing/throw-away.ts'
import { databaseVersion, openDatabase } from './database.ts'
import { migrate, newestBackup, readMigrations, versionOf } from './migrate.ts'

const first = { number: 1, sql: 'create table things (name text)' }
const second = { number: 2, sql: 'alter table things add column size integer; update things set size = 7' }
const broken = { number: 3, sql: 'insert into things values (null, 1); select nonsense' }

const openThings = () => {
  const folder = throwAwayFolder()
  const path = join(folder, 'state.db')
  const backups = join(folder, 'backups')
  const database = openDatabase(path, 'synced')
  migrate(database, [first], backups)
  database.exec("insert into things values ('one')")
  return { path, backups, database }
}

test('an upgrade copies what was there first, then takes all steps at once', () => {
  const { path, backups, database } = openThings()
  expect(existsSync(backups)).toBe(false)
  migrate(database, [first, second], backups)
  expect(database.prepare('select * from things').all()).toEqual([{ name: 'one', size: 7 }])
  expect(versionOf(database)).toBe(2)
  expect(databaseVersion(readFileSync(path))).toBe(2)
  database.close()
  const backup = new Sqlite(newestBackup(path, backups) ?? '', { readonly: true })
  expect(backup.prepare('select * from things').all()).toEqual([{ name: 'one' }])
  expect(versionOf(backup)).toBe(1)
  backup.close()
})

test('an upgrade that fails leaves everything as it was', () => {
  const { backups, database } = openThings()
  expect(() => migrate(database, [first, second, broken], backups)).toThrow('nonsense')
  expect(versionOf(database)).toBe(1)
  expect(database.prepare('select * from things').all()).toEqual([{ name: 'one' }])
  migrate(database, [first, second], backups)
  expect(versionOf(database)).toBe(2)
  database.close()
})

test('nothing is done, and nothing copied, when all is up to date', () => {
  const { backups, database } = openThings()
  migrate(database, [first], backups)
  expect(existsSync(backups)).toBe(false)
  database.close()
})

test('the migrations that ship are numbered without gaps; a folder that is not so is a bug', () => {
  expect(readMigrations(join(migrations, 'state')).length).toBeGreaterThan(0)
  expect(readMigrations(join(migrations, 'logs')).length).toBeGreaterThan(0)
  const folder = join(throwAwayFolder(), 'migrations')
  mkdirSync(folder)
  writeFileSync(join(folder, '0002-late.sql'), '')
  expect(() => readMigrations(folder)).toThrow('out of order')
})
