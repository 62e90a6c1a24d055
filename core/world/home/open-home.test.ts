import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { HomeHeld } from '#core/model/home-held.ts'
import { openHome } from './open-home.ts'
import { migrations } from './testing/migrations.ts'
import { ownerProcess } from './testing/owner.ts'
import { created, sampleDocument, sampleLine, sampleRun } from './testing/sample-runs.ts'
import { canMount, remount, smallDisk } from './testing/small-disk.ts'
import { homeOnDisk, refusalFrom, throwAwayFolder } from './testing/throw-away.ts'

const options = { version: '1.2.3', migrations }

const close = async (dir: string) => (await openHome(dir, options)).close()

/** Every file with its content. */
const fingerprint = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(
      ({ name, parentPath }) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(parentPath, name)))
          .digest('hex')}`,
    )
    .toSorted()

test('a new home is a folder of the user alone, and keeps its id', async () => {
  const dir = join(throwAwayFolder(), 'a', 'home')
  const first = await openHome(dir, options)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const file of ['state.db', 'state.db-wal', 'logs.db', 'engine.lock', 'engine.json']) {
    expect(statSync(join(dir, file)).mode & 0o077).toBe(0)
  }
  expect(first.token).toBe(1)
  first.close()
  first.close()
  const second = await homeOnDisk(dir)
  expect(second.id).toBe(first.id)
  expect(second.token).toBe(2)
})

test('a second engine is refused and told who holds the home', async () => {
  const dir = throwAwayFolder()
  const owner = ownerProcess(dir)
  expect(await owner.next()).toEqual({ opened: 1 })
  const refusal = await refusalFrom(() => openHome(dir, options))
  expect(refusal).toBeInstanceOf(HomeHeld)
  expect(refusal).toMatchObject({ hung: false, owner: { pid: owner.child.pid, version: '1.2.3' } })
  expect(refusal.message).toContain(`process id ${owner.child.pid} (Millrace 1.2.3, since `)
  // A process that lives is never ended, whatever is asked.
  expect(await refusalFrom(() => openHome(dir, { ...options, takeOver: true }))).toBeInstanceOf(HomeHeld)
  expect(owner.child.exitCode).toBeNull()
})

test('an engine does not open its own home twice', async () => {
  const dir = throwAwayFolder()
  const home = await homeOnDisk(dir)
  expect(await refusalFrom(() => openHome(dir, options))).toMatchObject({ owner: { pid: process.pid } })
  home.store.config.set('still', 'ours')
  expect(home.lost.aborted).toBe(false)
})

test('of several that come at the same moment exactly one opens the home', async () => {
  const dir = throwAwayFolder()
  const said = await Promise.all(Array.from({ length: 4 }, () => ownerProcess(dir)).map(({ next }) => next()))
  expect(said.filter((line) => line && 'opened' in line)).toHaveLength(1)
  expect(said.filter((line) => line && 'refused' in line && line.refused.code === 'conflict')).toHaveLength(3)
})

test('the death of its engine frees a home', async () => {
  const dir = throwAwayFolder()
  const owner = ownerProcess(dir)
  await owner.next()
  await owner.kill()
  expect((await homeOnDisk(dir)).token).toBe(2)
})

test.skipIf(process.platform === 'win32')(
  'an engine that hangs is ended and its home taken over, but only when asked',
  async () => {
    const dir = throwAwayFolder()
    const owner = ownerProcess(dir)
    await owner.next()
    owner.child.kill('SIGSTOP')
    const longAgo = Date.now() / 1000 - 60
    utimesSync(join(dir, 'engine.json'), longAgo, longAgo)
    expect(await refusalFrom(() => openHome(dir, options))).toMatchObject({ hung: true })
    const home = await openHome(dir, { ...options, takeOver: true })
    expect(home.token).toBe(2)
    home.close()
    await owner.kill()
    expect(owner.child.signalCode).toBe('SIGKILL')
  },
)

test('an owner whose lock was lost to another writes nothing any more, neither state nor logs', async () => {
  const dir = throwAwayFolder()
  const former = await homeOnDisk(dir)
  former.store.putDocument(sampleDocument())
  // Someone removes the lock by hand, as advice on the net goes.
  rmSync(join(dir, 'engine.lock'))
  const owner = ownerProcess(dir)
  expect(await owner.next()).toEqual({ opened: 2 })
  expect(await refusalFrom(() => former.store.append(created(sampleRun('run-1'))))).toMatchObject({
    failure: { code: 'conflict' },
  })
  expect(former.lost.aborted).toBe(true)
  former.logs.write([sampleLine('late')])
  former.close()
  await owner.kill()
  const home = await homeOnDisk(dir)
  expect([home.store.flowRun('run-1'), home.logs.lastSeq()]).toEqual([null, 0])
})

test('an owner learns that the home was taken over though it writes nothing', async () => {
  const dir = throwAwayFolder()
  const { lost } = await homeOnDisk(dir)
  const told = new Promise((resolve) => lost.addEventListener('abort', resolve))
  rmSync(join(dir, 'engine.lock'))
  expect(await ownerProcess(dir).next()).toEqual({ opened: 2 })
  await told
  expect(lost.aborted).toBe(true)
})

test.each([
  ['by its own mark', (dir: string) => writeFileSync(join(dir, 'home.json'), '{"state":99,"logs":1}')],
  [
    'by its database',
    (dir: string) => {
      const database = new Sqlite(join(dir, 'state.db'))
      database.pragma('user_version = 99')
      database.close()
    },
  ],
])('a home of a newer version is refused untouched, known %s', async (_how, makeNewer) => {
  const dir = throwAwayFolder()
  await close(dir)
  makeNewer(dir)
  const before = fingerprint(dir)
  const refusal = await refusalFrom(() => openHome(dir, options))
  expect(refusal).toMatchObject({ failure: { code: 'invalid' } })
  expect(refusal.message).toMatch(/was written by a newer version of Millrace .* Update Millrace/)
  expect(fingerprint(dir)).toEqual(before)
})

test('a damaged database is refused with the way out', async () => {
  const dir = throwAwayFolder()
  await close(dir)
  writeFileSync(join(dir, 'state.db'), 'not a database at all '.repeat(100))
  const refusal = await refusalFrom(() => openHome(dir, options))
  expect(refusal).toMatchObject({ failure: { code: 'data' } })
  expect(refusal.message).toMatch(/state\.db is damaged\. There is no backup of it\. Move state\.db/)
  mkdirSync(join(dir, 'backups'))
  writeFileSync(join(dir, 'backups', 'state-version-1.db'), '')
  expect((await refusalFrom(() => openHome(dir, options))).message).toContain(join('backups', 'state-version-1.db'))
})

test('damaged logs are refused with the way out', async () => {
  const dir = throwAwayFolder()
  await close(dir)
  truncateSync(join(dir, 'logs.db'), 5000)
  const refusal = await refusalFrom(() => openHome(dir, options))
  expect(refusal).toMatchObject({ failure: { code: 'data' } })
  expect(refusal.message).toContain('It holds only logs')
})

test('a refusal leaves the home free', async () => {
  const dir = throwAwayFolder()
  await close(dir)
  const logs = readFileSync(join(dir, 'logs.db'))
  writeFileSync(join(dir, 'logs.db'), 'garbage')
  await refusalFrom(() => openHome(dir, options))
  writeFileSync(join(dir, 'logs.db'), logs)
  expect((await homeOnDisk(dir)).lost.aborted).toBe(false)
})

test.skipIf(!canMount)('a home on a read-only disk is refused with the way out', async () => {
  const disk = smallDisk(8)
  const dir = join(disk, 'home')
  await close(dir)
  remount(disk, 'ro')
  for (const folder of [dir, join(disk, 'new')]) {
    const refusal = await refusalFrom(() => openHome(folder, options))
    expect(refusal).toMatchObject({ failure: { code: 'denied' } })
    expect(refusal.message).toContain(
      'is on a read-only disk or may not be changed. Choose another home with --home DIR.',
    )
  }
  remount(disk, 'rw')
})

test.skipIf(process.getuid?.() === 0)('a home without the right to write is refused with the way out', async () => {
  const dir = throwAwayFolder()
  await close(dir)
  chmodSync(dir, 0o500)
  const refusal = await refusalFrom(() => openHome(dir, options))
  chmodSync(dir, 0o700)
  expect(refusal).toMatchObject({ failure: { code: 'denied' } })
})
