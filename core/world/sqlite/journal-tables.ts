import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Access } from './access.ts'
import { entryFrom, type Gathering, type JournalEntry } from './journal-entry.ts'
import { readFrames, type Frame } from './journal-file.ts'
import { integer } from './row.ts'
import { writesEntries } from './write-entry.ts'

/** Puts into the tables what the journal has and they have not. */
export const recover = (access: Access, path: string): void => {
  if (!existsSync(path)) return
  const writeEntry = writesEntries(access)
  const setApplied = access.prepare('update journal set applied = ?')
  const missing = framesAfter(appliedIn(access), readFrames(path))
  if (missing.length === 0) return
  access.write(() => {
    for (const { number, text } of missing) {
      writeEntry(entryFrom(text))
      setApplied.run(number)
    }
  })
}

/** None when they do not follow on one another: then the database is another than the one they were written for. */
const framesAfter = (applied: number, frames: readonly Frame[]): readonly Frame[] => {
  const next = frames.findIndex(({ number }) => number === applied + 1)
  return next === -1 ? [] : frames.slice(next)
}

const appliedIn = ({ prepare, read }: Access): number => {
  const applied = prepare('select applied from journal')
  return read(() => integer(applied.get() ?? {}, 'applied'))
}

/** Each owner of the home numbers in a range of its own, so that the journal of another database is not taken for its own. */
export const beginNumbers = (access: Access): number => {
  const first = randomInt(2 ** 20) * 2 ** 32
  const setApplied = access.prepare('update journal set applied = ?')
  access.write(() => setApplied.run(first))
  return first
}

/** Whether the tables will take it. They hold the rules; this sees to it that none is found broken only later. */
export const fitting = ({ prepare, read }: Access): ((entry: JournalEntry, waiting: Gathering) => boolean) => {
  const isNew = prepare(`select 1 where exists (select 1 from documents where hash = ?)
    and not exists (select 1 from flow_runs where id = ?) and not exists (select 1 from flow_runs where submission_key = ?)`)
  const goesOn = prepare(`select 1 where exists (select 1 from flow_runs where id = ?)
    and not exists (select 1 from event_batches where flow_run = ? and number >= ?)`)
  return ({ created, events }, waiting) => {
    const fresh = new Set(created.map(({ id }) => id))
    return (
      created.every(
        ({ id, submissionKey, document }) =>
          waiting.created(id) === null &&
          (submissionKey === null || waiting.createdBy(submissionKey) === null) &&
          read(() => isNew.get(document, id, submissionKey)) !== undefined,
      ) &&
      events.every(({ flowRun, number }) => {
        const next = fresh.has(flowRun) ? 0 : waiting.nextEvent(flowRun)
        return next === null ? read(() => goesOn.get(flowRun, flowRun, number)) !== undefined : number === next
      })
    )
  }
}
