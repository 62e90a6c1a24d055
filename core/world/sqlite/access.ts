import type { Statement } from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import type { Database } from './database.ts'
import { guarded } from './refusal.ts'
import type { Row } from './row.ts'
import type { WalSync } from './wal-sync.ts'

/** How the parts of the state store reach the database. */
export type Access = {
  prepare(sql: string): Statement<unknown[], Row>
  read<T>(work: () => T): T
  /**
   * One transaction, durable when it returns, refused when another engine has taken the home over. A write within a write
   * is part of it.
   */
  write<T>(work: () => T): T
  /** The same, for others to see at once, durable once the promise resolves. */
  writeSoon(work: () => void): Promise<void>
}

export type Fence = {
  /** The token of the owner that this process is. */
  readonly token: number
  /** Told once when the home has another owner. */
  onLost(): void
}

export const access = (database: Database, fence: Fence, sync: WalSync): Access => {
  const token = database.prepare<[], number>('select token from home').pluck()
  const fenced = database.transaction((work: () => unknown) => {
    if (token.get() !== fence.token) {
      fence.onLost()
      throw new Refused({
        code: 'conflict',
        message:
          'Another engine has taken this home over, so this one changes nothing any more. Start the command again.',
      })
    }
    return work()
  })
  const commit = <T>(work: () => T): T => {
    sync.check()
    let result: T | undefined
    guarded(database.name, () =>
      fenced.immediate(() => {
        result = work()
      }),
    )
    return result as T
  }
  return {
    prepare: (sql) => guarded(database.name, () => database.prepare<unknown[], Row>(sql)),
    read: (work) => guarded(database.name, work),
    write: (work) => {
      if (database.inTransaction) return work()
      const result = commit(work)
      sync.now()
      return result
    },
    writeSoon: (work) => {
      commit(work)
      return sync.soon()
    },
  }
}

/** Makes this process the last owner: writes of all owners before it are refused from now on. */
export const takeToken = (database: Database): number =>
  guarded(database.name, () =>
    database
      .transaction(() => {
        database.prepare('update home set token = token + 1').run()
        return database.prepare<[], number>('select token from home').pluck().get() ?? 0
      })
      .immediate(),
  )

/** Null when it cannot be told just now. */
export const currentToken = (database: Database): number | null => {
  try {
    return database.prepare<[], number>('select token from home').pluck().get() ?? null
  } catch {
    return null
  }
}

export const homeId = (database: Database, now: number, newId: () => string): string =>
  guarded(database.name, () => {
    const stored = database.prepare<[], string>('select id from home').pluck()
    database.prepare('insert into home select ?, 0, ? where not exists (select 1 from home)').run(newId(), now)
    const id = stored.get()
    if (id === undefined) throw new Error('A home without an id')
    return id
  })
