import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cookieVariable } from './cookie.ts'

/** A process that lives; zombies are left out. */
export type ProcessRow = {
  readonly pid: number
  readonly parent: number
  /** The process group's session, or null where the platform does not say. */
  readonly session: number | null
  /** Resident bytes. */
  readonly resident: number
  /** Ticks since the machine started; null where the platform does not say. */
  readonly began: number | null
  /** The cookie in the environment it was started with, or null. */
  cookie(): string | null
}

/**
 * All processes of this machine that we can see. Linux reads /proc. macOS asks `ps` (not verified). Windows has no such
 * view and gives none: there taskkill follows the tree.
 */
export const processTable = (): readonly ProcessRow[] => {
  if (process.platform === 'linux') return linuxTable(0)
  return process.platform === 'win32' ? [] : psTable()
}

/** Those that began after `pid`; a cheap look for what a short process may have left. */
export const processesAfter = (pid: number): readonly ProcessRow[] => {
  if (process.platform !== 'linux') return processTable()
  const newest = newestPid()
  if (newest === pid) return []
  return linuxTable(newest > pid ? pid : 0)
}

const cookiePattern = new RegExp(`(?:^|[\\0 ])${cookieVariable}=([^\\0 ]*)`)

const cookieIn = (environment: string): string | null => cookiePattern.exec(environment)?.[1] ?? null

const readProc = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // It has ended, or belongs to another user.
  }
}

/** The last field of /proc/loadavg is the process id given out last. */
const newestPid = (): number => Number(readProc('/proc/loadavg').trim().split(' ').at(-1) ?? 0)

const linuxTable = (after: number): readonly ProcessRow[] => {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!(pid > after)) continue
    const row = linuxRow(pid)
    if (row) rows.push(row)
  }
  return rows
}

/** `pid (name) state ppid pgrp session …`, where the name may hold anything; the 22nd field is when it began, the 24th its resident pages. */
const linuxRow = (pid: number): ProcessRow | null => {
  const stat = readProc(`/proc/${pid}/stat`)
  const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (!state || state === 'Z' || state === 'X') return null
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    resident: Number(rest[17] ?? 0) * pageSize(),
    began: Number(rest[15] ?? 0),
    cookie: () => cookieIn(readProc(`/proc/${pid}/environ`)),
  }
}

let knownPageSize = 0

/** 4 KiB nearly everywhere, up to 64 KiB on ARM; worked out from our own size, once in bytes and once in pages. */
const pageSize = (): number => {
  if (knownPageSize === 0) {
    const pages = Number(readProc('/proc/self/statm').split(' ')[1])
    knownPageSize = pages > 0 ? 2 ** Math.round(Math.log2(process.memoryUsage.rss() / pages)) : 4096
  }
  return knownPageSize
}

/** `-E` adds each process's environment to its command. */
const psTable = (): readonly ProcessRow[] =>
  ps(['-axEww', '-o', 'pid=,ppid=,rss=,stat=,command='])
    .split('\n')
    .flatMap((line) => {
      const [pid, parent, resident, state] = line.trim().split(/\s+/, 4)
      if (!state || state.startsWith('Z')) return []
      const size = Number(resident) * 1024
      return [
        {
          pid: Number(pid),
          parent: Number(parent),
          session: null,
          resident: size,
          began: null,
          cookie: () => cookieIn(line),
        },
      ]
    })

const ps = (args: readonly string[]): string => {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}
