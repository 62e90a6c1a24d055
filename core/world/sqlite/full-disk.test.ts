import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoreFull } from '#core/model/store.ts'
import { canMount, smallDisk } from '#core/world/home/testing/small-disk.ts'
import {
  created,
  decided,
  sampleDocument,
  sampleLine,
  sampleRun,
  sampleTaskRun,
} from '#core/world/home/testing/sample-runs.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { homeOnDisk, throwAwayFolder } from '#core/world/home/testing/throw-away.ts'
import { homeId, takeToken } from './access.ts'
import { openDatabase, type Database } from './database.ts'
import { logStore } from './log-store.ts'
import { migrate, readMigrations } from './migrate.ts'
import { stateStore } from './state-store.ts'

const large = sampleTaskRun('fetch', 'Completed', { settings: 'x'.repeat(50_000) })
const line = 'x'.repeat(1000)

const openMigrated = (name: 'state' | 'logs'): Database => {
  const database = openDatabase(join(throwAwayFolder(), `${name}.db`), 'synced')
  onTestFinished(() => void database.close())
  migrate(database, readMigrations(join(migrations, name)), null)
  return database
}

const limitPages = (database: Database, more: number) => {
  const pages = more === Infinity ? 1e9 : Number(database.pragma('page_count', { simple: true })) + more
  database.pragma(`max_page_count = ${pages}`)
}

test('a batch that finds no room is refused as such, leaves nothing, and can be appended again', () => {
  const database = openMigrated('state')
  homeId(database, 0, () => 'home')
  const store = stateStore(database, { token: takeToken(database), onLost: () => {} })
  store.putDocument(sampleDocument())
  store.append(created(sampleRun('run-1')))
  limitPages(database, 2)
  const batch = decided('run-1', 0, large)
  expect(() => store.append(batch)).toThrow(StoreFull)
  expect(() => store.append(batch)).toThrow('The disk is full')
  expect([store.taskRuns('run-1'), store.events('run-1')]).toEqual([[], []])
  limitPages(database, Infinity)
  store.append(batch)
  expect(store.taskRuns('run-1')).toHaveLength(1)
})

test('log lines that find no room are held, the rest is counted, and a line says so once there is room', () => {
  const database = openMigrated('logs')
  const logs = logStore(database, { fence: { token: 1, onLost: () => {} } })
  limitPages(database, 2)
  for (let batch = 0; batch < 30; batch++) logs.write(Array.from({ length: 1000 }, () => sampleLine(line)))
  expect(logs.lastSeq()).toBe(0)
  limitPages(database, Infinity)
  logs.flush()
  const last = logs.lines({ flowRun: 'run-1', fromEnd: true, limit: 1 })[0]
  const kept = logs.count({ flowRun: 'run-1', taskRun: 'fetch' })
  expect(kept).toBeGreaterThan(5000)
  expect(last).toMatchObject({ taskRun: null, level: 'warning' })
  expect(last?.message).toBe(
    `${(30_000 - kept).toLocaleString('en')} log lines of this run were not kept: there was no room on the disk.`,
  )
  expect(logs.lastSeq()).toBe(kept + 1)
  logs.close()
})

test.skipIf(!canMount)(
  'on a disk that is really full nothing is lost, and all goes on once there is room',
  async () => {
    const disk = smallDisk(4)
    const { store, logs, lost } = await homeOnDisk(join(disk, 'home'))
    store.putDocument(sampleDocument())
    store.append(created(sampleRun('run-1')))
    const ballast = join(disk, 'ballast')
    expect(() => writeFileSync(ballast, Buffer.alloc(8 * 1024 ** 2))).toThrow('ENOSPC')
    let appended = 0
    const appendNext = () => {
      store.append(decided('run-1', appended, large))
      appended += 1
    }
    expect(() => {
      for (;;) appendNext()
    }).toThrow(StoreFull)
    logs.write(Array.from({ length: 500 }, () => sampleLine(line)))
    expect(store.events('run-1')).toHaveLength(appended)
    rmSync(ballast)
    appendNext()
    expect(store.events('run-1')).toHaveLength(appended)
    expect(logs.count({ flowRun: 'run-1' })).toBe(500)
    expect(lost.aborted).toBe(false)
  },
)

test.skipIf(!canMount)('a home on a full disk is refused as such', async () => {
  const disk = smallDisk(1)
  expect(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 * 1024 ** 2))).toThrow('ENOSPC')
  await expect(homeOnDisk(join(disk, 'home'))).rejects.toThrow(StoreFull)
})
