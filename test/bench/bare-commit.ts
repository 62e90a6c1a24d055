import path from 'node:path'
import Database from 'better-sqlite3'
import { timed } from './figure.ts'
import { withFolder } from './temporary-folder.ts'

export type BareCommits = {
  /** Milliseconds that so many take, one after another. */
  time(count: number): Promise<number>
}

/** The floor of everything durable: one small row in one transaction, WAL, synchronous FULL. */
export const withBareCommits = <T>(work: (commits: BareCommits) => Promise<T>): Promise<T> =>
  withFolder(async (folder) => {
    const database = new Database(path.join(folder, 'floor.db'))
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.exec('create table rows (id integer primary key, body text)')
    const insert = database.prepare('insert into rows (body) values (?)')
    const body = JSON.stringify({ task: 'step', state: 'Completed', at: 1_700_000_000_000, message: null })
    const time = (count: number) =>
      timed(() => {
        for (let index = 0; index < count; index += 1) insert.run(body)
      })
    try {
      await time(500)
      return await work({ time })
    } finally {
      database.close()
    }
  })
