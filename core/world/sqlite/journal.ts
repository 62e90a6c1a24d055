import type { FlowRun } from '#core/model/flow-run.ts'
import type { Access } from './access.ts'
import { createBacklog } from './backlog.ts'
import { textOf, type JournalEntry } from './journal-entry.ts'
import { openJournalFile, type JournalFile } from './journal-file.ts'
import { beginNumbers, fitting, recover } from './journal-tables.ts'

/**
 * Makes what the engine decides durable by one small write a commit, without the engine waiting for the disk, and puts it
 * into the tables a little later, where many changes of one thing have become one. What a dead process left in the journal
 * is put there when it is opened.
 */
export type Journal = {
  /** Durable once it resolves. Null, and nothing done, where the tables might refuse it: then they must be asked at once. */
  append(entry: JournalEntry): Promise<void> | null
  /** Durable when it returns: puts the entry into the tables, with what `more` writes. */
  putAtOnce(entry: JournalEntry, more: () => void): void
  /** An access whose reads and writes find in the tables all that was appended. */
  readonly settled: Access
  /** As it stands, whether or not the tables have it; `stored` tells what these have. */
  flowRun(id: string, stored: () => FlowRun | null): FlowRun | null
  createdBy(submissionKey: string): FlowRun | null
  /** Puts what is left into the tables. What cannot be put there stays in the journal. */
  close(): void
}

/** How long what was appended waits for more; milliseconds. */
const patience = 1000
/** So many rows, or bytes of the journal, wait at most. */
const most = { rows: 2000, bytes: 4 * 1024 ** 2 }

/** `path` null: without a journal, for a database in memory. */
export const openJournal = (access: Access, path: string | null): Journal => {
  if (path !== null) recover(access, path)
  const backlog = createBacklog(access, beginNumbers(access))
  const file = path === null ? null : openJournalFile(path)
  const fits = fitting(access)
  const { waiting } = backlog
  let underWay = false
  let closed = false
  let timer: NodeJS.Timeout | null = null

  const settleLater = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      settleInPeace()
    }, patience).unref()
  }
  const settleInPeace = (): void => {
    try {
      backlog.settle()
    } catch {
      // Whoever appends next is told.
    }
  }
  /** An engine that can put nothing into the tables any more must not go on as if nothing were wrong. */
  const isDue = (to: JournalFile): boolean =>
    backlog.refusal() !== null || waiting.size() > most.rows || to.size() > most.bytes

  const write = async (to: JournalFile, entry: JournalEntry): Promise<void> => {
    underWay = true
    try {
      await to.append(backlog.last() + 1, textOf(entry))
      // Whoever takes the home over after this reads the journal with this in it.
      access.check()
      backlog.add(entry)
    } finally {
      underWay = false
    }
    settleLater()
  }

  return {
    append: (entry) => {
      if (file === null) return null
      if (underWay) throw new Error('The journal takes one entry at a time')
      if (isDue(file)) backlog.settle()
      if (!fits(entry, waiting)) return null
      if (waiting.isEmpty()) file.rewind()
      return write(file, entry)
    },
    putAtOnce: backlog.putAtOnce,
    settled: backlog.settled,
    flowRun: (id, stored) => {
      const created = waiting.created(id)
      if (created) return created
      const run = stored()
      return run && { ...run, ...waiting.living(id) }
    },
    createdBy: waiting.createdBy,
    close: () => {
      if (closed) return
      closed = true
      if (timer) clearTimeout(timer)
      settleInPeace()
      if (!underWay) file?.close()
    },
  }
}
