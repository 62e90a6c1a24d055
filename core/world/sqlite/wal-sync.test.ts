import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { openWalSync } from './wal-sync.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-wal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const writtenDatabase = () => {
  const database = openDatabase(join(folder, 'some.db'), 'synced')
  database.exec('create table if not exists rows (id integer primary key)')
  return database
}

test('the log of a database is synced at once or soon, also while it is let go of', async () => {
  const database = writtenDatabase()
  const sync = openWalSync(`${database.name}-wal`)
  database.exec('insert into rows values (null)')
  sync.now()
  const soon = sync.soon()
  sync.close()
  await soon
  sync.check()
  expect(() => sync.now()).toThrow('did not keep what was written')
  database.close()
})

/** The kernel refuses to sync what is no disk, as it does for one that fails. */
test.skipIf(process.platform === 'win32')('after a sync that failed nothing more is taken for stored', async () => {
  const sync = openWalSync('/dev/null')
  sync.check()
  await expect(sync.soon()).rejects.toMatchObject({ failure: { code: 'unavailable' } })
  expect(() => sync.check()).toThrow('Check the disk, then start Millrace again')
  sync.close()
})

test('a log that is not there is refused by name', () => {
  expect(() => openWalSync(join(folder, 'missing.db-wal'))).toThrow('missing.db-wal')
})
