import { Refused } from '#core/model/failure.ts'
import { StoreFull } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { gather, type Gathering, type JournalEntry } from './journal-entry.ts'
import { writesEntries } from './write-entry.ts'

/** What is durable in the journal and not in the tables yet. */
export type Backlog = {
  readonly waiting: Gathering
  /** The number of the last entry that was added. */
  last(): number
  add(entry: JournalEntry): void
  /** Puts what waits into the tables. */
  settle(): void
  /** Puts an entry into the tables at once, after what waits, with what `more` writes. */
  putAtOnce(entry: JournalEntry, more: () => void): void
  /** What came in the way of that the last time, or null. */
  refusal(): unknown
  /** An access whose reads and writes find in the tables what was added. */
  readonly settled: Access
}

/** `first`: the number that the next entry follows on. */
export const createBacklog = (access: Access, first: number): Backlog => {
  const writeEntry = writesEntries(access)
  const setApplied = access.prepare('update journal set applied = ?')
  const waiting = gather()
  let last = first
  let refusal: unknown = null
  let settling = false

  const put = (): void => {
    writeEntry(waiting.entry())
    setApplied.run(last)
  }
  /** First what waits, then `work`, in one transaction. */
  const write = <T>(work: () => T): T => {
    if (settling || waiting.isEmpty()) return access.write(work)
    settling = true
    try {
      const result = access.write(() => {
        put()
        return work()
      })
      waiting.clear()
      refusal = null
      return result
    } catch (error) {
      refusal = error
      // The engine that has the home now has taken it from the journal.
      if (error instanceof Refused && error.failure.code === 'conflict') waiting.clear()
      throw error
    } finally {
      settling = false
    }
  }
  const settle = (): void => write(() => undefined)
  const read = <T>(work: () => T): T => {
    if (settling || waiting.isEmpty()) return access.read(work)
    try {
      settle()
    } catch (error) {
      if (error instanceof StoreFull) {
        return access.rehearse(() => {
          put()
          return work()
        })
      }
      // An owner that has lost the home may still look at it.
      if (!waiting.isEmpty()) throw error
    }
    return access.read(work)
  }

  return {
    waiting,
    last: () => last,
    add: (entry) => {
      waiting.add(entry)
      last += 1
    },
    settle,
    putAtOnce: (entry, more) => {
      write(() => {
        writeEntry(entry)
        more()
        // The journal may hold the same entry under this number, from an attempt that was told to have failed.
        setApplied.run(last + 1)
      })
      last += 1
    },
    refusal: () => refusal,
    settled: { ...access, read, write },
  }
}
