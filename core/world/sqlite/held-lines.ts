import type { LogEntry } from '#core/model/log-line.ts'

/** Lines that wait to be stored, and a count of those that had to go because the disk refused for too long. */
export type HeldLines = {
  count(): number
  add(entry: LogEntry): void
  first(count: number): readonly LogEntry[]
  /** Takes away the first ones, which are stored. */
  remove(stored: readonly LogEntry[]): void
  dropExcess(): void
  /** Adds a line for each flow run whose lines were dropped. */
  holdNotices(at: number): void
}

/** What is held while the disk refuses. */
const most = { lines: 20_000, characters: 8 * 1024 ** 2 }

export const heldLines = (): HeldLines => {
  const dropped = new Map<string, number>()
  let lines: LogEntry[] = []
  let characters = 0

  const add = (entry: LogEntry) => {
    lines.push(entry)
    characters += entry.message.length
  }

  return {
    count: () => lines.length,
    add,
    first: (count) => lines.slice(0, count),
    remove: (stored) => {
      lines = lines.slice(stored.length)
      characters -= stored.reduce((sum, { message }) => sum + message.length, 0)
    },
    dropExcess: () => {
      while (lines.length > most.lines || characters > most.characters) {
        const entry = lines.pop()
        if (!entry) return
        characters -= entry.message.length
        dropped.set(entry.flowRun, (dropped.get(entry.flowRun) ?? 0) + 1)
      }
    },
    holdNotices: (at) => {
      for (const [flowRun, count] of dropped) {
        const message = `${count.toLocaleString('en')} log lines of this run were not kept: there was no room on the disk.`
        add({ flowRun, taskRun: null, at, level: 'warning', message })
      }
      dropped.clear()
    },
  }
}
