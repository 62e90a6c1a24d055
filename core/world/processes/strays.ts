import { readFileSync, readlinkSync } from 'node:fs'
import { processTable, type ProcessRow } from './process-table.ts'

/**
 * Knows processes of a program that have left its session and their parents and thrown their environment away: those that
 * were seen below it while it ran, those that hold its output, and those without any environment in its folder. One that
 * ends all four ties before the first look stays unknown. Linux only; elsewhere none is known.
 */
export type Strays = {
  has(row: ProcessRow): boolean
  /** Remembers who is below the program now, as `find` tells. */
  look(find: (rows: readonly ProcessRow[]) => readonly number[]): void
}

export const watchStrays = (root: number, folder: string): Strays => {
  const streams = new Set([1, 2].flatMap((stream) => linkOf(`/proc/${root}/fd/${stream}`) ?? []))
  /** Process id → when it began, since ids are given again. */
  const seen = new Map<number, number>()
  return {
    has: (row) => {
      if (row.began === null) return false
      if (seen.get(row.pid) === row.began) return true
      return (row.pid > root && holds(row.pid, streams)) || (row.pid > root && isBare(row.pid, folder))
    },
    look: (find) => {
      const rows = processTable()
      const found = new Set(find(rows))
      for (const { pid, began } of rows) if (found.has(pid) && began !== null) seen.set(pid, began)
    },
  }
}

const linkOf = (path: string): string | null => {
  try {
    return readlinkSync(path)
  } catch {
    return null // It has ended, or belongs to another user.
  }
}

const holds = (pid: number, streams: ReadonlySet<string>): boolean =>
  [1, 2].some((stream) => streams.has(linkOf(`/proc/${pid}/fd/${stream}`) ?? ''))

const isBare = (pid: number, folder: string): boolean => {
  const place = linkOf(`/proc/${pid}/cwd`)
  if (place !== folder && !place?.startsWith(`${folder}/`)) return false
  try {
    return readFileSync(`/proc/${pid}/environ`).length === 0
  } catch {
    return false
  }
}
