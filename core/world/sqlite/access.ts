import type { Statement } from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import type { Database } from './database.ts'
import { guarded } from './refusal.ts'
import type { Row } from './row.ts'

/** How the parts of the state store reach the database. */
export type Access = {
  prepare(sql: string): Statement<unknown[], Row>
  read<T>(work: () => T): T
  /** One transaction, refused when another engine has taken the home over. A write within a write is part of it. */
  write<T>(work: () => T): T
  /** Refuses when another engine has taken the home over. */
  check(): void
  /** A transaction that is taken back: what `work` reads of what it writes needs no room on the disk. */
  rehearse<T>(work: () => T): T
}

export type Fence = {
  /** The token of the owner that this process is. */
  readonly token: number
  /** Told once when the home has another owner. */
  onLost(): void
}

export const access = (database: Database, fence: Fence): Access => {
  const token = database.prepare<[], number>('select token from home').pluck()
  const check = () => {
    if (token.get() === fence.token) return
    fence.onLost()
    throw new Refused({
      code: 'conflict',
      message:
        'Another engine has taken this home over, so this one changes nothing any more. Start the command again.',
    })
  }
  const fenced = database.transaction((work: () => unknown) => {
    check()
    return work()
  })
  const inTransaction = <T>(work: () => T): T => {
    let result: T | undefined
    fenced.immediate(() => {
      result = work()
    })
    return result as T
  }
  return {
    prepare: (sql) => guarded(database.name, () => database.prepare<unknown[], Row>(sql)),
    read: (work) => guarded(database.name, work),
    write: (work) => (database.inTransaction ? work() : guarded(database.name, () => inTransaction(work))),
    check: () => guarded(database.name, check),
    rehearse: (work) => guarded(database.name, () => rehearsed(database, work)),
  }
}

const rehearsed = <T>(database: Database, work: () => T): T => {
  database.exec('begin')
  try {
    return work()
  } finally {
    // An error may have ended it.
    if (database.inTransaction) database.exec('rollback')
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
