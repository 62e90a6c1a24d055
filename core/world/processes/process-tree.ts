import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from '#core/model/failure.ts'
import { coversCookie } from './cookie.ts'
import { processTable, type ProcessRow } from './process-table.ts'
import type { Strays } from './strays.ts'

/**
 * Which processes are meant: those with one of the cookies (or of the cookies below it), those of the session that `root`
 * leads, its strays, and all descendants of these. So a daemon is found by its cookie, and what threw its environment away
 * by its parent or session, or as a stray. Never this process or one above it.
 */
export type Kin = { readonly cookies: readonly string[]; readonly root: number | null; readonly strays?: Strays }

export const findKin = (kin: Kin, rows: readonly ProcessRow[] = processTable()): readonly number[] => {
  const found = new Set<number>()
  const ours = new Set([process.pid, ...ancestorsOf(process.pid, rows)])
  for (const row of rows) {
    const { pid, session } = row
    if (ours.has(pid)) continue
    const isNear = pid === kin.root || (kin.root !== null && session === kin.root)
    if (isNear || hasCookie(row, kin.cookies) || kin.strays?.has(row)) found.add(pid)
  }
  if (found.size > 0) addDescendants(found, rows, ours)
  return [...found]
}

/** Kills them, and what they start meanwhile, until none is left. Resolves to how many it killed. */
export const killKin = async (kin: Kin, patience = 10_000): Promise<number> => {
  const killed = new Set<number>()
  const deadline = performance.now() + patience
  for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
    const left = killOnce(kin)
    if (left.length === 0) return killed.size
    for (const pid of left) killed.add(pid)
    if (performance.now() > deadline) throw willNotDie(left)
    await sleep(pause)
  }
}

/** The same without returning to the event loop, for a process that is about to exit. */
export const killKinNow = (kin: Kin, patience = 2000): void => {
  const deadline = performance.now() + patience
  const clock = new Int32Array(new SharedArrayBuffer(4))
  while (killOnce(kin).length > 0 && performance.now() < deadline) Atomics.wait(clock, 0, 0, 5)
}

/** Resident bytes of a process and all its descendants. */
export const residentSize = (pid: number, rows: readonly ProcessRow[]): number => {
  const tree = new Set([pid])
  addDescendants(tree, rows, new Set())
  return rows.reduce((sum, row) => sum + (tree.has(row.pid) ? row.resident : 0), 0)
}

const killOnce = (kin: Kin): readonly number[] => {
  if (process.platform === 'win32') return killTreeOnWindows(kin.root)
  const left = findKin(kin)
  for (const pid of left) signal(pid, 'SIGKILL')
  return left
}

/** To a process, or with a negative number to a group; one that is gone is no error. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile, or is not ours to signal.
  }
}

// Not verified. Windows keeps no environment to look into, so only the tree below the root is reached.
const killTreeOnWindows = (root: number | null): readonly number[] => {
  if (root === null) return []
  try {
    execFileSync('taskkill', ['/PID', String(root), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    return [root]
  } catch {
    return []
  }
}

const hasCookie = (row: ProcessRow, prefixes: readonly string[]): boolean => {
  if (prefixes.length === 0) return false
  const cookie = row.cookie()
  return cookie !== null && prefixes.some((prefix) => coversCookie(prefix, cookie))
}

const ancestorsOf = (pid: number, rows: readonly ProcessRow[]): readonly number[] => {
  const parents = new Map(rows.map((row) => [row.pid, row.parent]))
  const ancestors: number[] = []
  for (let parent = parents.get(pid); parent && !ancestors.includes(parent); parent = parents.get(parent))
    ancestors.push(parent)
  return ancestors
}

const addDescendants = (found: Set<number>, rows: readonly ProcessRow[], except: ReadonlySet<number>): void => {
  const children = Map.groupBy(rows, (row) => row.parent)
  const unvisited = [...found]
  for (let pid = unvisited.pop(); pid !== undefined; pid = unvisited.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid) || except.has(child.pid)) continue
      found.add(child.pid)
      unvisited.push(child.pid)
    }
  }
}

const willNotDie = (pids: readonly number[]): Refused =>
  new Refused({
    code: 'unavailable',
    message: `Processes ${pids.join(', ')} do not end although they were killed. They may hang in a device or a network disk; end them by hand, then try again.`,
    retryable: true,
  })
