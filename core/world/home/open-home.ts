import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { HomeHeld } from '#core/model/home-held.ts'
import { currentToken } from '#core/world/sqlite/access.ts'
import { guarded, refusalOf } from '#core/world/sqlite/refusal.ts'
import { openDatabases, readAllMigrations, type Migrations } from './databases.ts'
import { refuseNewer, writeFormat } from './format.ts'
import { homeOver } from './home-over.ts'
import type { Home, HomeOptions } from './home.ts'
import { takeLock, type Lock } from './lock.ts'
import { bornOf, giveSign, heartbeat, isAlive, readOwner, removeOwner, writeOwner } from './owner.ts'
import { socketPath } from './socket-path.ts'
import { looksHung, takeFromHung } from './take-over.ts'

/**
 * Makes the folder if need be, takes its lock, brings its databases up to date. Refuses, each with its own message: a
 * home another engine holds (HomeHeld), one written by a newer version (untouched), one that cannot be written to, one
 * whose database is damaged, a full disk (StoreFull).
 */
export const openHome = async (folder: string, options: HomeOptions): Promise<Home> => {
  const dir = guarded(folder, () => {
    makeFolder(resolve(folder))
    return realpathSync(folder)
  })
  const migrations = readAllMigrations(options.migrations)
  refuseNewer(dir, formatOf(migrations))
  const lock = await lockHome(dir, options)
  try {
    return openLocked(dir, { options, migrations, lock })
  } catch (error) {
    lock.release()
    throw refusalOf(error, dir)
  }
}

const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  // One by one: on a read-only disk Node's recursive form says that something was not found.
  mkdirSync(folder, { mode: 0o700 })
}

const formatOf = ({ state, logs }: Migrations) => ({ state: state.length, logs: logs.length })

const pathsOf = (dir: string) => ({ lock: join(dir, 'engine.lock'), owner: join(dir, 'engine.json') })

const lockHome = async (dir: string, { takeOver }: HomeOptions): Promise<Lock> => {
  const paths = pathsOf(dir)
  const lock = takeLock(paths.lock) ?? (takeOver && looksHung(paths) ? await takeFromHung(paths) : null)
  if (lock) return lock
  // An owner that has just begun holds the lock a moment before its name stands in the file.
  for (let attempt = 0; attempt < 10; attempt++) {
    const owner = readOwner(paths.owner)
    if (owner && isAlive(owner)) break
    await wait(20)
  }
  throw heldBy(dir)
}

const heldBy = (dir: string): HomeHeld => {
  const paths = pathsOf(dir)
  const record = readOwner(paths.owner)
  const owner = record && isAlive(record) ? record : null
  const hung = owner !== null && looksHung(paths)
  const who = owner
    ? `the engine with process id ${owner.pid} (Millrace ${owner.version}, since ${new Date(owner.since).toLocaleString('sv')})`
    : 'another engine'
  const advice = hung ? ' It gives no sign of life: end that process and try again.' : ''
  return new HomeHeld({ dir, owner, hung, message: `The home ${dir} is in use by ${who}.${advice}` })
}

type Opening = { readonly options: HomeOptions; readonly migrations: Migrations; readonly lock: Lock }

const openLocked = (dir: string, { options, migrations, lock }: Opening): Home => {
  // Again: between the first look and the lock a newer version may have been here.
  refuseNewer(dir, formatOf(migrations))
  writeFormat(dir, formatOf(migrations))
  const databases = openDatabases(dir, migrations)
  const owner = pathsOf(dir).owner
  try {
    return homeOver({
      dir,
      socketPath: socketPath(dir),
      databases,
      logCap: options.logCap,
      begin: ({ token, onLost }) => {
        const now = Date.now()
        writeOwner(owner, { pid: process.pid, version: options.version, since: now, token, born: bornOf(process.pid) })
        const beat = setInterval(() => {
          giveSign(owner, Date.now())
          const current = currentToken(databases.state)
          if (current !== null && current !== token) onLost()
        }, heartbeat)
        beat.unref()
        return () => {
          clearInterval(beat)
          if (readOwner(owner)?.token === token) removeOwner(owner)
          lock.release()
        }
      },
    })
  } catch (error) {
    databases.close()
    throw error
  }
}
