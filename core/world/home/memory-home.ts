import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabases, readAllMigrations } from './databases.ts'
import { homeOver } from './home-over.ts'
import type { Home, HomeOptions } from './home.ts'
import { socketPath } from './socket-path.ts'

/** A home whose databases are in memory, for tests: a throw-away folder, no lock. The folder goes when it is closed. */
export const openMemoryHome = ({ migrations, logCap }: Pick<HomeOptions, 'migrations' | 'logCap'>): Home => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-home-')))
  return homeOver({
    dir,
    socketPath: socketPath(dir),
    databases: openDatabases(null, readAllMigrations(migrations)),
    logCap,
    begin: () => () => rmSync(dir, { recursive: true, force: true }),
  })
}
